package dev.whistler.compiler.diagnostic;

/** How serious a diagnostic is. Errors stop compilation. */
public enum Severity {
  ERROR,
  WARNING,
  NOTE
}
