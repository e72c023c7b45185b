package dev.whistler.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.crds.WhistlerNodeStatus.Feature;
import dev.whistler.crds.WhistlerNodeStatus.Support;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** People read in a node's status what its kernel has, and why not what it lacks. */
final class NodeFeaturesTest {

  @Test
  void eachOutcomeIsToldWithItsReason() {
    assertThat(
            NodeFeatures.outcomes(Map.of("Tcx", () -> new Probe(Probe.Support.YES, "supported"))))
        .containsExactly(new Feature("Tcx", Support.SUPPORTED, null));
    assertThat(NodeFeatures.outcomes(Map.of("Tcx", () -> new Probe(Probe.Support.NO, "EINVAL"))))
        .containsExactly(new Feature("Tcx", Support.NOT_SUPPORTED, "EINVAL"));
    assertThat(
            NodeFeatures.outcomes(Map.of("Tcx", () -> new Probe(Probe.Support.UNKNOWN, "EPERM"))))
        .containsExactly(new Feature("Tcx", Support.UNKNOWN, "EPERM"));
  }

  @Test
  void aProbeThatFailsCannotTellAndItsReasonIsCutToWhatTheStatusTakes() {
    assertThat(
            NodeFeatures.outcomes(
                Map.of(
                    "Tcx",
                    () -> {
                      throw new BpfException("no ".repeat(200));
                    })))
        .singleElement()
        .satisfies(feature -> assertThat(feature.support()).isEqualTo(Support.UNKNOWN))
        .satisfies(feature -> assertThat(feature.reason()).hasSize(256).endsWith("…"));
  }

  @Test
  void namesAreDifferentAndFitTheStatus() {
    assertThat(NodeFeatures.probe())
        .hasSizeBetween(10, 64)
        .extracting(Feature::name)
        .doesNotHaveDuplicates()
        .contains("RingBuffer", "UprobeMulti");
  }
}
