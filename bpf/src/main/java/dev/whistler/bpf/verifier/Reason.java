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
  /**
   * A helper that this program type or kernel does not have. Before the kinds below, which go by
   * words that are also parts of helpers' names.
   */
  HELPER_MISSING(
      "unknown func",
      "invalid func \\S+#",
      "program of this type cannot use helper",
      "cannot pass map_type",
      "supported only for",
      "not supported for program type",
      "not allowed for this program type",
      "not allowed in (probe|tracing)",
      "is only allowed in bpf_lsm",
      "helper call is not allowed",
      "cannot update sockmap in this context",
      "calling kernel function",
      "(failed to find BTF|cannot find address) for kernel function",
      "JIT (does not|doesn't) support|JIT is required",
      "kernel is missing BTF"),
  /** A pointer that may be null is used without a check. */
  MAYBE_NULL(
      "invalid mem access '\\w*or_null\\w*'",
      "pointer arithmetic on \\w*or_null\\w* prohibited",
      "Possibly NULL pointer",
      "type=\\w*or_null",
      "NULL pointer passed",
      "expected to be non-NULL"),
  /** A register is read that holds nothing. */
  UNINITIALIZED_REGISTER("!read_ok"),
  /** The memory that a dynptr stands for is used against the rules for dynptrs. */
  DYNPTR("(?i)dynptr"),
  /** An iterator is used before it is made, or after its end. */
  ITERATOR("(un)?initialized iter_", "valid iter(ator)? pointer", "\\biter_\\w+ (passed|as|state)"),
  /** A part of a map's value that belongs to the kernel: a lock, timer, list, tree or kptr. */
  SPECIAL_FIELD(
      "progs cannot use bpf_[\\w{]+",
      "bpf_\\w+ cannot be accessed",
      "cannot be accessed (in)?directly",
      "\\bkptr\\b",
      "bpf_\\w+ (has to be|must be) at (the|a) constant offset",
      "bpf_\\w+ not found at offset",
      "doesn't point to 'struct bpf_\\w+'",
      "(doesn't have|has more than one) 'struct bpf_\\w+'",
      "not a struct type or bpf_\\w+ is mangled",
      "doesn't have constant offset\\. bpf_",
      "(has to|must) have BTF in order to use bpf_",
      "has no valid bpf_",
      "^(?!.*must be held).*bpf_(list|rb)_(head|node|root)",
      "(timer|workqueue) pointer in R\\d+",
      "pointer in R\\d+ isn't map pointer"),
  /**
   * A lock, an RCU section, or a region without preemption or interrupts: left open, or with
   * something in it that is not allowed there, as sleeping.
   */
  REGION(
      "-ed region",
      "in (rcu_read_lock|non-preemptible) region",
      "is sleepable within",
      "calls are not allowed with (preemption|IRQs) disabled",
      "expected an RCU CS|nested rcu read lock",
      "in (unnecessary )?rbtree (cb|callback)",
      "held lock and object are not in the same allocation",
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
      "invalid access to map value",
      "direct value offset of",
      "outside of the (allowed memory|map value) range.*map_value"),
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
      "variable (offset )?stack (pointer|access)",
      "in range of var-offset (stack )?write",
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
      "invalid access to \\w+ buffer|invalid \\w+ buffer access",
      "leads to invalid memory access",
      "access beyond",
      "invalid negative access",
      "invalid (zero-sized|negative)"),
  /** The program returns what its type may not return. */
  RETURN_VALUE("At program exit", "should have been in", "(At|In) \\w+ (\\w+ )?the register R\\d+"),
  /** A value that must be bounded is not. */
  UNBOUNDED(
      "unbounded memory access",
      "min value is negative",
      "unbounded min value",
      "with unbounded",
      "has unknown scalar",
      "out of allowed range",
      "pointer offset -?\\d+ is not allowed",
      "makes pointer be out of bounds",
      "value -?\\d+ makes"),
  /** A read or write through something that is no pointer, or of a pointer that forbids it. */
  NO_POINTER(
      "invalid mem access '(scalar|inv)'",
      "invalid mem access",
      "cannot write into",
      "cannot access ptr member",
      "access (user|percpu) memory",
      "access is allowed only to CAP_",
      "map_ptr access not supported",
      "write to change key",
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
      "invalid variable (buffer )?offset",
      "(partial copy|sign-extension part) of pointer"),
  /** A pointer would become visible outside. */
  POINTER_LEAK("leaks addr", "leaking pointer"),
  /** A division by zero, or a shift by more than the width, that stands in the code. */
  CONSTANT("div by zero", "invalid shift -?\\d+"),
  /** A helper only for GPL programs. */
  LICENSE("GPL"),
  /** What the program is to be attached to is not there, or takes no such program. */
  ATTACH_TARGET(
      "attach_btf_id|attach btf_id|attach_btf_name",
      "must provide btf_id",
      "is not modifiable",
      "\\w+ is not sleepable",
      "programs can(not| only)? be sleepable",
      "^Can attach to only|^Cannot (extend|replace|recursively attach|nest)",
      "attachable|can only be attached|Attaching \\S+ to",
      "attach to invalid member",
      "kernel btf_id \\d+ is not",
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
      "cannot be mixed with socket references",
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
      "calling other bpf or kernel functions are allowed for",
      "callback function|callbacks are not allowed",
      "not allowed in subprogs without BTF",
      "into stack frame of the caller",
      "tail_call abusing map_ptr"),
  /** An argument of a helper has the wrong type. */
  ARGUMENT_TYPE(
      "R\\d+ type=",
      "\\b[Aa]rg ?#?\\d+",
      "expect(ed|s) pointer to",
      "type ID argument|obj_new type size",
      "struct nesting depth",
      "R\\d+ (is not a (const|known|scalar|pointer)|does not point to|is of type)",
      "[Ii]nvalid format string|string is not zero-terminated",
      "Helper has invalid btf",
      "cannot pass in \\w+ at an offset",
      "helper access to the packet is not allowed",
      "doesn't support non-zero flags",
      "must have zero offset when passed",
      "(?i)must point to",
      "(R\\d+|object|input) must be|must be (referenced|a known constant|in range)"),
  /** A loop without a proven end. */
  LOOP("infinite loop detected", "back-edge", "loop is not bounded"),
  /** Too many instructions or states. */
  TOO_COMPLEX(
      "BPF program is too large",
      "too complex",
      "too many",
      "program too large",
      "exceeds limit",
      "reached the limit",
      "call stack of \\d+ frames"),
  /** Code that cannot run, or jumps to nowhere. */
  CONTROL_FLOW(
      "unreachable insn",
      "invalid destination",
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
      "invalid BPF_\\S+ (opcode|insn|mode)",
      "unknown insn class",
      "pseudo btf_id",
      "addr_space_cast insn",
      "(func|line)[_ ]info|core_relo",
      "unknown instruction",
      "R\\d+ is invalid",
      "frame pointer is read only",
      "is not pointing to valid bpf_map",
      "BPF_ATOMIC",
      "invalid atomic",
      "unrecognized bpf_ld_imm64"),
  /** None of these. */
  OTHER();

  /** The kernel found a mistake of its own, whatever it then names. */
  private static final Pattern KERNEL_BUG =
      Pattern.compile("(?i)^(the )?verifier (bug|internal error)|^BUG\\b");

  private final List<Pattern> wordings;

  Reason(String... wordings) {
    this.wordings = Arrays.stream(wordings).map(Pattern::compile).toList();
  }

  static Reason of(String message) {
    if (KERNEL_BUG.matcher(message).find()) {
      return OTHER;
    }
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
