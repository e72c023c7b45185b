@NullMarked
package dev.whistler.bpf.ring;

import org.jspecify.annotations.NullMarked;
