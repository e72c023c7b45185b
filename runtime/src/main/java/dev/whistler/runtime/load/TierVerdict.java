package dev.whistler.runtime.load;

import dev.whistler.bpf.BpfObject;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import dev.whistler.tier.Tier;
import dev.whistler.tier.TierCheck;
import dev.whistler.tier.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Refuses an object that does what its tier does not allow, whoever compiled it. */
final class TierVerdict {
  private TierVerdict() {}

  /**
   * @throws StartException {@code POLICY_DENIED} with the first violation, and all as its detail
   */
  static void require(byte[] bytes, Tier tier, BpfObject object, ObjectSchema schema)
      throws StartException {
    List<Violation> violations = TierCheck.check(bytes, tier);
    if (violations.isEmpty()) {
      return;
    }
    Violation first = violations.getFirst();
    // The program comes first in its linked code; of a function the slot tells nothing there.
    Optional<ProgramSchema> program = schema.program(first.function());
    String place =
        program.flatMap(p -> VerifierVerdict.place(object, p.symbol(), first.slot())).orElse("");
    throw new StartException(
        FailureReason.POLICY_DENIED,
        "%s was refused: %s%s; ask for a higher tier, or change the program."
            .formatted(
                program.map(p -> "Program " + p.name()).orElse("The object"),
                place,
                first.sentence(tier)),
        violations.stream().map(v -> v.sentence(tier)).collect(Collectors.joining("\n")),
        null);
  }
}
