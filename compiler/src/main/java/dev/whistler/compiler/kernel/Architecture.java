package dev.whistler.compiler.kernel;

import java.util.Optional;

/** Target architectures; both little-endian. */
public enum Architecture {
  X86_64("x86-64"),
  ARM64("arm64");

  private final String text;

  Architecture(String text) {
    this.text = text;
  }

  /** The name in schema, kernel files and feature expressions. */
  public String text() {
    return text;
  }

  /** The architecture of that name. */
  public static Optional<Architecture> named(String name) {
    for (Architecture architecture : values()) {
      if (architecture.text.equals(name)) {
        return Optional.of(architecture);
      }
    }
    return Optional.empty();
  }
}
