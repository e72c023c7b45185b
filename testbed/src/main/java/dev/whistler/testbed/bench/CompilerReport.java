package dev.whistler.testbed.bench;

import dev.whistler.testbed.bench.Statistics.Spread;
import dev.whistler.testbed.bench.compiler.Comparison;
import dev.whistler.testbed.bench.compiler.CompileTime;
import dev.whistler.testbed.bench.compiler.Growth;
import dev.whistler.testbed.bench.compiler.RunTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The section "Compiler" of the document, in Markdown. */
final class CompilerReport {
  private static final double MEBIBYTE = 1 << 20;

  private CompilerReport() {}

  static String of(CompilerBench.Results results) {
    List<Comparison> programs = results.programs();
    StringBuilder text = new StringBuilder();
    Machine machine = results.machine();
    add(
        text,
        """
        Whistler against `clang-19 -O2 -g -target bpf`, %d programs in Lisp and equivalent C
        (`testbed/benchmarks/compiler`, `examples`). Kernel %s, %s, %d CPUs (a virtual machine that
        others use too), Java %s. Ratios are ours by clang's: below 1.00 ours is better.

        ### Targets

        | what | target | measured |
        |---|---|---|
        """,
        programs.size(),
        machine.kernel(),
        machine.architecture(),
        machine.processors(),
        machine.java());
    target(text, "size v3, geometric mean", "≤ 1.00", ratio(programs, p -> p.slotsV3().ratio()));
    target(text, "size v4, geometric mean", "≤ 1.00", ratio(programs, p -> p.slotsV4().ratio()));
    target(
        text,
        "size v3, largest",
        "≤ 1.25",
        programs.stream().mapToDouble(p -> p.slotsV3().ratio()).max().orElseThrow());
    target(text, "verifier, geometric mean", "≤ 1.00", ratio(programs, p -> p.verified().ratio()));
    List<RunTime> runTimes = programs.stream().flatMap(p -> p.runTimes().stream()).toList();
    target(
        text,
        "run time, geometric mean of medians",
        "≤ 1.00",
        Statistics.geometricMean(runTimes.stream().map(r -> r.ratio().median()).toList()));
    double warmMedian =
        Spread.of(results.warm().values().stream().mapToDouble(w -> w.millis().median()).toArray())
            .median();
    add(text, "| compile time, warm, median over programs | ≤ 2 ms | %.2f ms |%n", warmMedian);
    growthTargets(text, results.growth());
    if (!results.cold().oursMillis().isEmpty()) {
      target(
          text,
          "compile time, new process, against clang with `vmlinux.h`",
          "≤ 1.00",
          results.cold().ours().median() / results.cold().clang().median());
    }

    add(
        text,
        """

        ### Size and verifier effort

        Instruction slots of all programs of an object (a 64-bit constant takes two); instructions
        that the verifier processed to accept them (v3, `verified_insns`).

        | program | v3 ours | clang | ratio | v4 ours | clang | ratio | verified ours | clang | ratio |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
        """);
    for (Comparison p : programs) {
      add(
          text,
          "| %s |%s |%s |%s |%n",
          p.name(),
          counts(p.slotsV3()),
          counts(p.slotsV4()),
          counts(p.verified()));
    }
    runTimes(text, programs);
    compileTimes(text, results.warm());
    growth(text, results.growth());
    cold(text, results.cold());
    return text.toString();
  }

  private static void runTimes(StringBuilder text, List<Comparison> programs) {
    add(
        text,
        """

        ### Run time

        Nanoseconds of a run by `BPF_PROG_TEST_RUN` with `repeat`, mean over five packets (DNS query, SIP,
        TCP SYN, TCP data, ARP), the kernel's overhead of a run included on both sides. Median and
        quartiles over alternating pairs of one process. Rings have no reader, as on a busy node.

        | program | ours | clang | ratio |
        |---|--:|--:|--:|
        """);
    for (Comparison p : programs) {
      for (RunTime r : p.runTimes()) {
        add(
            text,
            "| %s | %s | %s | %s |%n",
            p.runTimes().size() > 1 ? p.name() + ": " + r.program() : p.name(),
            spread(r.ours(), "%.1f"),
            spread(r.clang(), "%.1f"),
            spread(r.ratio(), "%.2f"));
      }
    }
  }

  private static void compileTimes(StringBuilder text, Map<String, CompileTime.Warm> warm) {
    add(
        text,
        """

        ### Compile time

        From source text to object, milliseconds (median, quartiles), by JMH: one process for each
        program, which has compiled all of them before.

        | program | ms |
        |---|--:|
        """);
    warm.forEach((name, w) -> add(text, "| %s | %s |%n", name, spread(w.millis(), "%.2f")));
  }

  private static void growthTargets(StringBuilder text, List<Growth> growth) {
    target(text, "time for a program twice as long, largest", "≤ 2.30", largest(growth, true));
    target(text, "memory for a program twice as long, largest", "≤ 2.30", largest(growth, false));
  }

  private static double largest(List<Growth> growth, boolean time) {
    double largest = 0;
    for (int i = 1; i < growth.size(); i++) {
      Growth before = growth.get(i - 1);
      Growth after = growth.get(i);
      largest =
          Math.max(
              largest,
              time
                  ? after.least() / before.least()
                  : (double) after.allocated() / before.allocated());
    }
    return largest;
  }

  private static void growth(StringBuilder text, List<Growth> growth) {
    add(
        text,
        """

        Programs of one body, longer and longer: CPU time of the compiling thread (the least of %d
        compilations, and the median) and bytes of the objects that it makes.

        | forms | least ms | median ms | by half as long | MiB | by half as long |
        |--:|--:|--:|--:|--:|--:|
        """,
        growth.getFirst().millis().size());
    for (int i = 0; i < growth.size(); i++) {
      Growth g = growth.get(i);
      Growth before = growth.get(Math.max(0, i - 1));
      add(
          text,
          "| %d | %.1f | %.1f | %s | %.1f | %s |%n",
          g.forms(),
          g.least(),
          g.spread().median(),
          i == 0 ? "–" : String.format(Locale.ROOT, "%.2f", g.least() / before.least()),
          g.allocated() / MEBIBYTE,
          i == 0
              ? "–"
              : String.format(Locale.ROOT, "%.2f", (double) g.allocated() / before.allocated()));
    }
  }

  private static void cold(StringBuilder text, CompileTime.Cold cold) {
    if (cold.oursMillis().isEmpty()) {
      return;
    }
    add(
        text,
        """

        In a new process, `forks` by the wall clock (median, quartiles of %d alternating pairs):
        `./whistler compile` %s ms, clang with the kernel's `vmlinux.h` %s ms.
        """,
        cold.oursMillis().size(),
        spread(cold.ours(), "%.0f"),
        spread(cold.clang(), "%.0f"));
  }

  private static String counts(Comparison.Count count) {
    return String.format(
        Locale.ROOT, " %d | %d | %.2f", count.ours(), count.clang(), count.ratio());
  }

  private static String spread(Spread spread, String format) {
    return String.format(
        Locale.ROOT,
        format + " (" + format + "–" + format + ")",
        spread.median(),
        spread.low(),
        spread.high());
  }

  private static double ratio(List<Comparison> programs, ToDoubleFunction<Comparison> of) {
    return Statistics.geometricMean(programs.stream().map(of::applyAsDouble).toList());
  }

  private static void target(StringBuilder text, String what, String target, double value) {
    add(text, "| %s | %s | %.3f |%n", what, target, value);
  }

  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
