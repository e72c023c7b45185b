package dev.whistler.operator.model;

import java.util.Optional;

/** The text of a program, wherever it stands, or why there is none now. */
public sealed interface ProgramSource {
  /**
   * There is one.
   *
   * @param text what is compiled
   */
  record Text(String text) implements ProgramSource {}

  /**
   * There is none. What runs of the program runs on meanwhile.
   *
   * @param message a sentence that a user can act on
   */
  record Unavailable(String message) implements ProgramSource {}

  /** The text, if there is one. */
  default Optional<String> available() {
    return switch (this) {
      case Text(String text) -> Optional.of(text);
      case Unavailable unavailable -> Optional.empty();
    };
  }

  /** Why the program cannot be built, if so. */
  default Optional<Refusal> refusal() {
    return switch (this) {
      case Text text -> Optional.empty();
      case Unavailable(String message) ->
          Optional.of(new Refusal(Reason.SOURCE_UNAVAILABLE, message));
    };
  }
}
