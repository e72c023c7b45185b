package dev.whistler.bpf.prog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.Asm;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BpfProgramTest {
  private static final int MAP_LOOKUP = 1;

  @Test
  void aPacketProgramReturnsItsValueAndThePacket() {
    byte[] code = new Asm().move(0, 2).exit();
    try (BpfProgram program =
        BpfProgram.load(ProgramSpec.of("pass", ProgramType.XDP, code, "GPL"))) {
      byte[] packet = new byte[64];
      packet[13] = 8;
      TestRun.Result result = program.testRun(TestRun.packet(packet).repeated(1000));
      assertThat(result.returnValue()).isEqualTo(2);
      assertThat(result.data()).isEqualTo(packet);
      assertThat(program.info().verifiedInstructions()).isEqualTo(2);
      assertThat(program.info().name()).isEqualTo("pass");
    }
  }

  @Test
  void aProgramChangesAMap() {
    try (BpfMap map = BpfMap.create(MapSpec.of("counts", MapType.ARRAY, 4, 8, 1))) {
      byte[] code =
          new Asm()
              .store32(10, -4, 0)
              .copy(2, 10)
              .add(2, -4)
              .map(1)
              .call(MAP_LOOKUP)
              .jumpEqual(0, 0, 3)
              .load64(1, 0, 0)
              .add(1, 1)
              .store64(0, 0, 1)
              .move(0, 0)
              .exit();
      try (BpfProgram program =
          BpfProgram.load(
              ProgramSpec.of("count", ProgramType.SCHED_CLS, code, "Dual BSD/GPL")
                  .withDescriptors(Map.of(3, map.fd())))) {
        program.testRun(TestRun.packet(new byte[14]).repeated(5));
        assertThat(new Structure(TestMaps.value(map, new byte[4])).getLong(0)).isEqualTo(5);
        assertThat(program.mapIds()).containsExactly(map.id());
      }
    }
  }

  @Test
  void aRawTracepointProgramReadsItsContext() {
    byte[] code = new Asm().load64(0, 1, 8).exit();
    try (BpfProgram program =
        BpfProgram.load(ProgramSpec.of("arg", ProgramType.RAW_TRACEPOINT, code, "GPL"))) {
      byte[] context = new Structure(new byte[16]).putLong(8, 77).bytes();
      assertThat(program.testRun(TestRun.context(context)).returnValue()).isEqualTo(77);
    }
  }

  @Test
  void aSyscallProgramWritesItsContext() {
    byte[] code = new Asm().move(2, 9).store64(1, 0, 2).move(0, 0).exit();
    ProgramSpec spec =
        ProgramSpec.of("sys", ProgramType.SYSCALL, code, "GPL").withFlags(ProgramFlags.SLEEPABLE);
    try (BpfProgram program = BpfProgram.load(spec)) {
      byte[] context = program.testRun(TestRun.context(new byte[8])).context();
      assertThat(new Structure(context).getLong(0)).isEqualTo(9);
    }
  }

  @Test
  void aRefusalSaysInOneLineWhatTheVerifierSays() {
    byte[] code = new Asm().load64(0, 1, 4096).exit();
    assertThatThrownBy(() -> BpfProgram.load(ProgramSpec.of("bad", ProgramType.XDP, code, "GPL")))
        .isInstanceOfSatisfying(
            VerifierException.class,
            e -> {
              assertThat(e.errno()).isEqualTo(Errno.EACCES);
              assertThat(e.log()).contains("0: (79) r0 = *(u64 *)(r1 +4096)");
              assertThat(e.isComplete()).isTrue();
            })
        .hasMessage(
            "program bad was refused by the kernel (EACCES): "
                + "invalid bpf_context access off=4096 size=8");
  }

  @Test
  void theLogGrowsUntilItFits() {
    Asm asm = new Asm().move(0, 0);
    for (int i = 0; i < 2000; i++) {
      asm.add(0, i);
    }
    ProgramSpec spec = ProgramSpec.of("long", ProgramType.XDP, asm.exit(), "GPL");
    BpfProgram.Logged logged = BpfProgram.loadLogged(spec, 2);
    logged.program().close();
    assertThat(logged.log().length()).isGreaterThan(64 << 10);
    assertThat(logged.log()).contains("processed 2002 insns");
  }

  @Test
  void aKprobeProgramCannotBeRunByHand() {
    byte[] code = new Asm().move(0, 0).exit();
    try (BpfProgram program =
        BpfProgram.load(ProgramSpec.of("probe", ProgramType.KPROBE, code, "GPL"))) {
      assertThatThrownBy(() -> program.testRun(TestRun.context(new byte[8])))
          .isInstanceOfSatisfying(
              SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOTSUPP));
    }
  }
}
