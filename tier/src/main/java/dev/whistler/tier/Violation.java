package dev.whistler.tier;

/**
 * Something that an object does and its tier does not allow.
 *
 * @param function the symbol of the program or function that does it; empty if it concerns the
 *     object as a whole
 * @param slot the instruction slot in the function, from 0; 0 if it concerns the whole function
 * @param what what it is, to be followed by "is not allowed in the tier …", as {@code "the helper
 *     send-signal"}; for {@link Kind#MALFORMED} and {@link Kind#TOO_COMPLEX} what is wrong, to
 *     follow "the object cannot be checked: "
 */
public record Violation(Kind kind, String function, int slot, String what) {

  /** What sort of thing is not allowed. */
  public enum Kind {
    /** A kernel helper, or one on a map on which it may not be called. */
    HELPER,
    /** A function of the kernel that is no helper. */
    KERNEL_FUNCTION,
    /** A kind of program. */
    SECTION,
    /** A store, or a helper's write, to what the tier may not write. */
    STORE,
    /** A return value. */
    RETURN,
    /** An instruction that may end a program or reaches what the check does not follow. */
    INSTRUCTION,
    /** The object is damaged, or can be read in more than one way. */
    MALFORMED,
    /** The check would take too long. */
    TOO_COMPLEX
  }

  /** One sentence without a full stop that a user can act on. */
  public String sentence(Tier tier) {
    return switch (kind) {
      case MALFORMED, TOO_COMPLEX ->
          "the object cannot be checked for the tier " + tier.text() + ": " + what;
      default ->
          what
              + " is not allowed in the tier "
              + tier.text()
              + (function.isEmpty() ? "" : " (" + function + ", instruction " + slot + ")");
    };
  }
}
