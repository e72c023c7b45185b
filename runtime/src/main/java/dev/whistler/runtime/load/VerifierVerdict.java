package dev.whistler.runtime.load;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The verifier's refusal as one sentence at the place in the source. */
final class VerifierVerdict {
  private static final Pattern INSTRUCTION = Pattern.compile("(?m)^(\\d+): \\(");

  private VerifierVerdict() {}

  static StartException of(VerifierException refusal, BpfObject object, ObjectSchema schema) {
    String name =
        schema.program(refusal.program()).map(ProgramSchema::name).orElse(refusal.program());
    String place =
        lastInstruction(refusal.log()) < 0
            ? ""
            : object
                .source(refusal.program(), lastInstruction(refusal.log()))
                .map(line -> line.line() + ":" + line.column() + " (" + line.text().strip() + "): ")
                .orElse("");
    return new StartException(
        FailureReason.VERIFIER_REJECTED,
        "The kernel's verifier refused program " + name + ": " + place + refusal.getMessage(),
        refusal.log(),
        refusal);
  }

  /** The last instruction the verifier looked at, or −1. */
  private static int lastInstruction(String log) {
    Matcher matcher = INSTRUCTION.matcher(log);
    int last = -1;
    while (matcher.find()) {
      last = Integer.parseInt(matcher.group(1));
    }
    return last;
  }
}
