package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;

/** Characters. */
final class CharacterFunctions {
  private CharacterFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("char", 2, c -> charAt(c));
    to.add("schar", 2, c -> charAt(c));
    to.add("characterp", 1, c -> truth(c.at(0) instanceof Datum.Char));
    to.add("char-code", 1, c -> Call.number(c.character(0)));
    to.add("code-char", 1, c -> codeChar(c));
    to.add("char=", 1, MANY, c -> compare(c));
    to.add("char/=", 1, MANY, c -> compare(c));
    to.add("char<", 1, MANY, c -> compare(c));
    to.add("char>", 1, MANY, c -> compare(c));
    to.add("char-upcase", 1, c -> new Datum.Char(Character.toUpperCase(c.character(0)), null));
    to.add("char-downcase", 1, c -> new Datum.Char(Character.toLowerCase(c.character(0)), null));
    to.add("alpha-char-p", 1, c -> truth(Character.isLetter(c.character(0))));
    to.add("alphanumericp", 1, c -> truth(Character.isLetterOrDigit(c.character(0))));
    to.add("upper-case-p", 1, c -> truth(Character.isUpperCase(c.character(0))));
    to.add("lower-case-p", 1, c -> truth(Character.isLowerCase(c.character(0))));
    to.add(
        "digit-char-p",
        1,
        2,
        c -> {
          int character = c.character(0);
          int digit = character < 0x80 ? Character.digit(character, radix(c)) : -1;
          return digit < 0 ? Datum.NIL : Call.number(digit);
        });
    to.add(
        "digit-char",
        1,
        2,
        c -> {
          int weight = c.index(0);
          int radix = radix(c);
          return weight < radix
              ? new Datum.Char(Character.toUpperCase(Character.forDigit(weight, radix)), null)
              : Datum.NIL;
        });
  }

  private static int radix(Call c) {
    int radix = c.count() > 1 ? c.index(1) : 10;
    if (radix < 2 || radix > 36) {
      throw MacroError.type(c.name(), "a radix from 2 to 36", Integer.toString(radix));
    }
    return radix;
  }

  private static Datum charAt(Call c) {
    if (!(c.at(0) instanceof Datum.Str string)) {
      throw c.typeError("a string", c.at(0));
    }
    int index = c.index(1);
    int[] points = c.evaluator().codePoints().of(string.text());
    if (index >= points.length) {
      throw new MacroError(Message.CHARACTER_INDEX, c.name(), index);
    }
    return new Datum.Char(points[index], null);
  }

  private static Datum codeChar(Call c) {
    int code = c.index(0);
    if (!Character.isValidCodePoint(code)
        || (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE)) {
      return Datum.NIL;
    }
    return new Datum.Char(code, null);
  }

  private static Datum compare(Call c) {
    boolean result = true;
    for (int i = 0; i + 1 < c.count(); i++) {
      int order = Integer.compare(c.character(i), c.character(i + 1));
      result &=
          switch (c.name()) {
            case "char=" -> order == 0;
            case "char/=" -> order != 0;
            case "char<" -> order < 0;
            default -> order > 0;
          };
    }
    return truth(result);
  }
}
