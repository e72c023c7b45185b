/**
 * The benchmarks of {@code ./whistler bench}: {@link dev.whistler.testbed.bench.Bench} takes the
 * words of the command line, one class a benchmark measures, {@link
 * dev.whistler.testbed.bench.BenchmarkDocument} keeps the tables of {@code docs/benchmarks.md}.
 */
@NullMarked
package dev.whistler.testbed.bench;

import org.jspecify.annotations.NullMarked;
