package dev.whistler.bpf.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.Asm;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.VerifierException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifierLogTest {
  /** Wordings of different kernels for the same reason. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAYBE_NULL|R0 invalid mem access 'map_value_or_null'",
        "MAYBE_NULL|R1 pointer arithmetic on map_value_or_null prohibited, null-check it first",
        "MAYBE_NULL|R2 type=map_value_or_null expected=fp, pkt, pkt_meta, map_key, map_value",
        "MAYBE_NULL|Possibly NULL pointer passed to trusted arg0",
        "UNINITIALIZED_REGISTER|R3 !read_ok",
        "UNINITIALIZED_STACK|invalid indirect read from stack R2 off -8+0 size 8",
        "UNINITIALIZED_STACK|invalid read from stack off -8+0 size 8",
        "MAP_BOUNDS|invalid access to map value, value_size=8 off=8 size=8",
        "PACKET_BOUNDS|invalid access to packet, off=12 size=2, R1(id=0,off=12,r=0)",
        "CONTEXT_ACCESS|invalid bpf_context access off=400 size=4",
        "CONTEXT_ACCESS|dereference of modified ctx ptr R1 off=8 disallowed",
        "STACK_BOUNDS|invalid write to stack R10 off=-520 size=8",
        "STACK_BOUNDS|combined stack size of 2 calls is 576. Too large",
        "UNBOUNDED|R2 min value is negative, either use unsigned or 'var &= const'",
        "MEMORY_BOUNDS|invalid access to memory, mem_size=16 off=16 size=4",
        "UNBOUNDED|math between map_value pointer and register with unbounded min value is not "
            + "allowed",
        "RETURN_VALUE|At program exit the register R0 has unknown scalar value should have been in "
            + "(0x0; 0x1)",
        "RETURN_VALUE|At program exit the register R0 has smin=2 smax=2 should have been in [0, 1]",
        "NO_POINTER|R1 invalid mem access 'inv'",
        "NO_POINTER|R1 invalid mem access 'scalar'",
        "POINTER_ARITHMETIC|R1 pointer arithmetic with += operator prohibited",
        "POINTER_ARITHMETIC|R1 32-bit pointer arithmetic prohibited",
        "POINTER_LEAK|R0 leaks addr as return value",
        "ARGUMENT_TYPE|R1 type=scalar expected=map_ptr",
        "HELPER_MISSING|unknown func bpf_probe_write_user#36",
        "HELPER_MISSING|program of this type cannot use helper bpf_probe_write_user#36",
        "LICENSE|cannot call GPL-restricted function from non-GPL compatible program",
        "REFERENCE_LEAK|Unreleased reference id=2 alloc_insn=7",
        "LOOP|back-edge from insn 3 to 1",
        "LOOP|infinite loop detected at insn 5",
        "TOO_COMPLEX|BPF program is too large. Processed 1000001 insn",
        "TOO_COMPLEX|The sequence of 8193 jumps is too complex.",
        "CONTROL_FLOW|unreachable insn 2",
        "CONTROL_FLOW|last insn is not an exit or jmp",
        "ALIGNMENT|misaligned stack access off 0+-4+0 size 8",
        "BAD_INSTRUCTION|unknown opcode ff"
      })
  void reasonsAreRecognisedByTheWordsOfSeveralKernels(Reason reason, String line) {
    String log = "func#0 @0\n0: R1=ctx() R10=fp0\n0: (b7) r0 = 0\n" + line + "\nprocessed 1 insns";
    assertThat(VerifierLog.parse(log).orElseThrow().reason()).isEqualTo(reason);
  }

  @Test
  void instructionSourceAndRegistersAreFound() {
    String log =
        """
        0: R1=ctx(off=0,imm=0) R10=fp0
        ; int x = *p; @ prog.c:12
        7: (71) r1 = *(u8 *)(r0 +0)
        R0 invalid mem access 'map_value_or_null'
        processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 \
        mark_read 0
        """;
    VerifierLog.Verdict verdict = VerifierLog.parse(log).orElseThrow();
    assertThat(verdict.instruction()).hasValue(7);
    assertThat(verdict.registers()).containsExactly(0);
    assertThat(verdict.source()).isEqualTo("int x = *p; @ prog.c:12");
  }

  @Test
  void anInstructionNamedInTheMessageCounts() {
    assertThat(VerifierLog.parse("unreachable insn 12\n").orElseThrow().instruction()).hasValue(12);
  }

  @Test
  void statisticsAloneSayNothing() {
    assertThat(VerifierLog.parse("processed 1 insns (limit 1000000)\n\n")).isEmpty();
    assertThat(VerifierLog.parse("")).isEqualTo(Optional.empty());
  }

  @Test
  void theRunningKernelsWordsAreUnderstood() {
    assertReason(Reason.CONTEXT_ACCESS, 0, new Asm().load64(0, 1, 4096).exit());
    assertReason(Reason.UNINITIALIZED_REGISTER, 0, new Asm().copy(0, 5).exit());
    assertReason(Reason.UNINITIALIZED_REGISTER, 0, new Asm().exit());
    assertReason(Reason.STACK_BOUNDS, 0, new Asm().store32(10, -520, 1).move(0, 0).exit());
    assertReason(Reason.NO_POINTER, 1, new Asm().move(2, 0).load64(0, 2, 0).exit());
    assertReason(
        Reason.PACKET_BOUNDS, 1, new Asm().load32(2, 1, 0).load32(0, 2, 0).move(0, 0).exit());
    assertReason(Reason.HELPER_MISSING, 1, new Asm().move(0, 0).call(36).exit());
    assertReason(Reason.POINTER_ARITHMETIC, 0, new Asm().slot(0x27, 1, 0, 0, 4).exit());
    assertReason(
        Reason.CONTROL_FLOW, 2, new Asm().move(0, 0).slot(0x95, 0, 0, 0, 0).move(0, 0).exit());
    try (BpfMap map = BpfMap.create(MapSpec.of("m", MapType.HASH, 4, 8, 1))) {
      int fd = map.fd().number();
      Asm lookup = new Asm().store32(10, -4, 0).copy(2, 10).add(2, -4).map(1, fd).call(1);
      // Of an array the kernel may know that the key is there.
      assertReason(Reason.MAYBE_NULL, 6, lookup.load64(1, 0, 0).move(0, 0).exit());
      Asm bounds =
          new Asm().store32(10, -4, 0).copy(2, 10).add(2, -4).map(1, fd).call(1).jumpEqual(0, 0, 1);
      assertReason(Reason.MAP_BOUNDS, 7, bounds.load64(1, 0, 8).move(0, 0).exit());
    }
  }

  private static void assertReason(Reason reason, int instruction, byte[] code) {
    try (BpfProgram program =
        BpfProgram.load(ProgramSpec.of("bad", ProgramType.XDP, code, "GPL"))) {
      throw new AssertionError("the kernel accepted " + program);
    } catch (VerifierException e) {
      VerifierLog.Verdict verdict = e.verdict().orElseThrow();
      assertThat(verdict.reason()).as(e.log()).isEqualTo(reason);
      assertThat(verdict.instruction()).as(e.log()).hasValue(instruction);
    }
  }

  /** Found by fuzzing: the time to match a line grew with the square of its length. */
  @Test
  @Timeout(60)
  void aLineOfAMegabyteIsReadInTime() {
    String line = "1: " + "R1".repeat(1 << 19);
    String log = line + "\n" + line + "\nR0 invalid mem access 'map_value_or_null'\n";
    assertThat(VerifierLog.parse(log).orElseThrow().message())
        .isEqualTo("R0 invalid mem access 'map_value_or_null'");
  }
}
