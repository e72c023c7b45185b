package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** Strings and printing. */
final class TextFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      string/1 stringp/1 string=/2- string/=/2- string</2- string>/2- string-equal/2-
      string-upcase/1- string-downcase/1- string-capitalize/1- string-trim/2 string-left-trim/2
      string-right-trim/2 write-to-string/1- prin1-to-string/1 princ-to-string/1 format/2-
      parse-integer/1- princ/1-2 prin1/1-2 write-string/1-2 terpri/0-1
      """;

  private final Evaluator evaluator;

  TextFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "string" -> evaluator.string(text(a[0], name));
      case "stringp" -> Evaluator.truth(a[0] instanceof Datum.Str);
      case "string=", "string/=", "string<", "string>", "string-equal" -> compare(name, a);
      case "string-upcase" -> evaluator.string(mapped(text(a[0], name), Character::toUpperCase));
      case "string-downcase" -> evaluator.string(mapped(text(a[0], name), Character::toLowerCase));
      case "string-capitalize" -> evaluator.string(Format.capitalize(text(a[0], name), true));
      case "string-trim" -> trim(name, a, true, true);
      case "string-left-trim" -> trim(name, a, true, false);
      case "string-right-trim" -> trim(name, a, false, true);
      case "princ-to-string" -> evaluator.string(evaluator.printer().princ(a[0]));
      case "prin1-to-string" -> evaluator.string(evaluator.printer().prin1(a[0]));
      case "write-to-string" -> writeToString(a);
      case "format" -> format(a);
      case "parse-integer" -> parseInteger(a);
      case "princ" -> write(evaluator.printer().princ(a[0]), a, 1, a[0]);
      case "prin1" -> write(evaluator.printer().prin1(a[0]), a, 1, a[0]);
      case "write-string" -> write(text(a[0], name), a, 1, a[0]);
      case "terpri" -> write("\n", a, 0, Datum.NIL);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private String text(Datum value, String name) {
    return Arguments.text(value, name, evaluator);
  }

  /** As the functions on characters do, so the length stays. */
  private static String mapped(String text, IntUnaryOperator change) {
    int[] points = text.codePoints().map(change).toArray();
    return CodePoints.text(points, 0, points.length);
  }

  private Datum compare(String name, Datum[] a) {
    Keywords keywords =
        new Keywords(evaluator, name, a, 2, Set.of("start1", "end1", "start2", "end2"));
    String x = part(text(a[0], name), keywords.index("start1", 0), keywords.value("end1"), name);
    String y = part(text(a[1], name), keywords.index("start2", 0), keywords.value("end2"), name);
    int[] xs = x.codePoints().toArray();
    int[] ys = y.codePoints().toArray();
    int order = Arrays.compare(xs, ys);
    return switch (name) {
      case "string=" -> Evaluator.truth(order == 0);
      case "string-equal" -> Evaluator.truth(x.equalsIgnoreCase(y));
      case "string/=" -> order != 0 ? mismatch(xs, ys) : Datum.NIL;
      case "string<" -> order < 0 ? mismatch(xs, ys) : Datum.NIL;
      default -> order > 0 ? mismatch(xs, ys) : Datum.NIL;
    };
  }

  private String part(
      String text, int start, @org.jspecify.annotations.Nullable Datum end, String name) {
    if (start == 0 && (end == null || Datum.isNil(end))) {
      return text;
    }
    int[] points = evaluator.codePoints().of(text);
    int last =
        end == null || Datum.isNil(end) ? points.length : Arguments.index(end, name, evaluator);
    if (start > last || last > points.length) {
      throw new MacroError(name + ": " + start + " to " + last + " is no part of the string");
    }
    return CodePoints.text(points, start, last);
  }

  /** The index of the first character that differs. */
  private static Datum mismatch(int[] x, int[] y) {
    return ListFunctions.integer(Arrays.mismatch(x, y));
  }

  private Datum trim(String name, Datum[] a, boolean left, boolean right) {
    Set<Integer> bag = new HashSet<>();
    for (Datum c : Sequences.elements(a[0], name, evaluator)) {
      bag.add(Arguments.character(c, name, evaluator));
    }
    int[] text = evaluator.codePoints().of(text(a[1], name));
    int start = 0;
    int end = text.length;
    while (left && start < end && bag.contains(text[start])) {
      start++;
    }
    while (right && end > start && bag.contains(text[end - 1])) {
      end--;
    }
    return evaluator.string(CodePoints.text(text, start, end));
  }

  private Datum writeToString(Datum[] a) {
    Keywords keywords =
        new Keywords(evaluator, "write-to-string", a, 1, Set.of("base", "radix", "escape"));
    if (a[0] instanceof Datum.Int number) {
      int base = keywords.index("base", 10);
      if (base < 2 || base > 36) {
        throw MacroError.type("write-to-string", "a base from 2 to 36", Integer.toString(base));
      }
      return evaluator.string(number.value().toString(base));
    }
    Datum escape = keywords.value("escape");
    return evaluator.string(
        escape != null && Datum.isNil(escape)
            ? evaluator.printer().princ(a[0])
            : evaluator.printer().prin1(a[0]));
  }

  private Datum format(Datum[] a) {
    String control = text(a[1], "format");
    StringBuilder text =
        Format.format(evaluator, control, java.util.List.of(a).subList(2, a.length));
    if (Datum.isNil(a[0])) {
      return evaluator.string(text);
    }
    write(text.toString(), a, 0, Datum.NIL);
    return Datum.NIL;
  }

  /** Writes to a stream argument, or to the notes of the compilation. */
  private Datum write(String text, Datum[] a, int index, Datum result) {
    evaluator.meter().cells(text.length() / 8 + 1);
    if (index < a.length && a[index] instanceof ConditionForms.Stream stream) {
      evaluator.meter().stringLength(stream.text().length() + (long) text.length());
      stream.text().append(text);
    } else {
      evaluator.host().print(text);
    }
    return result;
  }

  private Datum parseInteger(Datum[] a) {
    Keywords keywords =
        new Keywords(
            evaluator, "parse-integer", a, 1, Set.of("start", "end", "radix", "junk-allowed"));
    String whole = text(a[0], "parse-integer");
    int start = keywords.index("start", 0);
    String text = part(whole, start, keywords.value("end"), "parse-integer");
    int radix = keywords.index("radix", 10);
    if (radix < 2 || radix > 36) {
      throw MacroError.type("parse-integer", "a radix from 2 to 36", Integer.toString(radix));
    }
    String digits = text.strip();
    int skipped = CodePoints.count(text) - CodePoints.count(text.stripLeading());
    int i = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
    int first = i;
    while (i < digits.length()
        && digits.charAt(i) < 0x80
        && Character.digit(digits.charAt(i), radix) >= 0) {
      i++;
    }
    boolean junk = keywords.isTrue("junk-allowed");
    if (i == first || (i < digits.length() && !junk)) {
      if (junk) {
        return Values.of(Datum.NIL, ListFunctions.integer(start + (long) skipped + i));
      }
      throw new MacroError("parse-integer finds no integer in " + evaluator.printer().shown(a[0]));
    }
    evaluator.meter().integerBits(i - first);
    BigInteger value = new BigInteger(digits.substring(0, i), radix);
    int end = i == digits.length() ? CodePoints.count(text) : skipped + i;
    return Values.of(
        new Datum.Int(evaluator.meter().integer(value), null),
        ListFunctions.integer(start + (long) end));
  }
}
