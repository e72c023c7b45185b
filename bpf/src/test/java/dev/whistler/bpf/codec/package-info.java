@NullMarked
package dev.whistler.bpf.codec;

import org.jspecify.annotations.NullMarked;
