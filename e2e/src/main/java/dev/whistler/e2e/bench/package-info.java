/**
 * The benchmarks of {@code ./whistler bench}: {@link dev.whistler.e2e.bench.Bench} takes the words
 * of the command line, one class a benchmark measures, {@link
 * dev.whistler.e2e.bench.BenchmarkDocument} keeps the tables of {@code docs/benchmarks.md}.
 */
@NullMarked
package dev.whistler.e2e.bench;

import org.jspecify.annotations.NullMarked;
