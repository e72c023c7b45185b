package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.Vector;
import java.util.Map;

/** The text of data; symbols in lower case. */
final class Printer {
  /** Characters of a datum in a message. */
  private static final int SHOWN = 120;

  private static final Map<SymbolName, String> PREFIXES =
      Map.of(
          SymbolName.QUOTE, "'",
          SymbolName.FUNCTION, "#'",
          SymbolName.QUASIQUOTE, "`",
          SymbolName.UNQUOTE, ",",
          SymbolName.SPLICE, ",@");

  private final Meter meter;

  Printer(Meter meter) {
    this.meter = meter;
  }

  /** For people: strings and characters as they are. */
  String princ(Datum datum) {
    return printed(datum, false);
  }

  /** For the reader: strings quoted. */
  String prin1(Datum datum) {
    return printed(datum, true);
  }

  private String printed(Datum datum, boolean escape) {
    StringBuilder out = new StringBuilder();
    new Run(out, escape, Meter.MAX_STRING).print(datum, 0);
    meter.stringLength(out.length());
    meter.cells(out.length() / 8);
    return out.toString();
  }

  /** For messages: shortened, and never over any budget. */
  String shown(Datum datum) {
    StringBuilder out = new StringBuilder();
    new Run(out, true, SHOWN).print(datum, 0);
    return out.length() <= SHOWN ? out.toString() : CodePoints.head(out, SHOWN) + "…";
  }

  /** One printing; stops growing soon after the limit, so that cycles end. */
  private record Run(StringBuilder out, boolean escape, int limit) {
    /** Nesting below which everything is cut. */
    private static final int MAX_DEPTH = 400;

    void print(Datum datum, int depth) {
      if (out.length() > limit) {
        return;
      }
      if (depth > MAX_DEPTH) {
        out.append("...");
        return;
      }
      switch (datum) {
        case Datum.Symbol symbol ->
            out.append(symbol.name().isKeyword() && escape ? ":" : "")
                .append(lower(symbol.name().text()));
        case Datum.Int number -> out.append(number.value());
        case Datum.Str string -> string(string.text());
        case Datum.Char c -> character(c.codePoint());
        case Cons pair -> list(pair, depth);
        case Vector vector -> {
          out.append("#(");
          for (int i = 0; i < vector.elements().size() && out.length() <= limit; i++) {
            out.append(i == 0 ? "" : " ");
            print(vector.elements().get(i), depth + 1);
          }
          out.append(')');
        }
        case HashTable table ->
            out.append("#<hash-table of ").append(table.entries().size()).append('>');
        case StructRecord record ->
            out.append("#<record of ").append(record.layout().name()).append('>');
        case Callable function -> out.append("#<function ").append(function.name()).append('>');
        case ConditionForms.Condition condition -> out.append(condition.text());
        default -> out.append("#<object>");
      }
    }

    private static String lower(String text) {
      StringBuilder lower = new StringBuilder(text);
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c >= 'A' && c <= 'Z') {
          lower.setCharAt(i, (char) (c + ('a' - 'A')));
        }
      }
      return lower.toString();
    }

    private void string(String text) {
      if (!escape) {
        out.append(text);
        return;
      }
      out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }

    private void character(int c) {
      if (!escape) {
        out.appendCodePoint(c);
        return;
      }
      switch (c) {
        case ' ' -> out.append("#\\Space");
        case '\n' -> out.append("#\\Newline");
        case '\t' -> out.append("#\\Tab");
        case 0 -> out.append("#\\Nul");
        default -> out.append("#\\").appendCodePoint(c);
      }
    }

    private void list(Cons list, int depth) {
      if (list.car() instanceof Datum.Symbol head
          && list.cdr() instanceof Cons operand
          && Datum.isNil(operand.cdr())) {
        String prefix = PREFIXES.get(head.name());
        if (prefix != null) {
          out.append(prefix);
          print(operand.car(), depth + 1);
          return;
        }
      }
      out.append('(');
      Datum at = list;
      while (at instanceof Cons pair && out.length() <= limit) {
        out.append(at == list ? "" : " ");
        print(pair.car(), depth + 1);
        at = pair.cdr();
      }
      if (!Datum.isNil(at) && !(at instanceof Cons)) {
        out.append(" . ");
        print(at, depth + 1);
      }
      out.append(')');
    }
  }
}
