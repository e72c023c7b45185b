package dev.whistler.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.RuntimeBench.Effort;
import dev.whistler.testbed.bench.RuntimeBench.Pair;
import dev.whistler.testbed.bench.runtime.Drained;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The runtime benchmark with few repetitions: what it counts, not how fast it is. */
@Timeout(240)
class RuntimeBenchTest {
  private static final int LINE_BYTES = 300;

  @Test
  void bothSidesTakeEveryRecordAndWriteAlikeLines() {
    assumeTrue("root".equals(System.getProperty("user.name")), "loading needs root");
    assumeTrue(Files.exists(Path.of("/usr/bin/g++")), "the consumer in C needs g++");
    Effort effort = Effort.SHORT;

    RuntimeBench.Results results = RuntimeBench.measure(Repository.find(), effort);

    for (Pair pair : List.of(results.consume(), results.json(), results.live())) {
      assertThat(pair.ours()).hasSize(effort.rounds());
      assertThat(pair.reference()).hasSize(effort.rounds());
      for (Drained drained : pair.ours()) {
        assertThat(drained.records()).isIn((long) effort.records(), (long) effort.live());
        assertThat(drained.lost()).isZero();
      }
      for (Drained drained : pair.reference()) {
        assertThat(drained.records()).isIn((long) effort.records(), (long) effort.live());
        assertThat(drained.lost()).isZero();
      }
    }
    assertThat(results.json().ours().getFirst().bytes())
        .isGreaterThan((long) LINE_BYTES * effort.records());
    assertThat(results.json().ours().getFirst().bytes() / effort.records())
        .isEqualTo(results.json().reference().getFirst().bytes() / effort.records());
    assertThat(results.entry().behindEntry()).hasSize(effort.rounds());
    assertThat(RuntimeReport.of(results)).contains("| record taken", "entry program");
  }
}
