package dev.whistler.testbed.bench;

import dev.whistler.testbed.bench.operator.OperatorEffort;
import dev.whistler.testbed.bench.operator.OperatorResults;
import dev.whistler.testbed.bench.operator.OperatorRun;
import dev.whistler.testbed.bench.operator.RawData;
import dev.whistler.testbed.cluster.ClusterException;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.TemporaryDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./whistler bench operator}: a real API server, the operator, and simulated agents. */
final class OperatorBench {
  private OperatorBench() {}

  static int run(List<String> arguments) {
    List<String> rest = new ArrayList<>();
    OperatorEffort effort = OperatorEffort.parse(arguments, rest);
    BenchOptions options = BenchOptions.parse("operator", rest);
    OperatorResults results = measure(options, effort);
    options.report("Operator", OperatorReport.of(Machine.here(), results));
    return 0;
  }

  private static OperatorResults measure(BenchOptions options, OperatorEffort effort) {
    try (TemporaryDirectory scratch = TemporaryDirectory.create("whistler-bench-");
        RawData raw = new RawData(options.raw())) {
      Path logs = scratch.path();
      try (OperatorRun run =
          new OperatorRun(options.repository(), effort, raw, logs, Progress.timed(System.err))) {
        return run.measure();
      }
    } catch (ClusterException e) {
      throw new BenchmarkException(String.valueOf(e.getMessage()));
    }
  }
}
