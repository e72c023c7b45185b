package dev.whistler.tier;

import dev.whistler.tier.flow.Analysis;
import dev.whistler.tier.flow.TooComplexException;
import dev.whistler.tier.object.MalformedException;
import dev.whistler.tier.object.ObjectCode;
import java.util.List;

/**
 * Decides on an object's bytes whether its programs stay within a tier: helpers, kernel functions,
 * kinds of programs, return values, and every store by where its address can come from. What cannot
 * be proved to be allowed is not.
 *
 * <p>It relies on the kernel's verifier for what the verifier promises, such as that an address
 * moved by a number stays within its object; an object that passes is loaded, and so verified.
 */
public final class TierCheck {
  private TierCheck() {}

  /**
   * Checks an object. Never throws for bad bytes; its time and memory are bounded by those of the
   * object and by a number of steps.
   *
   * @param object an ELF file as the loader takes it
   * @return what is not allowed, in the order in which it was found; empty if nothing. In {@link
   *     Tier#UNRESTRICTED} nothing is looked at.
   */
  public static List<Violation> check(byte[] object, Tier tier) {
    if (tier == Tier.UNRESTRICTED) {
      return List.of();
    }
    try {
      return Analysis.check(ObjectCode.read(object), tier);
    } catch (MalformedException e) {
      return List.of(
          new Violation(Violation.Kind.MALFORMED, "", 0, String.valueOf(e.getMessage())));
    } catch (TooComplexException e) {
      return List.of(
          new Violation(Violation.Kind.TOO_COMPLEX, "", 0, String.valueOf(e.getMessage())));
    }
  }
}
