package dev.whistler.compiler.reader;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cursor.Mark;
import dev.whistler.compiler.source.SourceRange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recursive descent over one text; its recursion is bounded by {@link Reader#MAX_DEPTH}. */
final class FormReader {
  /** Characters of a string literal. */
  private static final int MAX_STRING = 16_384;

  private static final Map<String, Integer> CHARACTER_NAMES =
      Map.of("space", (int) ' ', "newline", (int) '\n', "tab", (int) '\t', "nul", 0);

  private final Reader reader;
  private final Cursor cursor;
  private final Atoms atoms;
  private int depth;

  /** Inside text that a feature expression switches off: only its shape matters. */
  private int skipping;

  /** The top-level form being read has an error and is left out. */
  private boolean broken;

  FormReader(Reader reader, Cursor cursor) {
    this.reader = reader;
    this.cursor = cursor;
    this.atoms = new Atoms(reader.symbols);
  }

  /** The next sound top-level form, or null at the end of the text. */
  @Nullable Datum next() {
    while (true) {
      broken = false;
      skipBlanks();
      Mark before = cursor.mark();
      Datum form = datum();
      if (form == Atoms.DOT) {
        error(Message.DOT_OUTSIDE_LIST, cursor.since(before));
      }
      if (form == null) {
        if (cursor.peek() == Cursor.END) {
          return null;
        }
        Mark start = cursor.mark();
        cursor.next();
        throw reader.fail(Message.PARENTHESIS_UNOPENED, cursor.since(start));
      }
      if (!broken) {
        return form;
      }
    }
  }

  /** The next datum, or null before a closing parenthesis or the end of the text. */
  private @Nullable Datum datum() {
    while (true) {
      skipBlanks();
      int c = cursor.peek();
      if (c == Cursor.END || c == ')') {
        return null;
      }
      Mark start = cursor.mark();
      switch (c) {
        case '(' -> {
          cursor.next();
          return list(start);
        }
        case '\'' -> {
          cursor.next();
          return prefixed(SymbolName.QUOTE, start);
        }
        case '`' -> {
          cursor.next();
          return prefixed(SymbolName.QUASIQUOTE, start);
        }
        case ',' -> {
          cursor.next();
          if (cursor.peek() == '@') {
            cursor.next();
            return prefixed(SymbolName.SPLICE, start);
          }
          return prefixed(SymbolName.UNQUOTE, start);
        }
        case '"' -> {
          cursor.next();
          return string(start);
        }
        case '#' -> {
          cursor.next();
          Datum read = sharp(start);
          if (read != null) {
            return read;
          }
        }
        default -> {
          return atom(start);
        }
      }
    }
  }

  private Datum list(Mark start) {
    SourceRange open = cursor.since(start);
    descend(open);
    List<Datum> elements = new ArrayList<>();
    Datum tail = Datum.NIL;
    while (true) {
      Datum element = datum();
      if (element == null) {
        break;
      }
      if (element == Atoms.DOT) {
        tail = tail(elements, start);
        break;
      }
      elements.add(element);
    }
    close(open, "list");
    SourceRange range = cursor.since(start);
    if (elements.isEmpty()) {
      return new Datum.Symbol(SymbolName.NIL, range);
    }
    Datum result = tail;
    for (int i = elements.size() - 1; i >= 0; i--) {
      result = new Cons(elements.get(i), result, i == 0 ? range : null);
    }
    return result;
  }

  private Datum tail(List<Datum> elements, Mark start) {
    Datum tail = elements.isEmpty() ? null : datum();
    Datum extra = tail == null ? null : datum();
    if (tail == null || tail == Atoms.DOT || extra != null) {
      error(Message.DOT_MISPLACED, cursor.since(start));
      while (datum() != null) {
        // Only the shape matters now.
      }
      return Datum.NIL;
    }
    return tail;
  }

  private void descend(SourceRange at) {
    reader.countToken(at);
    if (++depth > Reader.MAX_DEPTH) {
      throw reader.fail(Message.LISTS_TOO_NESTED, at, Reader.MAX_DEPTH);
    }
  }

  private void close(SourceRange open, String what) {
    if (cursor.peek() != ')') {
      throw reader.fail(Message.LIST_NOT_CLOSED, open, what);
    }
    cursor.next();
    depth--;
  }

  private Datum prefixed(SymbolName head, Mark start) {
    SourceRange prefix = cursor.since(start);
    descend(prefix);
    Datum operand = operand(prefix);
    depth--;
    return ProperList.of(List.of(new Datum.Symbol(head, prefix), operand), cursor.since(start));
  }

  private Datum operand(SourceRange prefix) {
    Datum operand = datum();
    if (operand == null || operand == Atoms.DOT) {
      throw reader.fail(Message.PREFIX_WITHOUT_FORM, prefix);
    }
    return operand;
  }

  private Datum string(Mark start) {
    SourceRange open = cursor.since(start);
    StringBuilder text = new StringBuilder();
    while (true) {
      Mark at = cursor.mark();
      int c = cursor.next();
      switch (c) {
        case Cursor.END -> throw reader.fail(Message.STRING_NOT_CLOSED, open);
        case '"' -> {
          SourceRange range = cursor.since(start);
          reader.countToken(range);
          if (text.codePointCount(0, text.length()) > MAX_STRING) {
            error(Message.STRING_TOO_LONG, range, MAX_STRING);
          }
          return new Datum.Str(text.toString(), range);
        }
        case '\\' -> {
          int escaped = cursor.next();
          if (escaped != '"' && escaped != '\\') {
            error(Message.ESCAPE_UNKNOWN, cursor.since(at));
          }
          text.appendCodePoint(Math.max(escaped, ' '));
        }
        default -> {
          checkCharacter(c, at);
          text.appendCodePoint(c);
        }
      }
    }
  }

  /** What follows a {@code #}; null if it was a comment or a form that is left out. */
  private @Nullable Datum sharp(Mark start) {
    int c = cursor.peek();
    switch (c) {
      case '|' -> {
        cursor.next();
        blockComment(start);
        return null;
      }
      case '\'' -> {
        cursor.next();
        return prefixed(SymbolName.FUNCTION, start);
      }
      case '(' -> {
        cursor.next();
        return vector(start);
      }
      case '\\' -> {
        cursor.next();
        return character(start);
      }
      case '+', '-' -> {
        cursor.next();
        return conditional(c == '+', start);
      }
      case ':' -> {
        cursor.next();
        return atom(cursor.mark());
      }
      case '.' -> {
        cursor.next();
        error(Message.READ_TIME_EVALUATION, cursor.since(start));
        return refused(start, true);
      }
      default -> {
        Datum number = radixInteger(start);
        if (number != null) {
          return number;
        }
        if (c != Cursor.END) {
          cursor.next();
        }
        if (c == Cursor.END) {
          error(Message.SHARP_AT_END, cursor.since(start));
        } else {
          error(Message.SHARP_UNKNOWN, cursor.since(start), Printable.of(c));
        }
        return refused(start, takesOperand(cursor.textSince(start)));
      }
    }
  }

  /**
   * Whether a form belongs to what was read after {@code #}: it follows at once, as in {@code
   * #S(…)}, {@code #P"…"} and {@code #1=x}, but not in {@code #1#}.
   */
  private boolean takesOperand(String dispatch) {
    int c = cursor.peek();
    return !dispatch.endsWith("#")
        && (dispatch.endsWith("=") || c == '(' || c == '"' || c == '#' || Atoms.isConstituent(c));
  }

  /** Stands for what Common Lisp would read here; its operand goes with it. */
  private Datum refused(Mark start, boolean withOperand) {
    if (withOperand) {
      SourceRange prefix = cursor.since(start);
      descend(prefix);
      skipping++;
      datum();
      skipping--;
      depth--;
    }
    return new Datum.Symbol(SymbolName.NIL, cursor.since(start));
  }

  private Datum vector(Mark start) {
    SourceRange open = cursor.since(start);
    descend(open);
    List<Datum> elements = new ArrayList<>();
    for (Datum element = datum(); element != null; element = datum()) {
      if (element == Atoms.DOT) {
        error(Message.VECTOR_DOTTED, cursor.since(start));
      } else {
        elements.add(element);
      }
    }
    close(open, "vector");
    return new Vector(elements, cursor.since(start));
  }

  private Datum character(Mark start) {
    Mark name = cursor.mark();
    int first = cursor.next();
    while (Character.isLetterOrDigit(first) && Atoms.isConstituent(cursor.peek())) {
      cursor.next();
    }
    SourceRange range = cursor.since(start);
    reader.countToken(range);
    String text = cursor.textSince(name);
    Integer named = CHARACTER_NAMES.get(text.toLowerCase(Locale.ROOT));
    if (named == null && (first == Cursor.END || text.codePointCount(0, text.length()) != 1)) {
      error(Message.CHARACTER_NAME_UNKNOWN, range);
    }
    return new Datum.Char(named != null ? named : Math.max(first, 0), range);
  }

  /** {@code #x… #b… #o… #NNr…}, or null with only digits consumed. */
  private @Nullable Datum radixInteger(Mark start) {
    int radix = 0;
    int c = cursor.peek();
    while (c >= '0' && c <= '9' && radix < 100) {
      radix = radix * 10 + (c - '0');
      cursor.next();
      c = cursor.peek();
    }
    switch (c | 0x20) {
      case 'x' -> radix = radix == 0 ? 16 : 0;
      case 'o' -> radix = radix == 0 ? 8 : 0;
      case 'b' -> radix = radix == 0 ? 2 : 0;
      case 'r' -> {}
      default -> radix = 0;
    }
    if (radix < 2 || radix > 36) {
      return null;
    }
    cursor.next();
    Mark digits = cursor.mark();
    while (Atoms.isConstituent(cursor.peek())) {
      cursor.next();
    }
    SourceRange range = cursor.since(start);
    reader.countToken(range);
    return integer(cursor.textSince(digits), radix, range);
  }

  private Datum integer(String digits, int radix, SourceRange range) {
    BigInteger value = Atoms.parseInteger(digits, radix);
    if (value == null) {
      error(Message.RADIX_DIGITS, range, radix);
      return new Datum.Int(BigInteger.ZERO, range);
    }
    if (value.bitLength() > Atoms.MAX_INTEGER_BITS) {
      error(Message.INTEGER_TOO_LONG, range, Atoms.MAX_INTEGER_BITS);
      return new Datum.Int(BigInteger.ZERO, range);
    }
    return new Datum.Int(value, range);
  }

  /** {@code #+} and {@code #-}: the form that follows, or null if it is left out. */
  private @Nullable Datum conditional(boolean wanted, Mark start) {
    SourceRange prefix = cursor.since(start);
    descend(prefix);
    boolean holds = holds(operand(prefix), prefix);
    if (holds == wanted) {
      Datum kept = operand(prefix);
      depth--;
      return kept;
    }
    skipping++;
    operand(prefix);
    skipping--;
    depth--;
    return null;
  }

  private boolean holds(Datum feature, SourceRange prefix) {
    if (feature instanceof Datum.Symbol symbol) {
      // nil is a name like any other here: "#+nil" is an old way to leave a form out.
      return reader.hasFeature(symbol.name().text());
    }
    List<Datum> parts = ProperList.elements(feature).orElse(List.of());
    if (!parts.isEmpty() && parts.getFirst() instanceof Datum.Symbol operator) {
      List<Datum> operands = parts.subList(1, parts.size());
      switch (operator.name().text()) {
        case "and" -> {
          return operands.stream().allMatch(operand -> holds(operand, prefix));
        }
        case "or" -> {
          return operands.stream().anyMatch(operand -> holds(operand, prefix));
        }
        case "not" -> {
          if (operands.size() == 1) {
            return !holds(operands.getFirst(), prefix);
          }
        }
        default -> {}
      }
    }
    error(Message.FEATURE_EXPRESSION, prefix);
    return false;
  }

  private Datum atom(Mark start) {
    boolean odd = false;
    while (true) {
      int c = cursor.peek();
      if (c == '|') {
        odd = true;
        oddName();
        break;
      }
      if (!Atoms.isConstituent(c)) {
        break;
      }
      cursor.next();
    }
    SourceRange range = cursor.since(start);
    String text = cursor.textSince(start);
    if (text.isEmpty()) {
      Mark at = cursor.mark();
      int c = cursor.next();
      if (c == Cursor.END || c == ')') {
        throw reader.fail(Message.NAME_MISSING, range);
      }
      error(Message.CHARACTER_NOT_ALLOWED, cursor.since(at), Printable.of(c));
      return new Datum.Symbol(SymbolName.NIL, range);
    }
    reader.countToken(range);
    return switch (atoms.classify(text, odd)) {
      case Atoms.Name(SymbolName name) -> {
        if (name.text().codePointCount(0, name.text().length()) > Atoms.MAX_SYMBOL) {
          error(Message.SYMBOL_TOO_LONG, range, Atoms.MAX_SYMBOL);
        }
        int colon = text.indexOf(':');
        if (colon > 0) {
          reader.notePackage(range, text.substring(0, colon).toLowerCase(Locale.ROOT));
        }
        yield new Datum.Symbol(name, range);
      }
      case Atoms.Digits(String digits) -> integer(digits, 10, range);
      case Atoms.Dot() -> Atoms.DOT;
      case Atoms.Refused(Message message) -> {
        error(message, range);
        yield new Datum.Symbol(SymbolName.NIL, range);
      }
    };
  }

  /** The rest of {@code |odd name|}. */
  private void oddName() {
    Mark start = cursor.mark();
    cursor.next();
    SourceRange open = cursor.since(start);
    while (cursor.peek() != '|') {
      Mark at = cursor.mark();
      int c = cursor.next();
      if (c == Cursor.END) {
        throw reader.fail(Message.SYMBOL_NOT_CLOSED, open);
      }
      checkCharacter(c, at);
    }
    cursor.next();
  }

  private void skipBlanks() {
    while (true) {
      int c = cursor.peek();
      if (c == ';') {
        while (c != '\n' && c != Cursor.END) {
          Mark at = cursor.mark();
          checkCharacter(cursor.next(), at);
          c = cursor.peek();
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        cursor.next();
      } else {
        return;
      }
    }
  }

  private void blockComment(Mark start) {
    SourceRange open = cursor.since(start);
    int level = 1;
    while (level > 0) {
      Mark at = cursor.mark();
      int c = cursor.next();
      if (c == Cursor.END) {
        throw reader.fail(Message.COMMENT_NOT_CLOSED, open);
      }
      checkCharacter(c, at);
      if (c == '|' && cursor.peek() == '#') {
        cursor.next();
        level--;
      } else if (c == '#' && cursor.peek() == '|') {
        cursor.next();
        level++;
      }
    }
  }

  /** NUL and half surrogate pairs are nowhere allowed: no UTF-8 text without NUL has them. */
  private void checkCharacter(int c, Mark at) {
    if (c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw reader.fail(Message.CHARACTER_NOT_TEXT, cursor.since(at), Printable.of(c));
    }
  }

  private void error(Message message, SourceRange at, Object... arguments) {
    if (skipping == 0) {
      broken = true;
      reader.report(message, at, arguments);
    }
  }
}
