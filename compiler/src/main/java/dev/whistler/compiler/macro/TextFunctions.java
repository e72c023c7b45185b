package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Strings and printing. */
final class TextFunctions {
  private TextFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("string", 1, c -> c.string(c.text(0)));
    to.add("stringp", 1, c -> truth(c.at(0) instanceof Datum.Str));
    to.add("string=", 2, MANY, c -> compare(c));
    to.add("string/=", 2, MANY, c -> compare(c));
    to.add("string<", 2, MANY, c -> compare(c));
    to.add("string>", 2, MANY, c -> compare(c));
    to.add("string-equal", 2, MANY, c -> compare(c));
    to.add("string-upcase", 1, MANY, c -> c.string(mapped(c.text(0), Character::toUpperCase)));
    to.add("string-downcase", 1, MANY, c -> c.string(mapped(c.text(0), Character::toLowerCase)));
    to.add("string-capitalize", 1, MANY, c -> c.string(Format.capitalize(c.text(0), true)));
    to.add("string-trim", 2, c -> trim(c, true, true));
    to.add("string-left-trim", 2, c -> trim(c, true, false));
    to.add("string-right-trim", 2, c -> trim(c, false, true));
    to.add("princ-to-string", 1, c -> c.string(c.evaluator().printer().princ(c.at(0))));
    to.add("prin1-to-string", 1, c -> c.string(c.evaluator().printer().prin1(c.at(0))));
    to.add("write-to-string", 1, MANY, c -> writeToString(c));
    to.add("format", 2, MANY, c -> format(c));
    to.add("parse-integer", 1, MANY, c -> parseInteger(c));
    to.add("princ", 1, 2, c -> write(c, c.evaluator().printer().princ(c.at(0)), 1, c.at(0)));
    to.add("prin1", 1, 2, c -> write(c, c.evaluator().printer().prin1(c.at(0)), 1, c.at(0)));
    to.add("write-string", 1, 2, c -> write(c, c.text(0), 1, c.at(0)));
    to.add("terpri", 0, 1, c -> write(c, "\n", 0, Datum.NIL));
  }

  /** As the functions on characters do, so the length stays. */
  private static String mapped(String text, IntUnaryOperator change) {
    int[] points = text.codePoints().map(change).toArray();
    return CodePoints.text(points, 0, points.length);
  }

  private static Datum compare(Call c) {
    Keywords keywords = c.keywords(2, Set.of("start1", "end1", "start2", "end2"));
    String x = part(c, 0, keywords.index("start1", 0), keywords.value("end1"));
    String y = part(c, 1, keywords.index("start2", 0), keywords.value("end2"));
    int[] xs = x.codePoints().toArray();
    int[] ys = y.codePoints().toArray();
    int order = Arrays.compare(xs, ys);
    return switch (c.name()) {
      case "string=" -> truth(order == 0);
      case "string-equal" -> truth(x.equalsIgnoreCase(y));
      case "string/=" -> order != 0 ? mismatch(xs, ys) : Datum.NIL;
      case "string<" -> order < 0 ? mismatch(xs, ys) : Datum.NIL;
      default -> order > 0 ? mismatch(xs, ys) : Datum.NIL;
    };
  }

  private static String part(Call c, int argument, int start, @Nullable Datum end) {
    String text = c.text(argument);
    if (start == 0 && (end == null || Datum.isNil(end))) {
      return text;
    }
    int[] points = c.evaluator().codePoints().of(text);
    int last =
        end == null || Datum.isNil(end)
            ? points.length
            : Arguments.index(end, c.name(), c.evaluator());
    if (start > last || last > points.length) {
      throw new MacroError(Message.STRING_PART, c.name(), start, last);
    }
    return CodePoints.text(points, start, last);
  }

  /** The index of the first character that differs. */
  private static Datum mismatch(int[] x, int[] y) {
    return Call.number(Arrays.mismatch(x, y));
  }

  private static Datum trim(Call c, boolean left, boolean right) {
    Set<Integer> bag = new HashSet<>();
    for (Datum trimmed : c.elements(0)) {
      bag.add(Arguments.character(trimmed, c.name(), c.evaluator()));
    }
    int[] text = c.evaluator().codePoints().of(c.text(1));
    int start = 0;
    int end = text.length;
    while (left && start < end && bag.contains(text[start])) {
      start++;
    }
    while (right && end > start && bag.contains(text[end - 1])) {
      end--;
    }
    return c.string(CodePoints.text(text, start, end));
  }

  private static Datum writeToString(Call c) {
    Keywords keywords = c.keywords(1, Set.of("base", "radix", "escape"));
    if (c.at(0) instanceof Datum.Int number) {
      int base = keywords.index("base", 10);
      if (base < 2 || base > 36) {
        throw MacroError.type("write-to-string", "a base from 2 to 36", Integer.toString(base));
      }
      return c.string(number.value().toString(base));
    }
    Datum escape = keywords.value("escape");
    return c.string(
        escape != null && Datum.isNil(escape)
            ? c.evaluator().printer().princ(c.at(0))
            : c.evaluator().printer().prin1(c.at(0)));
  }

  private static Datum format(Call c) {
    String control = c.text(1);
    StringBuilder text = Format.format(c.evaluator(), control, c.from(2));
    if (Datum.isNil(c.at(0))) {
      return c.string(text);
    }
    write(c, text.toString(), 0, Datum.NIL);
    return Datum.NIL;
  }

  /** Writes to a stream argument, or to the notes of the compilation. */
  private static Datum write(Call c, String text, int index, Datum result) {
    c.meter().cells(text.length() / 8 + 1);
    if (index < c.count() && c.at(index) instanceof ConditionForms.Stream stream) {
      c.meter().stringLength(stream.text().length() + (long) text.length());
      stream.text().append(text);
    } else {
      c.evaluator().host().print(text);
    }
    return result;
  }

  private static Datum parseInteger(Call c) {
    Keywords keywords = c.keywords(1, Set.of("start", "end", "radix", "junk-allowed"));
    int start = keywords.index("start", 0);
    String text = part(c, 0, start, keywords.value("end"));
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
        return Values.of(Datum.NIL, Call.number(start + (long) skipped + i));
      }
      throw new MacroError(Message.PARSE_INTEGER_FAILED, c.evaluator().printer().shown(c.at(0)));
    }
    c.meter().integerBits(i - first);
    BigInteger value = new BigInteger(digits.substring(0, i), radix);
    int end = i == digits.length() ? CodePoints.count(text) : skipped + i;
    return Values.of(
        new Datum.Int(c.meter().integer(value), null), Call.number(start + (long) end));
  }
}
