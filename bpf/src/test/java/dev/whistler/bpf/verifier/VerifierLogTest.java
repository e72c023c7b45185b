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
import dev.whistler.bpf.sys.Fd;
import java.util.Map;
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
      quoteCharacter = '`',
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
        "STACK_BOUNDS|invalid read from stack R2 off=-520 size=8",
        "STACK_BOUNDS|invalid indirect access to stack R2 off=-16 size=32",
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
        "BAD_INSTRUCTION|unknown opcode ff",
        "MAYBE_NULL|R1 invalid mem access 'ptr_or_null_'",
        "MAYBE_NULL|R1 invalid mem access 'trusted_ptr_or_null_'",
        "MAYBE_NULL|R8 invalid mem access 'rcu_ptr_or_null_'",
        "MAYBE_NULL|R1 pointer arithmetic on ptr_or_null_ prohibited, null-check it first",
        "MAYBE_NULL|R1 type=ptr_or_null_ expected=ptr_, trusted_ptr_, rcu_ptr_",
        "MAYBE_NULL|R1 type=rcu_ptr_or_null_ expected=percpu_ptr_",
        "REGION|bpf_spin_lock at off=16 must be held for bpf_rb_root",
        "HELPER_MISSING|func bpf_get_func_arg#183 supported only for fentry/fexit/fmod_ret programs",
        "HELPER_MISSING|helper call is not allowed in probe",
        "HELPER_MISSING|calling kernel function bpf_task_acquire is not allowed",
        "HELPER_MISSING|JIT does not support calling kernel function",
        "HELPER_MISSING|kernel is missing BTF, make sure CONFIG_DEBUG_INFO_BTF=y is specified in Kconfig.",
        "DYNPTR|Expected an initialized dynptr as arg #1",
        "DYNPTR|cannot overwrite referenced dynptr",
        "DYNPTR|Dynptr has to be an uninitialized dynptr",
        "DYNPTR|potential write to dynptr at off=-16",
        "DYNPTR|cannot pass in dynptr at an offset=-8",
        "REGION|BPF_EXIT instruction in main prog cannot be used inside bpf_preempt_disable-ed region",
        "REGION|BPF_EXIT instruction in main prog cannot be used inside bpf_local_irq_save-ed region",
        "REGION|function calls are not allowed while holding a lock",
        "REGION|helper call might sleep in a non-sleepable prog",
        "REGION|sleepable helper bpf_copy_from_user#148 in rcu_read_lock region",
        "REGION|kernel func bpf_kfunc_sleepable is sleepable within bpf_preempt_disable-ed region",
        "REGION|program must be sleepable to call sleepable kfunc bpf_iter_task_new",
        "REGION|bpf_spin_unlock is missing",
        "REGION|1 unmatched attempt to enable preemption (kernel function bpf_preempt_enable)",
        "REGION|unmatched rcu read unlock (kernel function bpf_rcu_read_unlock)",
        "REGION|bpf_rcu_read_unlock is missing",
        "CONSTANT|div by zero",
        "CONSTANT|invalid shift 64",
        "CONSTANT|invalid shift -1",
        "ITERATOR|expected an initialized iter_num as arg #0",
        "ITERATOR|expected uninitialized iter_num as arg #1",
        "CALL|insn 7 cannot call bpf_throw from callback subprog",
        "CALL|Caller passes invalid args into func#1 ('f')",
        "CALL|Global function foo() doesn't return scalar. Only those are supported.",
        "CALL|LD_ABS is only allowed in functions that return 'int'.",
        "CALL|tail_call is only allowed in functions that return 'int'.",
        "CALL|cannot return stack pointer to the caller",
        "CONTEXT_ACCESS|R1 invalid sock access off=64 size=4",
        "CONTEXT_ACCESS|R1 invalid tcp_sock access off=800 size=4",
        "CONTEXT_ACCESS|negative offset ctx ptr R1 off=-4 disallowed",
        "CONTEXT_ACCESS|R1 invalid sock_common access off=44 size=1",
        "ARGUMENT_TYPE|get_local_storage() doesn't support non-zero flags",
        "ARGUMENT_TYPE|helper access to the packet is not allowed",
        "ARGUMENT_TYPE|R1 must have zero offset when passed to release func or trusted arg to kfunc",
        "ARGUMENT_TYPE|arg#0 expected pointer to ctx, but got fp",
        "ARGUMENT_TYPE|R3 must be a known constant",
        "SPECIAL_FIELD|tracing progs cannot use bpf_timer yet",
        "SPECIAL_FIELD|tracing progs cannot use bpf_spin_lock yet",
        "SPECIAL_FIELD|socket filter progs cannot use bpf_spin_lock yet",
        "SPECIAL_FIELD|bpf_spin_lock cannot be accessed directly by load/store",
        "SPECIAL_FIELD|kptr access size must be BPF_DW",
        "SPECIAL_FIELD|store to referenced kptr disallowed",
        "SPECIAL_FIELD|R1 doesn't have constant offset. bpf_spin_lock has to be at the constant offset",
        "SPECIAL_FIELD|map 'm' has to have BTF in order to use bpf_spin_lock",
        "NO_POINTER|same insn cannot be used with different pointers",
        "NO_POINTER|only read from bpf_array is supported",
        "NO_POINTER|the prog does not allow writes to packet data",
        "NO_POINTER|BPF_ATOMIC stores into R2 pkt is not allowed",
        "NO_POINTER|R1 is ptr_task_struct access user memory: off=0",
        "REFERENCE_LEAK|arg 1 is an unacquired reference",
        "REFERENCE_LEAK|release kernel function bpf_task_release expects refcounted PTR_TO_BTF_ID",
        "REFERENCE_LEAK|tail_call would lead to reference leak",
        "REFERENCE_LEAK|R1 must be referenced when passed to release function",
        "BAD_INSTRUCTION|fd 0 is not pointing to valid bpf_map",
        "BAD_INSTRUCTION|BPF_ALU uses reserved fields",
        "STACK_BOUNDS|invalid variable-offset read from stack R2 var_off=(0x0; 0x4) off=-8 size=4",
        "STACK_BOUNDS|tail_calls are not allowed when call stack of previous frames is 264 bytes. Too large",
        "STACK_BOUNDS|stack size of subprog 1 is 520. Too large",
        "STACK_BOUNDS|R2 variable offset stack pointer cannot be passed into helper function; var_off=(0x0; 0x4)",
        "STACK_BOUNDS|attempt to corrupt spilled pointer on stack",
        "POINTER_ARITHMETIC|R1 subtraction from stack pointer prohibited",
        "POINTER_ARITHMETIC|R1 has pointer with unsupported alu operation, pointer arithmetic with it prohibited for !root",
        "POINTER_ARITHMETIC|dereference of modified sock ptr R1 off=8 disallowed",
        "POINTER_ARITHMETIC|variable trusted_ptr_ access var_off=(0x0; 0x7) disallowed",
        "POINTER_LEAK|leaking pointer from stack off -8",
        "MEMORY_BOUNDS|R1 is ptr_task_struct invalid negative access: off=-8",
        "MEMORY_BOUNDS|access beyond struct task_struct at off 99999 size 8",
        "ATTACH_TARGET|attach_btf_id 59989 is not a typedef",
        "ATTACH_TARGET|bpf_fentry_test1 is not sleepable",
        "ATTACH_TARGET|bpf_fentry_test1() is not modifiable",
        "TOO_COMPLEX|too many subprograms",
        "HELPER_MISSING|calling kernel function bpf_dynptr_from_skb is not allowed",
        "HELPER_MISSING|program of this type cannot use helper bpf_spin_lock#93",
        "HELPER_MISSING|cannot update sockmap in this context",
        "HELPER_MISSING|css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs",
        "REGION|global function calls are not allowed with preemption disabled,",
        "REGION|sleepable helper bpf_copy_from_user#148 in non-preemptible region",
        "REGION|expected an RCU CS when using bpf_iter_task_next",
        "REGION|can't spin_{lock,unlock} in rbtree cb",
        "SPECIAL_FIELD|off 1 doesn't point to 'struct bpf_spin_lock' that is at 0",
        "SPECIAL_FIELD|pointer in R2 isn't map pointer",
        "SPECIAL_FIELD|workqueue pointer in R1 map_uid=0 doesn't match map pointer in R2 map_uid=0",
        "SPECIAL_FIELD|bpf_list_head has to be at a constant offset",
        "MAYBE_NULL|arg#0 is expected to be non-NULL",
        "UNBOUNDED|fp pointer offset -1073741822 is not allowed",
        "MAP_BOUNDS|direct value offset of 536870912 is not allowed",
        "MEMORY_BOUNDS|R6 invalid rdonly buffer access: off=8, size=8",
        "MEMORY_BOUNDS|arg#0 arg#1 memory, len pair leads to invalid memory access",
        "POINTER_ARITHMETIC|R6 invalid variable buffer offset: off=0, var_off=(0x0; 0xffffffff)",
        "POINTER_ARITHMETIC|R10 sign-extension part of pointer",
        "STACK_BOUNDS|R2 variable stack access prohibited for !root, var_off=(0x0; 0x4) off=-8",
        "RETURN_VALUE|At subprogram exit the register R0 is not a scalar value (ctx)",
        "RETURN_VALUE|In async callback the register R0 is not a known value (ctx)",
        "NO_POINTER|bpf_array access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN",
        "CALL|loading/calling other bpf or kernel functions are allowed for CAP_BPF and CAP_SYS_ADMIN",
        "CALL|cannot spill pointers to stack into stack frame of the caller",
        "CALL|tail_call abusing map_ptr",
        "CONTROL_FLOW|call to invalid destination",
        "REFERENCE_LEAK|`BPF_LD_[ABS|IND] cannot be mixed with socket references`",
        "ATTACH_TARGET|Only fentry/fexit/fmod_ret, lsm, iter, uprobe, and struct_ops programs can be "
            + "sleepable",
        "ARGUMENT_TYPE|bpf_percpu_obj_new type size (600) is greater than 512",
        "BAD_INSTRUCTION|Invalid line_info[1].insn_off:1 (prev_offset:1 prog->len:1)",
        "OTHER|verifier internal error: CONST_PTR_TO_DYNPTR cannot be released",
        "OTHER|BUG regs 1",
        "KERNEL_TYPE|invalid func unknown#195896080",
        "KERNEL_TYPE|CO-RE: the kernel's struct cfs_rq has no nr_running"
      })
  void reasonsAreRecognisedByTheWordsOfSeveralKernels(Reason reason, String line) {
    String log = "func#0 @0\n0: R1=ctx() R10=fp0\n0: (b7) r0 = 0\n" + line + "\nprocessed 1 insns";
    assertThat(VerifierLog.parse(log).orElseThrow().reason()).isEqualTo(reason);
  }

  @Test
  void theFirstOfTwoLinesThatSaysWhyIsTheMessage() {
    String log =
        "0: (85) call pc+2\nGlobal function foo() doesn't return scalar. Only those are supported.\n"
            + "Caller passes invalid args into func#1 ('foo')\nprocessed 1 insns";
    VerifierLog.Verdict verdict = VerifierLog.parse(log).orElseThrow();
    assertThat(verdict.reason()).isEqualTo(Reason.CALL);
    assertThat(verdict.message()).startsWith("Global function foo()");
  }

  /** They stand directly before the refusal where nothing is printed between. */
  @Test
  void remarksAboutFunctionsAreNoRefusals() {
    String log =
        """
        0: (85) call pc+2
        Func#1 ('f') is global and assumed valid.
        Validating f() func#1...
        R0 invalid mem access 'scalar'
        processed 1 insns""";
    VerifierLog.Verdict verdict = VerifierLog.parse(log).orElseThrow();
    assertThat(verdict.reason()).isEqualTo(Reason.NO_POINTER);
    assertThat(verdict.message()).isEqualTo("R0 invalid mem access 'scalar'");
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
      Map<Integer, Fd> maps = Map.of(3, map.fd());
      Asm lookup = new Asm().store32(10, -4, 0).copy(2, 10).add(2, -4).map(1).call(1);
      // Of an array the kernel may know that the key is there.
      assertReason(Reason.MAYBE_NULL, 6, lookup.load64(1, 0, 0).move(0, 0).exit(), maps);
      Asm bounds =
          new Asm().store32(10, -4, 0).copy(2, 10).add(2, -4).map(1).call(1).jumpEqual(0, 0, 1);
      assertReason(Reason.MAP_BOUNDS, 7, bounds.load64(1, 0, 8).move(0, 0).exit(), maps);
    }
  }

  private static void assertReason(Reason reason, int instruction, byte[] code) {
    assertReason(reason, instruction, code, Map.of());
  }

  private static void assertReason(
      Reason reason, int instruction, byte[] code, Map<Integer, Fd> maps) {
    ProgramSpec spec = ProgramSpec.of("bad", ProgramType.XDP, code, "GPL").withDescriptors(maps);
    try (BpfProgram program = BpfProgram.load(spec)) {
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
