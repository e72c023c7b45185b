package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.testbed.process.Waiting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An operator that begins anew takes what was built from the artifacts that hold it. */
@ExtendWith(SystemExtension.class)
final class RestartIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void nothingIsCompiledThatAnArtifactHolds(WhistlerSystem system) throws InterruptedException {
    List<String> programs = List.of("restart-a", "restart-b");
    try {
      programs.forEach(it -> system.apply(it, WhistlerSystem.example("forks.lisp"), null));
      programs.forEach(system::awaitReady);
      List<WhistlerArtifact> before = artifacts(system, programs);
      assertThat(before)
          .hasSize(2)
          .allSatisfy(
              it -> {
                assertThat(it.getSpec().trace()).isNotNull();
                assertThat(it.getMetadata().getName()).isEqualTo(it.getSpec().name());
              });

      system.operator().kill();
      system.operator().restart();
      system.operator().awaitReady();
      Waiting.until(
          "both builds are taken from their artifacts",
          LIMIT,
          () -> builds(system, "adopted") >= 2);

      for (String outcome : List.of("built", "refused", "out-of-time", "defect")) {
        assertThat(builds(system, outcome)).as(outcome).isZero();
      }
      programs.forEach(system::awaitReady);
      assertThat(artifacts(system, programs))
          .usingRecursiveComparison()
          .as("byte for byte, and none written anew")
          .isEqualTo(before);
      assertThat(system.revisions("restart-a")).hasSize(1);
    } finally {
      programs.forEach(system::delete);
    }
  }

  private static double builds(WhistlerSystem system, String outcome) {
    String sample = "whistler_operator_builds_total{outcome=\"" + outcome + "\"} ";
    return system
        .operator()
        .get("/metrics")
        .lines()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no sample " + sample));
  }

  private static List<WhistlerArtifact> artifacts(WhistlerSystem system, List<String> programs) {
    return programs.stream().flatMap(program -> system.artifacts(program).stream()).toList();
  }
}
