package dev.whistler.compiler.diagnostic;

/**
 * Abandons the form being analyzed after its error was reported. Never leaves the compiler. Carries
 * no stack trace: it is control flow.
 */
public final class AnalysisException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;

  public AnalysisException(Code code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** The code that was reported. */
  public Code code() {
    return code;
  }
}
