package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.List;

/** Lists, vectors and strings seen alike. */
final class Sequences {
  private Sequences() {}

  /** The kinds of sequences. */
  enum Kind {
    LIST,
    VECTOR,
    STRING
  }

  static Kind kind(Datum sequence, String operator, Evaluator evaluator) {
    return switch (sequence) {
      case Cons pair -> Kind.LIST;
      case Vector vector -> Kind.VECTOR;
      case Datum.Str string -> Kind.STRING;
      default -> {
        if (Datum.isNil(sequence)) {
          yield Kind.LIST;
        }
        throw MacroError.type(operator, "a sequence", evaluator.printer().shown(sequence));
      }
    };
  }

  /** The elements; each is a step. */
  static List<Datum> elements(Datum sequence, String operator, Evaluator evaluator) {
    return switch (kind(sequence, operator, evaluator)) {
      case LIST -> FormParts.list(sequence, operator, evaluator.meter());
      case VECTOR -> {
        List<Datum> elements = new ArrayList<>(((Vector) sequence).elements());
        for (int i = 0; i < elements.size(); i++) {
          evaluator.meter().step();
        }
        yield elements;
      }
      case STRING -> {
        List<Datum> elements = new ArrayList<>();
        ((Datum.Str) sequence)
            .text()
            .codePoints()
            .forEach(
                c -> {
                  evaluator.meter().step();
                  elements.add(new Datum.Char(c, null));
                });
        yield elements;
      }
    };
  }

  /** A fresh sequence of that kind. */
  static Datum make(Kind kind, List<Datum> elements, String operator, Evaluator evaluator) {
    return switch (kind) {
      case LIST -> evaluator.list(elements);
      case VECTOR -> {
        evaluator.meter().cells(elements.size() + 1);
        yield new Vector(elements, null);
      }
      case STRING -> {
        StringBuilder text = new StringBuilder();
        for (Datum element : elements) {
          text.appendCodePoint(Arguments.character(element, operator, evaluator));
        }
        yield evaluator.string(text);
      }
    };
  }

  /** The kind that a type specifier such as {@code 'list} or {@code '(vector u8)} names. */
  static Kind kindOfType(Datum type, String operator, Evaluator evaluator) {
    Datum head = type instanceof Cons pair ? pair.car() : type;
    String name = head instanceof Datum.Symbol symbol ? symbol.name().text() : "";
    return switch (name) {
      case "list", "cons" -> Kind.LIST;
      case "vector", "simple-vector", "array", "simple-array" -> Kind.VECTOR;
      case "string", "simple-string" -> Kind.STRING;
      default ->
          throw MacroError.type(
              operator, "list, vector or string", evaluator.printer().shown(type));
    };
  }
}
