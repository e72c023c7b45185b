package dev.whistler.tier.object;

/** An object that the check cannot read, or that could be read in more than one way. */
public final class MalformedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message what is wrong, to be followed by a full stop
   */
  public MalformedException(String message) {
    super(message);
  }
}
