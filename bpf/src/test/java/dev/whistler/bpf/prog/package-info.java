@NullMarked
package dev.whistler.bpf.prog;

import org.jspecify.annotations.NullMarked;
