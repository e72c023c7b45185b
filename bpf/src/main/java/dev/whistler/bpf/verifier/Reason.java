package dev.whistler.bpf.verifier;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Kinds of refusals. Each knows the verifier's wordings from Linux 6.1 to 6.18
 * (kernel/bpf/verifier.c); the first that matches counts, so that the special ones come first.
 */
public enum Reason {
  /** A type, field or enumerator that the program was compiled for and the kernel does not have. */
  KERNEL_TYPE("^CO-RE: ", "unknown#195896080"),
  /** A pointer that may be null is used without a check. */
  MAYBE_NULL(
      "invalid mem access '\\w*or_null\\w*'",
      "pointer arithmetic on \\w*or_null\\w* prohibited",
      "Possibly NULL pointer",
      "type=\\w*or_null",
      "NULL pointer passed"),
  /** A register is read that holds nothing. */
  UNINITIALIZED_REGISTER("!read_ok"),
  /** The memory that a dynptr stands for is used against the rules for dynptrs. */
  DYNPTR("(?i)dynptr"),
  /** An iterator is used before it is made, or after its end. */
  ITERATOR("(un)?initialized iter_", "valid iter(ator)? pointer", "\\biter_\\w+ (passed|as|state)"),
  /** A part of a map's value that belongs to the kernel: a lock, timer, list, tree or kptr. */
  SPECIAL_FIELD(
      "progs cannot use bpf_\\w+",
      "bpf_\\w+ cannot be accessed",
      "cannot be accessed (in)?directly",
      "\\bkptr\\b",
      "bpf_\\w+ (has to be|must be) at the constant offset",
      "doesn't have constant offset\\. bpf_",
      "(has to|must) have BTF in order to use bpf_",
      "has no valid bpf_",
      "^(?!.*must be held).*bpf_(list|rb)_(head|node|root)",
      "timer pointer in R\\d+"),
  /**
   * A lock, an RCU section, or a region without preemption or interrupts: left open, or with
   * something in it that is not allowed there, as sleeping.
   */
  REGION(
      "-ed region",
      "in rcu_read_lock region",
      "bpf_rcu_read_(un)?lock",
      "rcu_read_(un)?lock (is|not)|rcu_read_lock is missing",
      "while holding a lock|lock held",
      "must be held|lock must be",
      "bpf_(res_)?spin_(un)?lock",
      "unlock is missing|without taking a lock",
      "unmatched (attempt|rcu|bpf)",
      "preempt_(en|dis)able",
      "irq (flag|state)|irq_(save|restore)",
      "might sleep|must be sleepable|non-sleepable"),
  /** Stack is read that nothing was written to. */
  UNINITIALIZED_STACK("invalid (indirect )?(access to|read from) stack(?! R\\d+ off=)"),
  /** An access beyond the value of a map. */
  MAP_BOUNDS(
      "invalid access to map value", "outside of the (allowed memory|map value) range.*map_value"),
  /** An access beyond what was proved of a packet. */
  PACKET_BOUNDS("invalid access to packet", "R\\d+ offset is outside of the packet"),
  /** A field of the context or of a socket that is not there or may not be used so. */
  CONTEXT_ACCESS(
      "invalid bpf_context access",
      "(dereference of modified|negative offset) ctx ptr",
      "variable ctx access",
      "ctx access var_off",
      "invalid tracepoint access",
      "invalid (tcp_|xdp_)?sock(_common)? access",
      "invalid access to flow keys",
      "func '.*' (doesn't have|size)"),
  /** An access outside of the 512 bytes of stack. */
  STACK_BOUNDS(
      "invalid (indirect )?(access to|read from) stack R\\d+ off=",
      "invalid (write to|variable-offset .* to|zero-sized read from) stack",
      "variable-offset (indirect )?(read|write|access) (from|to) stack",
      "variable offset stack pointer",
      "invalid unbounded variable-offset",
      "invalid stack (type|off)",
      "invalid size of register (spill|fill)",
      "corrupted spill memory",
      "attempt to corrupt spilled",
      "stack size (of subprog )?\\d+ (exceeds|is)",
      "combined stack size",
      "call stack of previous frames is \\d+ bytes",
      "stack depth"),
  /** An access beyond other memory, as a ring buffer record. */
  MEMORY_BOUNDS(
      "invalid access to (memory|map key)",
      "outside of the allowed memory range",
      "invalid access to \\w+ buffer",
      "access beyond",
      "invalid negative access",
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
      "cannot access ptr member",
      "access user memory",
      "only read( from \\w+)? is supported",
      "read-only",
      "type=.* cannot write",
      "write into map forbidden",
      "read from map forbidden",
      "does not allow writes to packet data",
      "stores into R\\d+ .* is not allowed",
      "same insn cannot be used with different pointers"),
  /** Arithmetic or comparison that pointers do not allow. */
  POINTER_ARITHMETIC(
      "pointer arithmetic",
      "pointer comparison prohibited",
      "pointer (\\+|-|\\||&|<<|>>|\\*)?=",
      "32-bit pointer",
      "bitwise operator .* on pointer",
      "math between",
      "tried to (add|subtract)",
      "subtraction from stack pointer",
      "pointer with unsupported alu operation",
      "dereference of modified \\w+ ptr",
      "negative offset \\w+ ptr",
      "variable \\w+ access",
      "partial copy of pointer"),
  /** A pointer would become visible outside. */
  POINTER_LEAK("leaks addr", "leaking pointer"),
  /** A division by zero, or a shift by more than the width, that stands in the code. */
  CONSTANT("div by zero", "invalid shift -?\\d+"),
  /** A helper only for GPL programs. */
  LICENSE("GPL"),
  /** A helper that this program type or kernel does not have. */
  HELPER_MISSING(
      "unknown func",
      "invalid func",
      "program of this type cannot use helper",
      "cannot pass map_type",
      "supported only for",
      "not allowed in (probe|tracing)",
      "helper call is not allowed",
      "calling kernel function",
      "JIT does not support",
      "kernel is missing BTF"),
  /** What the program is to be attached to is not there, or takes no such program. */
  ATTACH_TARGET(
      "attach_btf_id|attach btf_id|attach_btf_name",
      "must provide btf_id",
      "is not modifiable",
      "\\w+ is not sleepable",
      "[Aa]ttach to unsupported member",
      "points to disabled hook"),
  /** A record or reference is not given back. */
  REFERENCE_LEAK(
      "Unreleased reference",
      "reference leak",
      "release of unowned",
      "reference has not been acquired",
      "is an unacquired reference",
      "must be referenced when passed to release",
      "release kernel function .* expects"),
  /** A function, callback, tail call or exception that is not allowed as it stands. */
  CALL(
      "Caller passes invalid args",
      "[Gg]lobal func",
      "bpf_throw",
      "callback subprog",
      "exception c(b|allback)",
      "tail_calls? (is|are) (not|only) allowed",
      "cannot tail call",
      "is only allowed in functions that return",
      "cannot return stack pointer to the caller",
      "recursive call",
      "Func#\\d+ .*(is global|args)"),
  /** An argument of a helper has the wrong type. */
  ARGUMENT_TYPE(
      "R\\d+ type=",
      "\\b[Aa]rg ?#?\\d+",
      "expected pointer to",
      "helper access to the packet is not allowed",
      "doesn't support non-zero flags",
      "must have zero offset when passed",
      "(?i)must point to",
      "must be"),
  /** A loop without a proven end. */
  LOOP("infinite loop detected", "back-edge", "loop is not bounded"),
  /** Too many instructions or states. */
  TOO_COMPLEX(
      "BPF program is too large",
      "too complex",
      "too many",
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
      "no program starts at insn",
      "jump to reserved"),
  /** An access at an address that is not a multiple of its size. */
  ALIGNMENT("misaligned"),
  /** An encoding that the kernel does not know. */
  BAD_INSTRUCTION(
      "unknown opcode",
      "uses reserved fields",
      "invalid bpf_ld_imm64",
      "invalid BPF_\\w+ (opcode|insn|mode)",
      "unknown instruction",
      "R\\d+ is invalid",
      "frame pointer is read only",
      "is not pointing to valid bpf_map",
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
