@NullMarked
package dev.whistler.bpf.tracefs;

import org.jspecify.annotations.NullMarked;
