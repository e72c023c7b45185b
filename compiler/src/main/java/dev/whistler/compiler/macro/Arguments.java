package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;

/** Checks the arguments of functions: a value of the wrong type is {@code E-MACRO}. */
final class Arguments {
  private Arguments() {}

  static BigInteger integer(Datum value, String operator, Evaluator evaluator) {
    if (value instanceof Datum.Int number) {
      return number.value();
    }
    throw MacroError.type(operator, "an integer", evaluator.printer().shown(value));
  }

  /** A non-negative integer that fits; larger ones than anything can be are cut. */
  static int index(Datum value, String operator, Evaluator evaluator) {
    BigInteger number = integer(value, operator, evaluator);
    if (number.signum() < 0) {
      throw MacroError.type(operator, "a non-negative integer", number.toString());
    }
    return number.bitLength() > 30 ? Integer.MAX_VALUE / 2 : number.intValue();
  }

  static String text(Datum value, String operator, Evaluator evaluator) {
    return switch (value) {
      case Datum.Str string -> string.text();
      case Datum.Symbol symbol -> symbol.name().text();
      case Datum.Char c -> Character.toString(c.codePoint());
      default -> throw MacroError.type(operator, "a string", evaluator.printer().shown(value));
    };
  }

  static Datum.Symbol symbol(Datum value, String operator, Evaluator evaluator) {
    if (value instanceof Datum.Symbol symbol) {
      return symbol;
    }
    throw MacroError.type(operator, "a symbol", evaluator.printer().shown(value));
  }

  static int character(Datum value, String operator, Evaluator evaluator) {
    if (value instanceof Datum.Char c) {
      return c.codePoint();
    }
    throw MacroError.type(operator, "a character", evaluator.printer().shown(value));
  }

  static HashTable table(Datum value, String operator, Evaluator evaluator) {
    if (value instanceof HashTable table) {
      return table;
    }
    throw MacroError.type(operator, "a hash table", evaluator.printer().shown(value));
  }
}
