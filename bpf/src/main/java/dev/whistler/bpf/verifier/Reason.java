package dev.whistler.bpf.verifier;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Kinds of refusals. Each knows the verifier's wordings from Linux 6.1 to 6.18
 * (kernel/bpf/verifier.c); the first that matches counts.
 */
public enum Reason {
  /** A type, field or enumerator that the program was compiled for and the kernel does not have. */
  KERNEL_TYPE("^CO-RE: ", "unknown#195896080"),
  /** A pointer that may be null is used without a check. */
  MAYBE_NULL(
      "invalid mem access '\\w*or_null'",
      "pointer arithmetic on \\w+_or_null prohibited",
      "Possibly NULL pointer",
      "type=\\w*or_null\\b",
      "type=\\w+_or_null ",
      "NULL pointer passed"),
  /** A register is read that holds nothing. */
  UNINITIALIZED_REGISTER("!read_ok"),
  /** Stack is read that nothing was written to. */
  UNINITIALIZED_STACK(
      "invalid (indirect )?(access to|read from) stack .*", "invalid read from stack"),
  /** An access beyond the value of a map. */
  MAP_BOUNDS(
      "invalid access to map value", "outside of the (allowed memory|map value) range.*map_value"),
  /** An access beyond what was proved of a packet. */
  PACKET_BOUNDS("invalid access to packet", "R\\d+ offset is outside of the packet"),
  /** A field of the context that is not there or may not be written. */
  CONTEXT_ACCESS(
      "invalid bpf_context access",
      "dereference of modified ctx ptr",
      "variable ctx access",
      "ctx access var_off",
      "invalid tracepoint access",
      "func '.*' (doesn't have|size)"),
  /** An access outside of the 512 bytes of stack. */
  STACK_BOUNDS(
      "invalid (write to|variable-offset .* to|zero-sized read from) stack",
      "invalid unbounded variable-offset",
      "invalid stack (type|off)",
      "corrupted spill memory",
      "stack size \\d+ exceeds",
      "combined stack size",
      "stack depth"),
  /** An access beyond other memory, as a ring buffer record. */
  MEMORY_BOUNDS(
      "invalid access to memory",
      "outside of the allowed memory range",
      "invalid access to \\w+ buffer",
      "access beyond",
      "invalid (zero-sized|negative)"),
  /** The program returns what its type may not return. */
  RETURN_VALUE("At program exit", "should have been in", "At async callback", "At callback return"),
  /** A value that must be bounded is not. */
  UNBOUNDED(
      "unbounded memory access",
      "min value is negative",
      "unbounded min value",
      "with unbounded",
      "has unknown scalar",
      "out of allowed range",
      "pointer offset \\d+ is not allowed",
      "makes pointer be out of bounds",
      "value -?\\d+ makes"),
  /** A read or write through something that is no pointer, or of a pointer that forbids it. */
  NO_POINTER(
      "invalid mem access '(scalar|inv)'",
      "invalid mem access",
      "cannot write into",
      "only read is supported",
      "read-only",
      "type=.* cannot write",
      "write into map forbidden",
      "read from map forbidden"),
  /** Arithmetic or comparison that pointers do not allow. */
  POINTER_ARITHMETIC(
      "pointer arithmetic",
      "pointer comparison prohibited",
      "pointer (\\+|-|\\||&|<<|>>|\\*)?=",
      "32-bit pointer",
      "bitwise operator .* on pointer",
      "math between",
      "tried to (add|subtract)",
      "partial copy of pointer"),
  /** A pointer would become visible outside. */
  POINTER_LEAK("leaks addr"),
  /** An argument of a helper has the wrong type. */
  ARGUMENT_TYPE("R\\d+ type=", "arg#?\\d+", "expected pointer to", "must point to", "must be"),
  /** A helper that this program type or kernel does not have. */
  HELPER_MISSING(
      "unknown func",
      "invalid func",
      "program of this type cannot use helper",
      "cannot pass map_type",
      "not allowed in",
      "helper call is not allowed",
      "calling kernel function"),
  /** A helper only for GPL programs. */
  LICENSE("GPL"),
  /** A record or reference is not given back. */
  REFERENCE_LEAK(
      "Unreleased reference",
      "reference leak",
      "release of unowned",
      "reference has not been acquired",
      "lock held|unlock is missing"),
  /** A loop without a proven end. */
  LOOP("infinite loop detected", "back-edge", "loop is not bounded"),
  /** Too many instructions or states. */
  TOO_COMPLEX(
      "BPF program is too large",
      "too complex",
      "too many states",
      "program too large",
      "exceeds limit",
      "call stack of \\d+ frames"),
  /** Code that cannot run, or jumps to nowhere. */
  CONTROL_FLOW(
      "unreachable insn",
      "jump out of range",
      "last insn is not",
      "jump into the middle",
      "fell through",
      "jump to reserved"),
  /** An access at an address that is not a multiple of its size. */
  ALIGNMENT("misaligned"),
  /** An encoding that the kernel does not know. */
  BAD_INSTRUCTION(
      "unknown opcode",
      "uses reserved fields",
      "invalid bpf_ld_imm64",
      "unknown instruction",
      "R\\d+ is invalid",
      "frame pointer is read only",
      "BPF_ATOMIC",
      "invalid atomic",
      "unrecognized bpf_ld_imm64"),
  /** None of these. */
  OTHER();

  private final List<Pattern> wordings;

  Reason(String... wordings) {
    this.wordings = Arrays.stream(wordings).map(Pattern::compile).toList();
  }

  static Reason of(String message) {
    for (Reason reason : values()) {
      for (Pattern wording : reason.wordings) {
        if (wording.matcher(message).find()) {
          return reason;
        }
      }
    }
    return OTHER;
  }
}
