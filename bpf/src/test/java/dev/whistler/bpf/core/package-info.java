@NullMarked
package dev.whistler.bpf.core;

import org.jspecify.annotations.NullMarked;
