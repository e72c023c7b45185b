/**
 * The kernel matrix: the tests of {@code bpf} and {@code runtime} and the compiler's objects in
 * guests with other kernels.
 *
 * <p>Start at {@link dev.whistler.testbed.kernels.KernelMatrix}. Which tests run, and which a
 * kernel cannot run, stands in {@code tests.txt}. {@link dev.whistler.testbed.kernels.TestPayload}
 * builds on this machine what a guest has no compiler for; the tests and the loader report by lines
 * ({@link dev.whistler.testbed.kernels.GuestLine}), from which {@link
 * dev.whistler.testbed.kernels.KernelReport} makes the report that the totals are summed from.
 */
@NullMarked
package dev.whistler.testbed.kernels;

import org.jspecify.annotations.NullMarked;
