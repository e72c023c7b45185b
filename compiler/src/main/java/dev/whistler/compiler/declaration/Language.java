package dev.whistler.compiler.declaration;

import java.util.Locale;
import java.util.Optional;

/** Languages that declarations are written for. */
public enum Language {
  C,
  JAVA,
  GO,
  RUST,
  PYTHON;

  /** The lower-case name, as in {@code --emit header:go}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The language of that lower-case name. */
  public static Optional<Language> named(String text) {
    for (Language language : values()) {
      if (language.text().equals(text)) {
        return Optional.of(language);
      }
    }
    return Optional.empty();
  }
}
