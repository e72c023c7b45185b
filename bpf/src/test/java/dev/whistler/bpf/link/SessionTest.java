package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.Asm;
import dev.whistler.bpf.Needs;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entry and return by one link: what the program returns at the entry decides about the return. */
class SessionTest {
  private static final int CALLS = 5;

  private static final int MAP_SLOT = 3;

  @ParameterizedTest(name = "library, {0} at the entry")
  @CsvSource({"0, 10", "1, 5"})
  void ofAFunctionOfALibrary(int verdict, int runs) throws IOException {
    Needs.link(LinkFeature.UPROBE_MULTI);
    Needs.attachType(AttachType.TRACE_UPROBE_SESSION);
    Path libc = libc();
    long[] offsets = {UserSymbol.offset(libc, "getppid")};
    int self = (int) ProcessHandle.current().pid();
    assertRuns(
        AttachType.TRACE_UPROBE_SESSION,
        verdict,
        runs,
        program -> Uprobe.attachSession(program, libc, offsets, self));
  }

  @ParameterizedTest(name = "kernel, {0} at the entry")
  @CsvSource({"0, 10", "1, 5"})
  void ofAFunctionOfTheKernel(int verdict, int runs) {
    Needs.link(LinkFeature.KPROBE_MULTI);
    Needs.attachType(AttachType.TRACE_KPROBE_SESSION);
    assertRuns(
        AttachType.TRACE_KPROBE_SESSION,
        verdict,
        runs,
        program -> Kprobe.attachSession(program, List.of("__x64_sys_getppid")));
  }

  private static void assertRuns(
      AttachType type, int verdict, int runs, Function<BpfProgram, BpfLink> attach) {
    try (BpfMap counts = BpfMap.create(MapSpec.of("counts", MapType.ARRAY, 4, 8, 1));
        BpfProgram program = BpfProgram.load(spec(counts, type, verdict))) {
      try (BpfLink link = attach.apply(program)) {
        assertThat(link.info().programId()).isIn(0, program.id());
        for (int i = 0; i < CALLS; i++) {
          SystemCalls.getppid();
        }
        assertThat(count(counts)).isEqualTo(runs);
      }
      SystemCalls.getppid();
      assertThat(count(counts)).isEqualTo(runs);
    }
  }

  private static Path libc() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .filter(line -> line.contains("/libc.so") || line.contains("/libc-"))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long count(BpfMap counts) {
    return new Structure(TestMaps.value(counts, new byte[4])).getLong(0);
  }

  /** Counts the calls of this process. */
  private static ProgramSpec spec(BpfMap counts, AttachType type, int verdict) {
    byte[] code =
        new Asm()
            .store32(10, -4, 0)
            .copy(2, 10)
            .add(2, -4)
            .map(1)
            .call(1)
            .jumpEqual(0, 0, 8)
            .copy(6, 0)
            .call(14)
            .slot(0x77, 0, 0, 0, 32)
            .slot(0x55, 0, 0, 4, (int) ProcessHandle.current().pid())
            .load64(1, 6, 0)
            .add(1, 1)
            .store64(6, 0, 1)
            .move(0, verdict)
            .move(0, verdict)
            .exit();
    return ProgramSpec.of("session", ProgramType.KPROBE, code, "GPL")
        .withAttachType(type)
        .withDescriptors(Map.of(MAP_SLOT, counts.fd()));
  }
}
