package dev.whistler.bpf.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

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
  void whatEveryKernelSince61AttachesToIsFound() {
    for (LinkFeature link :
        List.of(
            LinkFeature.TRACEPOINT,
            LinkFeature.RAW_TRACEPOINT,
            LinkFeature.BTF_TRACEPOINT,
            LinkFeature.ITERATOR,
            LinkFeature.CGROUP,
            LinkFeature.NETWORK_NAMESPACE)) {
      assertThat(Features.link(link)).as("%s", link).isEqualTo(Probe.yes());
    }
  }

  /**
   * Kernels are built with kprobes and trampolines or with neither: Debian's with, ours without.
   */
  @Test
  void kernelFunctionsAreFoundWhereTheKernelIsBuiltForThem() {
    boolean built = Files.exists(Path.of("/sys/bus/event_source/devices/kprobe"));
    for (LinkFeature link :
        List.of(LinkFeature.KPROBE, LinkFeature.FENTRY, LinkFeature.FEXIT, LinkFeature.LSM)) {
      assertThat(Features.link(link).support())
          .as(link + ": " + Features.link(link).reason())
          .isEqualTo(built ? Probe.Support.YES : Probe.Support.NO);
    }
    if (!built) {
      assertThat(Features.link(LinkFeature.KPROBE_MULTI).support()).isEqualTo(Probe.Support.NO);
      assertThat(Features.link(LinkFeature.FMOD_RET).support()).isEqualTo(Probe.Support.NO);
    }
  }

  @Test
  void withoutRightsTheAnswerIsThatNobodyCanTell() throws Exception {
    assumeTrue(Files.isExecutable(SETPRIV), "no " + SETPRIV);
    Process process =
        new ProcessBuilder(
                SETPRIV.toString(),
                "--bounding-set=-all",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Answers.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(said.lines())
          .contains(
              "RAW_TRACEPOINT UNKNOWN",
              "CGROUP UNKNOWN",
              "BTF_TRACEPOINT UNKNOWN",
              "FENTRY UNKNOWN",
              "TCX UNKNOWN",
              "XDP UNKNOWN",
              "HASH_OF_MAPS UNKNOWN",
              "isa 3 UNKNOWN",
              // sysfs tells these to anybody
              "TRACEPOINT YES");
    } finally {
      process.destroyForcibly();
    }
  }

  /** What a process finds out, a line each. */
  static final class Answers {
    private Answers() {}

    public static void main(String[] arguments) {
      for (LinkFeature link : LinkFeature.values()) {
        System.out.println(link + " " + Features.link(link).support());
      }
      System.out.println("XDP " + Features.programType(ProgramType.XDP).support());
      System.out.println("HASH_OF_MAPS " + Features.mapType(MapType.HASH_OF_MAPS).support());
      System.out.println("isa 3 " + Features.instructionSet(3).support());
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
            "link:raw_tracepoint",
            "helper:xdp:51",
            "isa:3",
            "helper:tc:1",
            "helper:tp-btf:1")
        .contains("helper:iter:126")
        .doesNotContain("helper:tp-btf:126", "helper:tracepoint:44", "map:0", "prog:0")
        .hasSizeGreaterThan(1000);
  }

  @Test
  void aShortageOfThisMomentIsNoLackOfTheKernel() throws Exception {
    for (Errno errno : new Errno[] {Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EPERM}) {
      try (AutoCloseable _ =
          Faults.install(action -> action.startsWith("create map") ? errno.number() : 0)) {
        assertThat(MapProbe.probe(MapType.HASH).support()).isEqualTo(Probe.Support.UNKNOWN);
      }
    }
    try (AutoCloseable _ =
        Faults.install(action -> action.startsWith("create map") ? Errno.EINVAL.number() : 0)) {
      assertThat(MapProbe.probe(MapType.HASH).support()).isEqualTo(Probe.Support.NO);
    }
    assertThat(MapProbe.probe(MapType.HASH).support()).isEqualTo(Probe.Support.YES);
  }
}
