package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.e2e.chart.HolderLease;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of two operators of two installations one acts, and at no time both. */
@ExtendWith(SystemExtension.class)
final class OneInstallationIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String FIRST = Installation.NAMESPACE + "/whistler";
  private static final String SECOND = Installation.NAMESPACE + "/second";
  private static final String PROGRAM = "of-one-installation";

  private WhistlerSystem system;
  private QuarkusProcess first;
  private QuarkusProcess second;
  private Resource<Lease> lease;

  @BeforeEach
  void startASecondOperator(WhistlerSystem running) {
    system = running;
    first = system.operator();
    lease = HolderLease.in(system.client());
    second =
        system
            .installation()
            .startOperator(
                "operator-second",
                Map.of("whistler.release", "second", "whistler.leader-lease", "2s"));
  }

  /** The other tests need the first one. */
  @AfterEach
  void endTheSecond() {
    second.close();
    if (!first.process().alive()) {
      first.restart();
    }
    first.awaitReady();
    system.delete(PROGRAM);
  }

  @Test
  void theNextOneBeginsWhenTheFormerOneHasStopped() throws Exception {
    system.apply(PROGRAM, WhistlerSystem.example("forks.lisp"), null);
    system.awaitReady(PROGRAM);
    awaitObstacle(second, FIRST);

    lease.delete();
    Waiting.until("the first holds again what was deleted", LIMIT, () -> holder().equals(FIRST));
    awaitObstacle(second, FIRST);

    // As an uninstallation does that is broken off before it removes the operator.
    giveBack();
    awaitObstacle(first, "being removed");
    assertThat(holder()).as("while the first may still act").isEmpty();
    second.awaitReady();
    assertThat(holder()).isEqualTo(SECOND);
    system.apply(PROGRAM, WhistlerSystem.example("forks.lisp") + ";2", null);
    system.awaitReady(PROGRAM);

    first.kill();
    giveBack();
    Waiting.until("the second begins anew", LIMIT, () -> !second.process().alive());
    second.restart();
    second.awaitReady();
    assertThat(holder()).isEqualTo(SECOND);

    first.restart();
    awaitObstacle(first, SECOND);
    second.kill();
    first.awaitReady();
    assertThat(holder()).isEqualTo(FIRST);
    system.apply(PROGRAM, WhistlerSystem.example("forks.lisp") + ";3", null);
    system.awaitReady(PROGRAM);
  }

  private static void awaitObstacle(QuarkusProcess operator, String words) {
    Waiting.until(
        "an operator that is not ready: " + words,
        LIMIT,
        () -> {
          try {
            return operator.get("/health/ready").contains(words);
          } catch (UncheckedIOException notYet) {
            return false;
          }
        });
  }

  private void giveBack() {
    var _ =
        lease.edit(it -> new LeaseBuilder(it).editSpec().withHolderIdentity("").endSpec().build());
  }

  /** Namespace and release of it; the replica that leads stands behind them. */
  private String holder() {
    Lease now = lease.get();
    return now == null
        ? ""
        : Objects.requireNonNullElse(now.getSpec().getHolderIdentity(), "")
            .replaceFirst("/[^/]*$", "");
  }
}
