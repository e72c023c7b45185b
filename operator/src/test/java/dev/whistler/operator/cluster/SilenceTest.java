package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Silence is told within the Lease and one look, and never while the agent renews in time. */
final class SilenceTest {
  private static final String NAME = "a";
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AgentLiveness liveness = new AgentLiveness(clock::get);
  private final KnownNodes nodes = new KnownNodes(liveness::of);

  private void renews(String time, Duration lease) {
    liveness.seen(NAME, time, lease);
    var _ = nodes.lookAgain(NAME);
  }

  private void known() {
    WhistlerNode report = new WhistlerNode();
    report.setMetadata(new ObjectMetaBuilder().withName(NAME).build());
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    var _ = nodes.report(NAME, Optional.of(report));
  }

  /** How long after the last renewal a look tells it. */
  private Duration untilTold() {
    for (Duration passed = LOOK; ; passed = passed.plus(LOOK)) {
      clock.addAndGet(LOOK.toNanos());
      liveness.readAgain(liveness.toReadAgain());
      Optional<ClusterNode> now = nodes.lookAgain(NAME).flatMap(KnownNodes.Step::after);
      if (now.filter(node -> node.liveness() == Liveness.SILENT).isPresent()) {
        return passed;
      }
      assertThat(passed).isLessThan(Duration.ofHours(1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 15, 120})
  void itIsToldWithinTheLeaseAndOneLook(int seconds) {
    Duration lease = Duration.ofSeconds(seconds);
    known();
    renews("1", lease);
    renews("2", lease);
    assertThat(untilTold()).isGreaterThan(lease).isLessThanOrEqualTo(lease.plus(LOOK));
  }

  @Test
  void whoRenewsInTimeIsNeverSilent() {
    known();
    for (int i = 0; i < 100; i++) {
      renews("" + i, Duration.ofSeconds(120));
      clock.addAndGet(Duration.ofSeconds(119).toNanos());
      var _ = nodes.lookAgain(NAME);
      assertThat(nodes.all())
          .singleElement()
          .satisfies(node -> assertThat(node.liveness()).isNotEqualTo(Liveness.SILENT));
    }
  }
}
