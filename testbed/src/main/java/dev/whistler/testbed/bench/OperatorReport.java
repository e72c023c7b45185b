package dev.whistler.testbed.bench;

import dev.whistler.testbed.bench.operator.ApiLoad;
import dev.whistler.testbed.bench.operator.OperatorEffort;
import dev.whistler.testbed.bench.operator.OperatorResults;
import dev.whistler.testbed.bench.operator.OperatorResults.Span;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The section "Operator" of the document, in Markdown. */
final class OperatorReport {
  private static final double MEBI = 1 << 20;
  private static final double SECONDS_OF_LEASE = 40;

  private OperatorReport() {}

  static String of(Machine machine, OperatorResults results) {
    StringBuilder text = new StringBuilder();
    OperatorEffort effort = results.effort();
    add(
        text,
        """
        One operator, a real API server and etcd, and simulated agents (`testbed.simulator`) that answer
        at once, all on one machine: kernel %s, %s, %d CPUs, Java %s. %d nodes with %d kernels, each of
        which runs all %d programs; %d repetitions. What waits for nodes waits for the API server too,
        which shares the machine.

        | what | measured | target |
        |---|--:|--:|
        """,
        machine.kernel(),
        machine.architecture(),
        machine.processors(),
        machine.java(),
        effort.nodes(),
        effort.kernels(),
        effort.programs(),
        effort.repeats());
    objects(text, results);
    times(text, results);
    rest(text, results);
    reboot(text, results);
    flood(text, results.flood());
    add(text, "%nAt rest, writes: %s.%n", list(ApiLoad.writes(results.rest().requests())));
    add(text, "%nSeconds of processors at rest: %s.%n", processors(results.rest()));
    if (!results.problems().isEmpty()) {
      add(
          text,
          "%nAnswers that agents should not get, the first of %d: `%s`.%n",
          results.problems().size(),
          results.problems().getFirst());
    }
    return text.toString();
  }

  private static void objects(StringBuilder text, OperatorResults results) {
    Map<String, Long> counts = results.stored().counts();
    row(
        text,
        "different answers of kernels to programs",
        String.valueOf(results.expectedAnswerSets()),
        "–");
    row(
        text,
        "answers of which artifacts are stored",
        String.valueOf(results.stored().answerSets()),
        String.valueOf(results.expectedAnswerSets()));
    row(
        text,
        "artifacts, one a compilation that was needed",
        String.valueOf(counts.get("whistlerartifacts")),
        "≤ " + results.expectedAnswerSets());
    row(
        text,
        "profile objects",
        String.valueOf(counts.get("kernelprofiles")),
        String.valueOf(results.effort().kernels()));
  }

  private static void times(StringBuilder text, OperatorResults results) {
    row(text, "nodes join, s", seconds(results.joinSeconds()), "–");
    row(
        text,
        "all programs applied at once → all ready, s",
        seconds(results.firstReadySeconds()),
        "–");
    row(
        text,
        "apply → artifacts written and bound, p50 / p99, s",
        both(results.artifactsSeconds()),
        "p99 ≤ 5");
    row(text, "apply → Ready, p50 / p99, s", both(results.readySeconds()), "p99 ≤ 30");
    row(
        text,
        "one node fails → Degraded, p50 / p99, s",
        both(results.degradedSeconds()),
        "p99 ≤ 5");
  }

  private static void rest(StringBuilder text, OperatorResults results) {
    Span rest = results.rest();
    double all = ApiLoad.total(ApiLoad.writes(rest.requests()));
    double leases = rest.requests().getOrDefault("PUT leases", 0.0);
    double expected = results.effort().nodes() * rest.seconds() / SECONDS_OF_LEASE;
    row(
        text,
        "at rest: writes by one Lease a node and 40 s",
        String.format(Locale.ROOT, "%.2f", all / expected),
        "≤ 1.05");
    row(
        text,
        "at rest: writes that are no Leases, /s",
        String.format(Locale.ROOT, "%.2f", (all - leases) / rest.seconds()),
        "0");
    double processor = rest.processorSeconds().getOrDefault("operator", 0.0);
    row(
        text,
        "at rest: operator's CPU per node and minute, ms",
        String.format(
            Locale.ROOT,
            "%.2f",
            processor * 1e3 / results.effort().nodes() / (rest.seconds() / 60)),
        "constant within 1.5 ×");
    row(text, "operator's heap after collection, MiB", mebi(results.liveBytes()), "≤ 256");
    row(text, "operator's RSS, MiB", mebi(results.residentBytes()), "≤ 512");
    String largest =
        results.largest().entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(it -> "%s, %d".formatted(it.getKey(), it.getValue()))
            .orElse("–");
    row(text, "largest object, bytes", largest, "–");
    row(text, "etcd's database, MiB", mebi(results.storedBytes()), "–");
  }

  private static void reboot(StringBuilder text, OperatorResults results) {
    Span reboot = results.reboot();
    row(
        text,
        "a tenth of the nodes reboots into a new kernel → settled, s",
        seconds(reboot.seconds()),
        "≤ 60");
    row(
        text,
        "requests meanwhile, /s; of them writes, /s",
        String.format(
            Locale.ROOT,
            "%.0f; %.0f",
            ApiLoad.total(reboot.requests()) / reboot.seconds(),
            reboot.writesPerSecond()),
        "–");
  }

  private static void flood(StringBuilder text, OperatorResults.Flood flood) {
    row(
        text,
        "false kernels that one node announced: asked for",
        "%d of %d".formatted(flood.askedFor(), flood.announced()),
        "≤ 5");
    row(
        text,
        "meanwhile: another's apply → artifacts written and bound, s",
        seconds(flood.artifactsSeconds()),
        "≤ 5");
  }

  private static String both(List<Double> values) {
    double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
    return all.length == 0
        ? "–"
        : seconds(Statistics.quantile(all, 0.5)) + " / " + seconds(Statistics.quantile(all, 0.99));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }

  private static String mebi(double bytes) {
    return String.format(Locale.ROOT, "%.0f", bytes / MEBI);
  }

  private static String list(Map<String, Double> counts) {
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(it -> String.format(Locale.ROOT, "%s %.0f", it.getKey(), it.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String processors(Span span) {
    return span.processorSeconds().entrySet().stream()
        .map(it -> String.format(Locale.ROOT, "%s %.1f", it.getKey(), it.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static void row(StringBuilder text, String what, String measured, String target) {
    add(text, "| %s | %s | %s |%n", what, measured, target);
  }

  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
