package dev.whistler.runtime.adopt;

/** What an earlier process left of a program. */
public sealed interface Earlier {

  /** No pins. */
  record Nothing() implements Earlier {}

  /**
   * Pins of ours of which some are missing, as a process leaves them that ends while it removes or
   * makes them. Nobody can go on with them.
   *
   * @param reason the rest of a sentence that begins with the pins, as {@code "are incomplete"}
   */
  record Incomplete(String reason) implements Earlier {}

  /**
   * Pins of another version of us, to be replaced as they are.
   *
   * @param reason as for {@link Incomplete}
   */
  record OtherVersion(String reason) implements Earlier {}

  /** Everything that was pinned, open. */
  record Complete(PinnedProgram program) implements Earlier {}
}
