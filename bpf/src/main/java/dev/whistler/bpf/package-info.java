/** Being written. */
@NullMarked
package dev.whistler.bpf;

import org.jspecify.annotations.NullMarked;
