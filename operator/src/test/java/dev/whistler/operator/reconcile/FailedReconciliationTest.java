package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the operator says of a program that it could not reconcile. */
final class FailedReconciliationTest {
  private static final OperatorConfig DEFAULTS =
      new SmallRyeConfigBuilder()
          .withConverter(Duration.class, 100, new DurationConverter())
          .withMapping(OperatorConfig.class)
          .build()
          .getConfigMapping(OperatorConfig.class);

  private final ProgramReconciler reconciler =
      new ProgramReconciler(
          null,
          null,
          null,
          null,
          null,
          null,
          new OperatorMetrics(new SimpleMeterRegistry()),
          DEFAULTS);

  private static WhistlerProgram program() {
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("forks");
    program.getMetadata().setUid("uid");
    program.getMetadata().setGeneration(3L);
    program.getMetadata().setResourceVersion("17");
    program.setSpec(WhistlerProgramSpec.ofSource("x"));
    return program;
  }

  private Optional<WhistlerProgram> written(WhistlerProgram program, Exception failure) {
    return reconciler.updateErrorStatus(program, null, failure).getResource();
  }

  @Test
  void aDefectOfOursIsToldOnce() {
    WhistlerProgram program = program();

    WhistlerProgram written = written(program, new IllegalStateException("secret")).orElseThrow();

    assertThat(written.getMetadata().getName()).isEqualTo("forks");
    assertThat(written.getStatus().conditions())
        .singleElement()
        .satisfies(
            ready -> {
              assertThat(ready.status()).isEqualTo(Status.UNKNOWN);
              assertThat(ready.reason()).isEqualTo(Reason.OPERATOR_DEFECT);
              assertThat(ready.observedGeneration()).isEqualTo(3);
            });
    WhistlerProgramStatus told = written.getStatus();
    program.setStatus(told);
    assertThat(written(program, new IllegalStateException("again"))).isEmpty();
  }

  @Test
  void whatTheApiServerRefusesIsTriedAgainOnly() {
    Exception away =
        new IllegalStateException(
            new UncheckedIOException(new IOException(new KubernetesClientException("no route"))));

    assertThat(written(program(), away)).isEmpty();
  }
}
