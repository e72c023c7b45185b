/**
 * What a compilation may ask about one kernel: {@link
 * dev.whistler.compiler.kernel.KernelDescription}, tracepoint formats and kernel BTF. All of it is
 * hostile input. What is asked is noted ({@link
 * dev.whistler.compiler.kernel.RecordingKernelDescription}), so that a build can be reused where
 * the answers are the same. Of the language it knows the types, by which it says what a field is.
 */
@NullMarked
package dev.whistler.compiler.kernel;

import org.jspecify.annotations.NullMarked;
