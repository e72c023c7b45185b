package dev.whistler.runtime.load;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.SourceLine;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.verifier.Reason;
import dev.whistler.bpf.verifier.VerifierLog;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.Optional;

/** The verifier's refusal as one sentence at the form in the source that it is about. */
final class VerifierVerdict {
  private VerifierVerdict() {}

  static StartException of(VerifierException refusal, BpfObject object, ObjectSchema schema) {
    String program =
        schema.program(refusal.program()).map(ProgramSchema::name).orElse(refusal.program());
    Optional<VerifierLog.Verdict> verdict = VerifierLog.parse(refusal.log());
    String place = verdict.flatMap(v -> place(v, refusal.program(), object)).orElse("");
    String sentence =
        verdict.map(VerifierVerdict::told).orElse(String.valueOf(refusal.getMessage()));
    return new StartException(
        FailureReason.VERIFIER_REJECTED,
        "Program " + program + " was refused: " + place + sentence + ".",
        refusal.log(),
        refusal);
  }

  /** What does not fit the kernel was found out here and not by the verifier. */
  private static String told(VerifierLog.Verdict verdict) {
    return verdict.reason() == Reason.KERNEL_TYPE
        ? verdict.message() + ": " + sentence(Reason.KERNEL_TYPE)
        : sentence(verdict.reason()) + " (the verifier says: " + verdict.message() + ")";
  }

  /** {@code 21:14 (load u64 p 0): }. */
  private static Optional<String> place(
      VerifierLog.Verdict verdict, String program, BpfObject object) {
    if (verdict.instruction().isEmpty()) {
      return Optional.empty();
    }
    return place(object, program, verdict.instruction().getAsInt());
  }

  /**
   * @param instruction slot in the linked code of the program
   */
  static Optional<String> place(BpfObject object, String program, int instruction) {
    Optional<SourceLine> source = object.source(program, instruction);
    return source.map(
        line ->
            line.line()
                + ":"
                + line.column()
                + " "
                + SourceForm.at(line.text(), line.column())
                + ": ");
  }

  /** What is wrong and what to do, in terms of the source. */
  private static String sentence(Reason reason) {
    return switch (reason) {
      case KERNEL_TYPE ->
          "the program was compiled for another kernel; guard the access by a question whether it"
              + " exists, or compile it for this kernel";
      case MAYBE_NULL -> "a pointer may be null here; wrap it in (when p …) or use when-let";
      case UNINITIALIZED_REGISTER -> "a value is used that was never set; set it on every path";
      case UNINITIALIZED_STACK ->
          "bytes on the stack are read that were never written; fill the whole area first";
      case MAP_BOUNDS -> "this reaches beyond the map's value; check the index or use the accessor";
      case PACKET_BOUNDS ->
          "this reaches beyond what was proved of the packet; compare with the packet's end first";
      case CONTEXT_ACCESS ->
          "this program type may not use that part of its context; read another field";
      case STACK_BOUNDS -> "this reaches beyond the 512 bytes of stack; use a map or a ring record";
      case MEMORY_BOUNDS -> "this reaches beyond its memory; check the size or the index first";
      case RETURN_VALUE -> "the program returns a value that its type does not allow";
      case UNBOUNDED -> "a number used as an offset or size has no bound; limit it with min or mod";
      case NO_POINTER ->
          "this is no pointer that may be used so; read kernel memory with a probe-read helper";
      case POINTER_ARITHMETIC -> "pointers of this kind allow no such arithmetic; copy first";
      case POINTER_LEAK -> "a kernel pointer would become visible; store what it points to instead";
      case ARGUMENT_TYPE -> "an argument has the wrong type for this helper";
      case HELPER_MISSING -> "this kernel or program type does not offer this helper";
      case DYNPTR ->
          "a dynptr is used before it is made, after it is given back, or overwritten; see"
              + " bpf_dynptr_* for what each of them takes";
      case ITERATOR -> "an iterator is used before it is made or after its end";
      case SPECIAL_FIELD ->
          "a lock, timer, list or kernel pointer in a map's value may only be used by its helpers,"
              + " and not in programs of every type";
      case REGION ->
          "a lock or a region without preemption, interrupts or RCU's is left open here, or"
              + " something stands in it that may not, as what can sleep";
      case CONSTANT ->
          "the code divides by zero or shifts by more than the value has bits; use another number";
      case ATTACH_TARGET ->
          "this kernel has nothing of that name that such a program can be attached to";
      case CALL ->
          "a function, callback or tail call is not allowed here, or gets other arguments than it"
              + " declares";
      case LICENSE -> "this helper is only for programs under a GPL-compatible licence";
      case REFERENCE_LEAK ->
          "a reserved record or a reference is not given back on some path; submit or release it";
      case LOOP -> "the verifier cannot prove that this loop ends; use dotimes or bpf-loop";
      case TOO_COMPLEX -> "the program is too complex for the verifier; make it smaller";
      case CONTROL_FLOW, BAD_INSTRUCTION ->
          "the kernel does not accept this code; please report the program";
      case ALIGNMENT -> "this access is not aligned to its size; use an aligned offset";
      case OTHER -> "the kernel's verifier does not accept this form";
    };
  }
}
