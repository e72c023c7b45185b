package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.Sentence;
import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/**
 * An error of a macro-time evaluation (section 18.8). {@code handler-case} may catch it; else the
 * macro stage reports it. Control flow: it carries no stack trace.
 */
final class MacroError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Sentence sentence;
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

  private MacroError(Sentence sentence, Missing missing) {
    super(sentence.text(), null, false, false);
    this.sentence = sentence;
    this.missing = missing;
  }

  MacroError(Message message, @Nullable Object... arguments) {
    this(message.with(arguments), Missing.NOTHING);
  }

  static MacroError undefinedFunction(String name, @Nullable String hint) {
    return new MacroError(Message.MACRO_FUNCTION_UNKNOWN.with(name, hint), Missing.FUNCTION);
  }

  static MacroError undefinedVariable(String name, @Nullable String hint) {
    return new MacroError(Message.MACRO_VARIABLE_UNKNOWN.with(name, hint), Missing.VARIABLE);
  }

  /** A place whose accessor does not exist. */
  static MacroError undefinedPlace(String shown) {
    return new MacroError(Message.NOT_A_PLACE.with(shown), Missing.FUNCTION);
  }

  /** A form that only the original's loader has was reached. */
  static MacroError userSpace(String name) {
    return new MacroError(Message.USER_SPACE_AT_MACRO_TIME.with(name), Missing.USER_SPACE);
  }

  /** A value of the wrong type was given to a function. */
  static MacroError type(String operator, String expected, String shown) {
    return new MacroError(Message.ARGUMENT_TYPE, operator, expected, shown);
  }

  Sentence sentence() {
    return sentence;
  }

  String text() {
    return sentence.text();
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
