/**
 * What a compilation may ask about one kernel: {@link
 * dev.whistler.compiler.kernel.KernelDescription}, tracepoint formats and kernel BTF. All of it is
 * hostile input.
 */
@NullMarked
package dev.whistler.compiler.kernel;

import org.jspecify.annotations.NullMarked;
