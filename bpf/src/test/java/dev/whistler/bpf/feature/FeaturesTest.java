package dev.whistler.bpf.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.ProgramType;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final int GET_CURRENT_TASK = 35;
  private static final int RINGBUF_OUTPUT = 130;
  private static final int XDP_ADJUST_HEAD = 44;

  @Test
  void whatEveryKernelSince61HasIsFound() {
    assertThat(Features.mapType(MapType.RINGBUF).support()).isEqualTo(Probe.Support.YES);
    assertThat(Features.mapType(MapType.TASK_STORAGE).support()).isEqualTo(Probe.Support.YES);
    assertThat(Features.mapType(MapType.HASH_OF_MAPS).support()).isEqualTo(Probe.Support.YES);
    assertThat(Features.programType(ProgramType.XDP).support()).isEqualTo(Probe.Support.YES);
    assertThat(Features.programType(ProgramType.SYSCALL).support()).isEqualTo(Probe.Support.YES);
    assertThat(Features.instructionSet(3).support()).isEqualTo(Probe.Support.YES);
  }

  @Test
  void helpersBelongToProgramTypes() {
    assertThat(Features.helper(ProgramType.XDP, XDP_ADJUST_HEAD).isSupported()).isTrue();
    assertThat(Features.helper(ProgramType.XDP, RINGBUF_OUTPUT).isSupported()).isTrue();
    assertThat(Features.helper(ProgramType.TRACEPOINT, GET_CURRENT_TASK).isSupported()).isTrue();
    Probe probe = Features.helper(ProgramType.TRACEPOINT, XDP_ADJUST_HEAD);
    assertThat(probe.support()).isEqualTo(Probe.Support.NO);
    assertThat(probe.reason()).isEqualTo("programs of this type may not call it");
    assertThat(Features.helper(ProgramType.XDP, 9999).support()).isEqualTo(Probe.Support.NO);
  }

  @Test
  void eachLinkHasAnAnswer() {
    for (LinkFeature link : LinkFeature.values()) {
      assertThat(Features.link(link).support())
          .as(link + ": " + Features.link(link).reason())
          .isNotEqualTo(Probe.Support.UNKNOWN);
    }
  }

  @Test
  void theListIsWholeAndLeavesNothingBehind() {
    KernelObjects before = KernelObjects.now();
    SortedSet<String> features = FeatureList.probe();
    before.assertUnchanged();
    assertThat(features)
        .contains(
            "map:27",
            "prog:6",
            "prog:26",
            "helper:xdp:51",
            "isa:3",
            "helper:tc:1",
            "helper:tp-btf:1")
        .contains("helper:iter:126")
        .doesNotContain("helper:tp-btf:126", "helper:tracepoint:44", "map:0", "prog:0")
        .hasSizeGreaterThan(1000);
  }
}
