package dev.whistler.testbed.bench;

import dev.whistler.testbed.bench.RuntimeBench.Pair;
import dev.whistler.testbed.bench.Statistics.Spread;
import dev.whistler.testbed.bench.runtime.Drained;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The section "Runtime" of the document, in Markdown. */
final class RuntimeReport {
  private static final double NANOS = 1e9;

  private RuntimeReport() {}

  static String of(RuntimeBench.Results results) {
    StringBuilder text = new StringBuilder();
    Machine machine = results.machine();
    add(
        text,
        """
        Our reader and decoder against a consumer in C on libbpf (`testbed/benchmarks/runtime`), built by
        g++ -O2 in the same run. Kernel %s, %s, %d CPUs (a virtual machine that others use too),
        Java %s. A ring of 16 MiB is filled by test runs of one program with records of 84 bytes, then
        drained and the draining measured; the sides take turns. Medians and quartiles of %d rounds;
        ratios are of the two sides of a round, ours by C's: below 1.00 ours is faster.

        | what | ours | C | ratio | target |
        |---|--:|--:|--:|---|
        """,
        machine.kernel(),
        machine.architecture(),
        machine.processors(),
        machine.java(),
        results.consume().ours().size());
    row(text, "record taken, one field read, ns", results.consume(), "≤ 1.50");
    row(text, "record to a line of JSON; C by `snprintf`, ns", results.json(), "< 1.00");
    if (!results.library().ours().isEmpty()) {
      row(text, "record to a line of JSON; C by rapidjson, ns", results.library(), "–");
    }
    row(text, "system call (look-up in a map), ns", results.call(), "–");
    live(text, results.live());
    rest(text, results);
    return text.toString();
  }

  private static void row(StringBuilder text, String what, Pair pair, String target) {
    add(
        text,
        "| %s | %s | %s | %s | %s |%n",
        what,
        spread(each(pair.ours(), Drained::nanosEach), "%.1f"),
        spread(each(pair.reference(), Drained::nanosEach), "%.1f"),
        spread(ratio(pair), "%.2f"),
        target);
  }

  private static void live(StringBuilder text, Pair live) {
    ToDoubleFunction<Drained> millions = d -> d.records() * NANOS / d.nanos() / 1e6;
    add(
        text,
        "| two CPUs, one produces and one consumes, million records/s | %s | %s | – | – |%n",
        spread(each(live.ours(), millions), "%.2f"),
        spread(each(live.reference(), millions), "%.2f"));
  }

  private static void rest(StringBuilder text, RuntimeBench.Results results) {
    Spread allocated =
        each(results.json().ours(), d -> (double) d.allocated() / Math.max(1, d.records()));
    Spread overhead =
        Spread.of(
            pairs(results.call()).stream()
                .mapToDouble(p -> p.ours().nanosEach() - p.reference().nanosEach())
                .toArray());
    long lost =
        List.of(results.consume(), results.json(), results.library(), results.live()).stream()
            .flatMap(pair -> pairs(pair).stream())
            .mapToLong(pair -> pair.ours().lost() + pair.reference().lost())
            .sum();
    Spread direct = spread(results.entry().direct());
    Spread behind = spread(results.entry().behindEntry());
    Drained line = results.json().ours().getFirst();
    Drained other = results.json().reference().getFirst();
    add(
        text,
        """

        - Java objects made on the way from the ring to the line: %s bytes a record (target 0).
        - A line has %.0f bytes here, %.0f in C, which does not escape texts and writes one time for all.
        - A system call through FFM costs %s ns more than in C.
        - The entry program that makes updates possible costs %.1f ns an event: a program that does
          nothing takes %s ns, behind the entry program %s ns (kernel's clock, whole nanoseconds).
        - Records lost in all runs, both sides: %d.
        """,
        spread(allocated, "%.4f"),
        (double) line.bytes() / line.records(),
        (double) other.bytes() / other.records(),
        spread(overhead, "%.0f"),
        behind.median() - direct.median(),
        spread(direct, "%.0f"),
        spread(behind, "%.0f"),
        lost);
  }

  /** Both sides of one round. */
  private record Round(Drained ours, Drained reference) {}

  private static List<Round> pairs(Pair pair) {
    return IntStream.range(0, pair.ours().size())
        .mapToObj(i -> new Round(pair.ours().get(i), pair.reference().get(i)))
        .toList();
  }

  private static Spread ratio(Pair pair) {
    return Spread.of(
        pairs(pair).stream()
            .mapToDouble(round -> round.ours().nanosEach() / round.reference().nanosEach())
            .toArray());
  }

  private static Spread each(List<Drained> values, ToDoubleFunction<Drained> of) {
    return Spread.of(values.stream().mapToDouble(of).toArray());
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String spread(Spread spread, String format) {
    return String.format(
        Locale.ROOT,
        format + " (" + format + "–" + format + ")",
        spread.median(),
        spread.low(),
        spread.high());
  }

  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
