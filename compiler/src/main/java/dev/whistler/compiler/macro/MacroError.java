package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/**
 * An error of a macro-time evaluation (section 18.8). {@code handler-case} may catch it; else the
 * macro stage reports it. Control flow: it carries no stack trace.
 */
final class MacroError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Code code;
  private final @Nullable String hint;
  private final boolean undefinedFunction;
  private transient @Nullable SourceRange where;
  private boolean insideFunction;

  private MacroError(Code code, String message, @Nullable String hint, boolean undefinedFunction) {
    super(message, null, false, false);
    this.code = code;
    this.hint = hint;
    this.undefinedFunction = undefinedFunction;
  }

  MacroError(Code code, String message) {
    this(code, message, null, false);
  }

  MacroError(Code code, String message, @Nullable String hint) {
    this(code, message, hint, false);
  }

  /** A fault of the program: {@code E-MACRO}. */
  MacroError(String message) {
    this(Code.E_MACRO, message, null, false);
  }

  static MacroError undefinedFunction(String name, @Nullable String hint) {
    return new MacroError(Code.E_UNKNOWN, "there is no macro-time function " + name, hint, true);
  }

  /** A value of the wrong type was given to a function. */
  static MacroError type(String operator, String expected, String shown) {
    return new MacroError(operator + " needs " + expected + ", not " + shown);
  }

  Code code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  @Nullable String hint() {
    return hint;
  }

  /** Whether the cause is a call of a function that does not exist. */
  boolean isUndefinedFunction() {
    return undefinedFunction;
  }

  /** The innermost evaluated form with a range. */
  @Nullable SourceRange where() {
    return where;
  }

  /** Remembers the form being evaluated; the innermost one stays. */
  void passing(@Nullable SourceRange form) {
    if (where == null) {
      where = form;
    }
  }

  /** Remembers that the error left the body of a user's function. */
  void leavingFunction() {
    insideFunction = true;
  }

  boolean isInsideFunction() {
    return insideFunction;
  }
}
