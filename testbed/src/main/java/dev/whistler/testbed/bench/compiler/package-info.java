/**
 * Our compiler against clang: each Lisp program of the corpus beside a C program that does the same
 * work. {@link dev.whistler.testbed.bench.compiler.Corpus} knows the pairs, {@link
 * dev.whistler.testbed.bench.compiler.Compilers} compiles both sides, {@link
 * dev.whistler.testbed.bench.compiler.LoadedPair} has both in the kernel; the other classes
 * measure.
 */
@NullMarked
package dev.whistler.testbed.bench.compiler;

import org.jspecify.annotations.NullMarked;
