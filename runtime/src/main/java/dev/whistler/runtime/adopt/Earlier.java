package dev.whistler.runtime.adopt;

/** What an earlier process left of a program. */
public sealed interface Earlier {

  /** No pins. */
  record Nothing() implements Earlier {}

  /**
   * Pins of ours that nobody can go on with, to be replaced as they are.
   *
   * @param reason the rest of a sentence that begins with the pins, as {@code "are incomplete"}
   */
  record Unusable(String reason) implements Earlier {}

  /** Everything that was pinned, open. */
  record Complete(PinnedProgram program) implements Earlier {}
}
