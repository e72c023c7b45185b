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
  private final Missing missing;
  private transient @Nullable SourceRange where;

  /** What an evaluation needs and macro time does not have. */
  enum Missing {
    NOTHING,
    FUNCTION,
    VARIABLE,
    /** A form of the original's loader. */
    USER_SPACE
  }

  private MacroError(Code code, String message, @Nullable String hint, Missing missing) {
    super(message, null, false, false);
    this.code = code;
    this.hint = hint;
    this.missing = missing;
  }

  MacroError(Code code, String message) {
    this(code, message, null, Missing.NOTHING);
  }

  MacroError(Code code, String message, @Nullable String hint) {
    this(code, message, hint, Missing.NOTHING);
  }

  /** A fault of the program: {@code E-MACRO}. */
  MacroError(String message) {
    this(Code.E_MACRO, message, null, Missing.NOTHING);
  }

  static MacroError undefinedFunction(String name, @Nullable String hint) {
    return new MacroError(
        Code.E_UNKNOWN, "there is no macro-time function " + name, hint, Missing.FUNCTION);
  }

  static MacroError undefinedVariable(String name, @Nullable String hint) {
    return new MacroError(
        Code.E_UNBOUND, "there is no macro-time variable " + name, hint, Missing.VARIABLE);
  }

  /** A place whose accessor does not exist. */
  static MacroError undefinedPlace(String shown) {
    return new MacroError(Code.E_SYNTAX, shown + " is no place", null, Missing.FUNCTION);
  }

  /** A form that only the original's loader has was reached. */
  static MacroError userSpace(String name) {
    return new MacroError(
        Code.E_UNKNOWN,
        name + " belongs to user space and is not possible at macro time",
        null,
        Missing.USER_SPACE);
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

  /** What the evaluation needed and macro time does not have. */
  Missing missing() {
    return missing;
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
}
