package dev.whistler.testbed.bench.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.process.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 300 simulated nodes on a real API server: what is counted, not how fast it is. */
final class SimulatorIT {
  private static final OperatorEffort EFFORT =
      new OperatorEffort(300, 12, 20, 2, Duration.ofSeconds(15), 50, 256);

  @TempDir Path directory;

  @Test
  void nothingIsDoneTwiceNothingIsWrittenAtRestAndNoNodeFloodsTheOthers() {
    OperatorResults results;
    try (RawData raw = new RawData(directory.resolve("raw.ndjson"));
        OperatorRun run =
            new OperatorRun(
                Repository.find(), EFFORT, raw, directory, Progress.timed(System.err))) {
      results = run.measure();
    }
    assertThat(results.stored().answerSets())
        .as("kernels that give a program the same answers share its object")
        .isEqualTo(results.expectedAnswerSets());
    assertThat(results.stored().counts())
        .containsEntry("whistlerartifacts", results.expectedAnswerSets())
        .containsEntry("kernelprofiles", (long) EFFORT.kernels())
        .containsEntry("whistlernodes", (long) EFFORT.nodes())
        .containsEntry("whistlerprograms", (long) EFFORT.programs());
    Map<String, Double> writes = new TreeMap<>(ApiLoad.writes(results.rest().requests()));
    // What happened again within a minute before the rest is told once, at the end of the minute.
    assertThat(Objects.requireNonNullElse(writes.remove("PATCH events"), 0.0))
        .isLessThanOrEqualTo(EFFORT.programs());
    assertThat(writes.keySet())
        .as("where nothing changes, Leases are renewed")
        .containsExactly("PUT leases");
    assertThat(results.artifactsSeconds()).hasSize(EFFORT.repeats());
    assertThat(results.degradedSeconds()).hasSize(EFFORT.repeats());
    assertThat(results.flood().askedFor())
        .as("false kernels that the operator asks one node for")
        .isBetween(1, 5);
    assertThat(results.problems()).isEmpty();
  }
}
