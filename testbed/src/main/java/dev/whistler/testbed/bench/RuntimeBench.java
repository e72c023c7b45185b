package dev.whistler.testbed.bench;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.runtime.Drained;
import dev.whistler.testbed.bench.runtime.EntryCost;
import dev.whistler.testbed.bench.runtime.OurConsumer;
import dev.whistler.testbed.bench.runtime.ReferenceConsumer;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** {@code ./whistler bench runtime}: records out of ring buffers, ours against C on libbpf. */
final class RuntimeBench {

  /**
   * How much is measured.
   *
   * @param warmUp rounds that do not count
   * @param rounds rounds that count, each of both sides
   * @param records that fill the ring, of 96 bytes each; 174,000 fill 16 MiB
   * @param calls system calls for one value
   * @param live records of a live run, a multiple of 2,000
   * @param repeat runs of a program for one value
   */
  record Effort(int warmUp, int rounds, int records, int calls, int live, int repeat) {
    static final Effort SHORT = new Effort(1, 2, 2_000, 1_000, 4_000, 1_000);
    static final Effort LONG = new Effort(10, 31, 174_000, 50_000, 400_000, 2_000_000);
  }

  /**
   * The same work on both sides, one value a round.
   *
   * @param ours in Java
   * @param reference in C
   */
  record Pair(List<Drained> ours, List<Drained> reference) {}

  /**
   * Everything that was measured.
   *
   * @param consume records of which one field is read
   * @param json records to lines of JSON; C by {@code snprintf}
   * @param library the same, C by rapidjson; both empty where it is not installed
   * @param call look-ups of one value in a map
   * @param live one thread produces, one consumes
   * @param entry what the entry program costs
   */
  record Results(
      Machine machine,
      Pair consume,
      Pair json,
      Pair library,
      Pair call,
      Pair live,
      EntryCost entry) {}

  private RuntimeBench() {}

  static int run(List<String> arguments) {
    BenchOptions options = BenchOptions.parse("runtime", arguments);
    Results results = measure(options.repository(), options.isShort() ? Effort.SHORT : Effort.LONG);
    options.publish("Runtime", results, RuntimeReport.of(results));
    return 0;
  }

  static Results measure(Repository repository, Effort effort) {
    try (TemporaryDirectory scratch = TemporaryDirectory.create("whistler-bench-");
        ReferenceConsumer c = ReferenceConsumer.start(repository, scratch.path());
        OurConsumer ours = new OurConsumer(repository)) {
      int records = effort.records;
      Pair none = new Pair(List.of(), List.of());
      return new Results(
          Machine.here(),
          pair("consume", effort, () -> ours.consume(records), c, records),
          pair("snprintf", effort, () -> ours.json(records), c, records),
          ReferenceConsumer.hasLibrary()
              ? pair("library", effort, () -> ours.json(records), c, records)
              : none,
          pair("call", effort, () -> ours.call(effort.calls), c, effort.calls),
          pair("live", effort, () -> ours.live(effort.live), c, effort.live),
          EntryCost.measure(effort.rounds, effort.repeat));
    }
  }

  /** In turn, so that what else the machine does hits both. */
  private static Pair pair(
      String mode, Effort effort, Supplier<Drained> ours, ReferenceConsumer reference, int count) {
    System.err.println("measuring " + mode);
    List<Drained> a = new ArrayList<>();
    List<Drained> b = new ArrayList<>();
    for (int round = -effort.warmUp; round < effort.rounds; round++) {
      Drained one = ours.get();
      Drained other = reference.measure(mode, count);
      if (round >= 0) {
        a.add(one);
        b.add(other);
      }
    }
    return new Pair(a, b);
  }
}
