package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code format} with the directives of section 18.7. */
final class Format {
  private final Evaluator evaluator;
  private final Meter meter;
  private final String control;
  private final StringBuilder out;

  private Format(Evaluator evaluator, String control, StringBuilder out) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
    this.control = control;
    this.out = out;
  }

  /** The arguments not yet used. */
  private static final class Remaining {
    private final List<Datum> list;
    private int next;

    Remaining(List<Datum> list) {
      this.list = list;
    }

    boolean isEmpty() {
      return next >= list.size();
    }

    Datum next() {
      if (isEmpty()) {
        throw new MacroError(Message.FORMAT_TOO_FEW_ARGUMENTS);
      }
      return list.get(next++);
    }

    void move(int to) {
      if (to < 0 || to > list.size()) {
        throw new MacroError(Message.FORMAT_LEAVES_ARGUMENTS);
      }
      next = to;
    }
  }

  /** {@code ~^} was met without arguments left. */
  private static final class UpAndOut extends RuntimeException {
    private static final long serialVersionUID = 1;

    UpAndOut() {
      super(null, null, false, false);
    }
  }

  /** A directive: {@code ~parameters modifiers character}. */
  private record Directive(
      int start, int end, List<@Nullable Datum> parameters, boolean colon, boolean at, int name) {
    int number(int index, int missing) {
      Datum value = index < parameters.size() ? parameters.get(index) : null;
      if (value instanceof Datum.Int number) {
        return number.value().bitLength() > 20 ? 1 << 20 : number.value().intValue();
      }
      return missing;
    }

    int character(int index, int missing) {
      return index < parameters.size() && parameters.get(index) instanceof Datum.Char c
          ? c.codePoint()
          : missing;
    }
  }

  static StringBuilder format(Evaluator evaluator, String control, List<Datum> arguments) {
    StringBuilder out = new StringBuilder();
    try {
      new Format(evaluator, control, out).run(0, control.length(), new Remaining(arguments));
    } catch (UpAndOut end) {
      // ~^ at the outermost level ends the text.
    }
    return out;
  }

  /**
   * The text of {@code error} and {@code warn}: a control string or anything else, and arguments.
   */
  static String message(Evaluator evaluator, List<Datum> arguments) {
    Datum first = arguments.getFirst();
    List<Datum> rest = arguments.subList(1, arguments.size());
    if (first instanceof Datum.Str control) {
      return format(evaluator, control.text(), rest).toString();
    }
    StringBuilder text = new StringBuilder(evaluator.printer().princ(first));
    for (Datum argument : rest) {
      text.append(' ').append(evaluator.printer().shown(argument));
    }
    return text.toString();
  }

  private void run(int from, int to, Remaining arguments) {
    meter.enter();
    try {
      int at = from;
      while (at < to) {
        meter.step();
        meter.stringLength(out.length());
        int c = control.codePointAt(at);
        if (c != '~') {
          out.appendCodePoint(c);
          at += Character.charCount(c);
        } else {
          Directive directive = parse(at, to, arguments);
          at = apply(directive, to, arguments);
        }
      }
      meter.stringLength(out.length());
    } finally {
      meter.leave();
    }
  }

  /** Parses a directive; {@code V} takes an argument, null arguments are only looked at. */
  private Directive parse(int start, int to, @Nullable Remaining arguments) {
    List<@Nullable Datum> parameters = new ArrayList<>();
    int at = start + 1;
    boolean more = true;
    while (more) {
      int c = at < to ? control.charAt(at) : 0;
      int digits = at;
      if (c == '-' || c == '+') {
        digits++;
      }
      int end = digits;
      while (end < to && Character.isDigit(control.charAt(end)) && end - digits < 9) {
        end++;
      }
      if (end > digits) {
        parameters.add(Call.number(Integer.parseInt(control, at, end, 10)));
        at = end;
      } else if (c == '\'' && at + 1 < to) {
        int quoted = control.codePointAt(at + 1);
        parameters.add(new Datum.Char(quoted, null));
        at += 1 + Character.charCount(quoted);
      } else if (c == 'v' || c == 'V') {
        parameters.add(arguments == null ? null : arguments.next());
        at++;
      } else if (c == '#') {
        parameters.add(
            arguments == null ? null : Call.number(arguments.list.size() - (long) arguments.next));
        at++;
      } else if (c == ',') {
        parameters.add(null);
      }
      more = at < to && control.charAt(at) == ',';
      at += more ? 1 : 0;
    }
    boolean colon = false;
    boolean atSign = false;
    while (at < to && (control.charAt(at) == ':' || control.charAt(at) == '@')) {
      colon |= control.charAt(at) == ':';
      atSign |= control.charAt(at) == '@';
      at++;
    }
    if (at >= to) {
      throw new MacroError(Message.FORMAT_DIRECTIVE_INCOMPLETE);
    }
    int name = Character.toLowerCase(control.codePointAt(at));
    return new Directive(
        start, at + Character.charCount(control.codePointAt(at)), parameters, colon, atSign, name);
  }

  /** Applies a directive and returns where to go on. */
  private int apply(Directive d, int to, Remaining arguments) {
    switch (d.name) {
      case 'a' -> padded(d, nilAsList(d, arguments.next(), false));
      case 's' -> padded(d, nilAsList(d, arguments.next(), true));
      case 'd' -> integer(d, 10, 0, arguments.next());
      case 'x' -> integer(d, 16, 0, arguments.next());
      case 'o' -> integer(d, 8, 0, arguments.next());
      case 'b' -> integer(d, 2, 0, arguments.next());
      case 'r' -> {
        int radix = d.number(0, 10);
        if (d.parameters.isEmpty() || radix < 2 || radix > 36) {
          throw new MacroError(Message.FORMAT_RADIX);
        }
        integer(d, radix, 1, arguments.next());
      }
      case 'c' -> {
        Datum c = arguments.next();
        out.append(d.at ? evaluator.printer().prin1(c) : evaluator.printer().princ(c));
      }
      case '%' -> repeat('\n', d.number(0, 1));
      case '&' -> {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
          out.append('\n');
        }
        repeat('\n', d.number(0, 1) - 1);
      }
      case '~' -> repeat('~', d.number(0, 1));
      case 't' -> tabulate(d);
      case '*' ->
          arguments.move(
              d.at
                  ? d.number(0, 0)
                  : arguments.next + (d.colon ? -d.number(0, 1) : d.number(0, 1)));
      case 'p' -> {
        if (d.colon) {
          arguments.move(arguments.next - 1);
        }
        Datum count = arguments.next();
        boolean one = count instanceof Datum.Int n && n.value().equals(BigInteger.ONE);
        out.append(d.at ? (one ? "y" : "ies") : (one ? "" : "s"));
      }
      case '^' -> {
        if (arguments.isEmpty()) {
          throw new UpAndOut();
        }
      }
      case '\n' -> {
        if (d.at) {
          out.append('\n');
        }
        int at = d.end;
        while (!d.colon && at < to && Character.isWhitespace(control.charAt(at))) {
          at++;
        }
        return at;
      }
      case '(' -> {
        return convertCase(d, to, arguments);
      }
      case '{' -> {
        return iterate(d, to, arguments);
      }
      case '[' -> {
        return choose(d, to, arguments);
      }
      default -> throw new MacroError(Message.FORMAT_DIRECTIVE_UNKNOWN, Character.toString(d.name));
    }
    return d.end;
  }

  private String nilAsList(Directive d, Datum datum, boolean escape) {
    return d.colon && Datum.isNil(datum)
        ? "()"
        : escape ? evaluator.printer().prin1(datum) : evaluator.printer().princ(datum);
  }

  private void repeat(int c, int count) {
    meter.stringLength(out.length() + (long) Math.max(0, count));
    for (int i = 0; i < count; i++) {
      out.appendCodePoint(c);
    }
  }

  /** {@code ~mincol,colinc,minpad,padcharA}: on the right, with {@code @} on the left. */
  private void padded(Directive d, String text) {
    int width = d.number(0, 0);
    int increment = Math.max(1, d.number(1, 1));
    int padding = d.number(2, 0);
    int length = CodePoints.count(text);
    while (length + (long) padding < width) {
      meter.stringLength(padding);
      padding += increment;
    }
    int c = d.character(3, ' ');
    if (d.at) {
      repeat(c, padding);
    }
    out.append(text);
    if (!d.at) {
      repeat(c, padding);
    }
  }

  /** {@code ~mincol,padchar,commachar,intervalD}. */
  private void integer(Directive d, int radix, int shift, Datum datum) {
    if (!(datum instanceof Datum.Int number)) {
      padded(
          new Directive(
              d.start,
              d.end,
              d.parameters.subList(Math.min(shift, d.parameters.size()), d.parameters.size()),
              false,
              true,
              'a'),
          evaluator.printer().princ(datum));
      return;
    }
    String digits = number.value().abs().toString(radix);
    if (d.colon) {
      digits = grouped(digits, d.character(shift + 2, ','), d.number(shift + 3, 3));
    }
    String sign = number.value().signum() < 0 ? "-" : d.at ? "+" : "";
    repeat(d.character(shift + 1, ' '), d.number(shift, 0) - sign.length() - digits.length());
    out.append(sign).append(digits);
  }

  private static String grouped(String digits, int separator, int interval) {
    StringBuilder grouped = new StringBuilder();
    for (int i = 0; i < digits.length(); i++) {
      if (i > 0 && (digits.length() - i) % Math.max(1, interval) == 0) {
        grouped.appendCodePoint(separator);
      }
      grouped.append(digits.charAt(i));
    }
    return grouped.toString();
  }

  private void tabulate(Directive d) {
    int column = out.codePointCount(out.lastIndexOf("\n") + 1, out.length());
    int increment = d.number(1, 1);
    if (d.at) {
      int spaces = d.number(0, 1);
      int after = column + spaces;
      repeat(' ', spaces + (increment > 0 ? Math.floorMod(-after, increment) : 0));
      return;
    }
    int target = d.number(0, 1);
    if (column < target) {
      repeat(' ', target - column);
    } else if (increment > 0) {
      repeat(' ', increment - (column - target) % increment);
    }
  }

  // ---- bracketed directives

  /** The end of a bracketed directive, and the separators inside at its own level. */
  private record Bracket(List<Directive> separators, Directive close) {}

  private Bracket bracket(Directive open, int to, int closing) {
    List<Directive> separators = new ArrayList<>();
    int depth = 0;
    int at = open.end;
    while (at < to) {
      meter.step();
      if (control.charAt(at) != '~') {
        at++;
        continue;
      }
      Directive d = parse(at, to, null);
      switch (d.name) {
        case '(', '{', '[' -> depth++;
        case ')', '}', ']' -> {
          if (depth == 0 && d.name == closing) {
            return new Bracket(separators, d);
          }
          depth--;
        }
        case ';' -> {
          if (depth == 0) {
            separators.add(d);
          }
        }
        default -> {
          // Other directives do not nest.
        }
      }
      at = d.end;
    }
    throw new MacroError(Message.FORMAT_BRACKET_NOT_CLOSED, Character.toString(open.name));
  }

  private int convertCase(Directive d, int to, Remaining arguments) {
    Bracket bracket = bracket(d, to, ')');
    int start = out.length();
    run(d.end, bracket.close.start, arguments);
    String text = out.substring(start);
    out.setLength(start);
    if (d.colon && d.at) {
      out.append(text.toUpperCase(Locale.ROOT));
    } else if (d.colon || d.at) {
      out.append(capitalize(text, d.colon));
    } else {
      out.append(text.toLowerCase(Locale.ROOT));
    }
    return bracket.close.end;
  }

  /** The first letter of every word, or of the first word only, in upper case. */
  static String capitalize(String text, boolean everyWord) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    boolean done = false;
    for (int c : text.codePoints().toArray()) {
      boolean letter = Character.isLetterOrDigit(c);
      boolean raise = letter && !inWord && !done;
      result.appendCodePoint(raise ? Character.toUpperCase(c) : Character.toLowerCase(c));
      done |= raise && !everyWord;
      inWord = letter;
    }
    return result.toString();
  }

  private int iterate(Directive d, int to, Remaining arguments) {
    Bracket bracket = bracket(d, to, '}');
    int limit = d.number(0, Integer.MAX_VALUE);
    Remaining items = d.at ? arguments : new Remaining(list(arguments.next()));
    boolean atLeastOnce = bracket.close.colon;
    try {
      for (int i = 0; i < limit && (!items.isEmpty() || (atLeastOnce && i == 0)); i++) {
        meter.step();
        if (d.colon) {
          iterateOver(d, bracket, items);
        } else {
          int before = items.next;
          run(d.end, bracket.close.start, items);
          if (items.next == before && limit == Integer.MAX_VALUE && !items.isEmpty()) {
            throw new MacroError(Message.FORMAT_ENDLESS);
          }
        }
      }
    } catch (UpAndOut end) {
      // ~^ ends the iteration.
    }
    return bracket.close.end;
  }

  private void iterateOver(Directive d, Bracket bracket, Remaining items) {
    try {
      run(d.end, bracket.close.start, new Remaining(list(items.next())));
    } catch (UpAndOut end) {
      // With ~:{, ~^ ends only this sublist.
    }
  }

  private List<Datum> list(Datum datum) {
    if (!(datum instanceof Cons) && !Datum.isNil(datum)) {
      throw MacroError.type("format ~{", "a list", evaluator.printer().shown(datum));
    }
    return FormParts.list(datum, "format", meter);
  }

  private int choose(Directive d, int to, Remaining arguments) {
    Bracket bracket = bracket(d, to, ']');
    int clauses = bracket.separators.size() + 1;
    int chosen;
    if (d.at) {
      Datum value = arguments.next();
      chosen = Datum.isNil(value) ? clauses : 0;
      if (chosen == 0) {
        arguments.move(arguments.next - 1);
      }
    } else if (d.colon) {
      chosen = Datum.isNil(arguments.next()) ? 0 : 1;
    } else {
      boolean given = !d.parameters.isEmpty() && d.parameters.getFirst() != null;
      Datum index = given ? Call.number(d.number(0, 0)) : arguments.next();
      BigInteger n = Arguments.integer(index, "format ~[", evaluator);
      boolean inside = n.signum() >= 0 && n.compareTo(BigInteger.valueOf(clauses)) < 0;
      chosen = inside ? n.intValue() : clauses;
      if (!inside && clauses > 1 && bracket.separators.getLast().colon) {
        chosen = clauses - 1;
      }
    }
    if (chosen < clauses) {
      int from = chosen == 0 ? d.end : bracket.separators.get(chosen - 1).end;
      int end = chosen == clauses - 1 ? bracket.close.start : bracket.separators.get(chosen).start;
      run(from, end, arguments);
    }
    return bracket.close.end;
  }
}
