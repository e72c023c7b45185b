package dev.whistler.testbed.bench;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.compiler.Comparison;
import dev.whistler.testbed.bench.compiler.CompileTime;
import dev.whistler.testbed.bench.compiler.Compilers;
import dev.whistler.testbed.bench.compiler.Corpus;
import dev.whistler.testbed.bench.compiler.Growth;
import dev.whistler.testbed.bench.compiler.Packets;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** {@code ./whistler bench compiler}: our compiler against clang, over the corpus. */
final class CompilerBench {
  /** The program of the cold comparison: a tracing program of ordinary size. */
  private static final String COLD = "forks";

  /**
   * How much is measured.
   *
   * @param rounds alternating pairs of runs for each packet
   * @param repeat runs for each value
   * @param warm how compilations in a warm process are measured
   * @param coldPairs pairs of processes; 0 measures none
   * @param forms of the longest program of the growth series
   * @param growthRounds compilations of each of its programs
   */
  record Effort(
      int rounds, int repeat, CompileTime.Plan warm, int coldPairs, int forms, int growthRounds) {
    static final Effort SHORT =
        new Effort(3, 10_000, new CompileTime.Plan(1, 10, 2, 300), 3, 2_000, 3);
    static final Effort LONG =
        new Effort(21, 50_000, new CompileTime.Plan(1, 60, 6, 1_000), 9, 16_000, 15);
  }

  /** Forms of the shortest program of the growth series. */
  private static final int FEWEST_FORMS = 250;

  /** Compilations of each program of the growth series that do not count. */
  private static final int GROWTH_WARM_UP = 4;

  /** Everything that was measured. */
  record Results(
      Machine machine,
      List<Comparison> programs,
      Map<String, CompileTime.Warm> warm,
      List<Growth> growth,
      CompileTime.Cold cold) {}

  private CompilerBench() {}

  static int run(List<String> arguments) {
    BenchOptions options = BenchOptions.parse("compiler", arguments);
    Repository repository = options.repository();
    Effort effort = options.isShort() ? Effort.SHORT : Effort.LONG;
    Results results = measure(repository, Corpus.of(repository), effort);
    options.publish("Compiler", results, CompilerReport.of(results));
    return 0;
  }

  /**
   * Measures.
   *
   * @param pairs programs, with that of the cold comparison among them if that is wanted
   */
  static Results measure(Repository repository, List<Corpus.Pair> pairs, Effort effort) {
    try (TemporaryDirectory scratch = TemporaryDirectory.create("whistler-bench-")) {
      Compilers compilers = new Compilers(scratch.path());
      Collection<byte[]> packets = Packets.all().values();
      List<Comparison> programs = new ArrayList<>();
      for (Corpus.Pair pair : pairs) {
        System.err.println("measuring " + pair.name());
        programs.add(Comparison.measure(compilers, pair, packets, effort.rounds, effort.repeat));
      }
      System.err.println("compiling in warm processes");
      Map<String, CompileTime.Warm> warm = CompileTime.warm(pairs, effort.warm);
      System.err.println("compiling longer and longer programs");
      List<Growth> growth =
          Growth.measure(FEWEST_FORMS, effort.forms, GROWTH_WARM_UP, effort.growthRounds);
      System.err.println("compiling in processes");
      CompileTime.Cold cold =
          effort.coldPairs == 0
              ? new CompileTime.Cold(List.of(), List.of())
              : cold(repository, compilers, pairs, scratch.path(), effort.coldPairs);
      return new Results(Machine.here(), programs, warm, growth, cold);
    }
  }

  private static CompileTime.Cold cold(
      Repository repository,
      Compilers compilers,
      List<Corpus.Pair> pairs,
      Path scratch,
      int count) {
    Corpus.Pair pair = pairs.stream().filter(p -> p.name().equals(COLD)).findFirst().orElseThrow();
    List<String> ours =
        List.of(
            repository.root().resolve("whistler").toString(),
            "compile",
            pair.lisp().toString(),
            "-o",
            scratch.resolve("cold.o").toString());
    List<String> clang = compilers.clangWithKernelTypes(pair, scratch.resolve("cold.clang.o"));
    return CompileTime.cold(ours, clang, scratch.resolve("cold.log"), count);
  }
}
