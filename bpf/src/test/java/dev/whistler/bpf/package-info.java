/** Tests against the running kernel, which clean up after themselves. */
@NullMarked
package dev.whistler.bpf;

import org.jspecify.annotations.NullMarked;
