@NullMarked
package dev.whistler.bpf.symbol;

import org.jspecify.annotations.NullMarked;
