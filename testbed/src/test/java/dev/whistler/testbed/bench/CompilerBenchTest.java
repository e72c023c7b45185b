package dev.whistler.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.CompilerBench.Effort;
import dev.whistler.testbed.bench.compiler.CompileTime;
import dev.whistler.testbed.bench.compiler.Corpus;
import dev.whistler.testbed.bench.compiler.Growth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The compiler benchmark with few repetitions: what it counts, not how fast it is. */
@Timeout(240)
class CompilerBenchTest {
  private static final double MEMORY_PER_DOUBLING = 2.3;

  @Test
  void measuresEachProgramAndMemoryGrowsWithTheProgram() {
    assumeTrue("root".equals(System.getProperty("user.name")), "loading needs root");
    Repository repository = Repository.find();
    List<Corpus.Pair> pairs =
        Corpus.of(repository).stream().filter(p -> p.name().startsWith("xdp-")).toList();
    Effort effort = new Effort(2, 100, new CompileTime.Plan(0, 1, 2, 100), 0, 1_000, 2);

    CompilerBench.Results results = CompilerBench.measure(repository, pairs, effort);

    assertThat(results.programs()).hasSameSizeAs(pairs).hasSize(2);
    assertThat(results.programs())
        .allSatisfy(p -> assertThat(p.runTimes().getFirst().oursNanos()).hasSize(2));
    assertThat(results.warm()).containsOnlyKeys("xdp-port-blocker", "xdp-protocols");
    assertThat(results.warm().values())
        .allSatisfy(w -> assertThat(w.samples()).isPositive())
        .allSatisfy(w -> assertThat(w.millis().low()).isBetween(0.0, w.millis().high()))
        .allSatisfy(w -> assertThat(w.meanMillis()).hasSize(2));
    assertThat(results.growth()).extracting(Growth::forms).containsExactly(250, 500, 1000);
    for (int i = 1; i < results.growth().size(); i++) {
      double ratio =
          (double) results.growth().get(i).allocated() / results.growth().get(i - 1).allocated();
      assertThat(ratio).isBetween(1.0, MEMORY_PER_DOUBLING);
    }
    assertThat(CompilerReport.of(results)).contains("| 1000 |", "twice as long");
  }
}
