package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;

/** Characters. */
final class CharacterFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      char/2 schar/2 characterp/1 char-code/1 code-char/1 char=/1- char/=/1- char</1- char>/1-
      char-upcase/1 char-downcase/1 alpha-char-p/1 digit-char-p/1-2 digit-char/1-2
      alphanumericp/1 upper-case-p/1 lower-case-p/1
      """;

  private final Evaluator evaluator;

  CharacterFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "char", "schar" -> charAt(name, a);
      case "characterp" -> Evaluator.truth(a[0] instanceof Datum.Char);
      case "char-code" -> ListFunctions.integer(c(a[0], name));
      case "code-char" -> codeChar(a[0]);
      case "char=", "char/=", "char<", "char>" -> compare(name, a);
      case "char-upcase" -> new Datum.Char(Character.toUpperCase(c(a[0], name)), null);
      case "char-downcase" -> new Datum.Char(Character.toLowerCase(c(a[0], name)), null);
      case "alpha-char-p" -> Evaluator.truth(Character.isLetter(c(a[0], name)));
      case "alphanumericp" -> Evaluator.truth(Character.isLetterOrDigit(c(a[0], name)));
      case "upper-case-p" -> Evaluator.truth(Character.isUpperCase(c(a[0], name)));
      case "lower-case-p" -> Evaluator.truth(Character.isLowerCase(c(a[0], name)));
      case "digit-char-p" -> {
        int c = c(a[0], name);
        int digit = c < 0x80 ? Character.digit(c, radix(a, name)) : -1;
        yield digit < 0 ? Datum.NIL : ListFunctions.integer(digit);
      }
      case "digit-char" -> {
        int weight = Arguments.index(a[0], name, evaluator);
        int radix = radix(a, name);
        yield weight < radix
            ? new Datum.Char(Character.toUpperCase(Character.forDigit(weight, radix)), null)
            : Datum.NIL;
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  private int c(Datum value, String name) {
    return Arguments.character(value, name, evaluator);
  }

  private int radix(Datum[] a, String name) {
    int radix = a.length > 1 ? Arguments.index(a[1], name, evaluator) : 10;
    if (radix < 2 || radix > 36) {
      throw MacroError.type(name, "a radix from 2 to 36", Integer.toString(radix));
    }
    return radix;
  }

  private Datum charAt(String name, Datum[] a) {
    if (!(a[0] instanceof Datum.Str string)) {
      throw MacroError.type(name, "a string", evaluator.printer().shown(a[0]));
    }
    int index = Arguments.index(a[1], name, evaluator);
    int[] points = evaluator.codePoints().of(string.text());
    if (index >= points.length) {
      throw new MacroError(name + " has no character " + index + " in this string");
    }
    return new Datum.Char(points[index], null);
  }

  private Datum codeChar(Datum code) {
    int c = Arguments.index(code, "code-char", evaluator);
    if (!Character.isValidCodePoint(c)
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      return Datum.NIL;
    }
    return new Datum.Char(c, null);
  }

  private Datum compare(String name, Datum[] a) {
    boolean result = true;
    for (int i = 0; i + 1 < a.length; i++) {
      int order = Integer.compare(c(a[i], name), c(a[i + 1], name));
      result &=
          switch (name) {
            case "char=" -> order == 0;
            case "char/=" -> order != 0;
            case "char<" -> order < 0;
            default -> order > 0;
          };
    }
    return Evaluator.truth(result);
  }
}
