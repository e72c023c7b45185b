package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Vectors, hash tables and errors. */
final class TableFunctions {
  /** Lists a table as (key . value), for {@code loop}; no source can call it. */
  static final Builtins.Definition ENTRIES =
      new Builtins.Definition("loop", 1, 1, TableFunctions::pairs);

  /** A vector of any sequence, a vector itself, for {@code loop}; no source can call it. */
  static final Builtins.Definition ELEMENTS =
      new Builtins.Definition(
          "loop", 1, 1, c -> c.at(0) instanceof Vector vector ? vector : vector(c, c.elements(0)));

  private TableFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("vector", 0, MANY, c -> vector(c, c.from(0)));
    to.add("make-array", 1, MANY, c -> makeArray(c));
    to.add("aref", 2, c -> element(c));
    to.add("svref", 2, c -> element(c));
    to.add("vectorp", 1, c -> truth(c.at(0) instanceof Vector || c.at(0) instanceof Datum.Str));
    to.add("vector-push-extend", 2, 3, c -> pushExtend(c));
    to.add("make-hash-table", 0, MANY, c -> makeTable(c));
    to.add(
        "gethash",
        2,
        3,
        c -> {
          HashTable table = c.table(1);
          Datum value = table.entries().get(table.key(c.at(0)));
          Datum missing = c.optional(2);
          return Values.of(value == null ? missing : value, truth(value != null));
        });
    to.add(
        "remhash",
        2,
        c -> {
          HashTable table = c.table(1);
          return truth(table.entries().remove(table.key(c.at(0))) != null);
        });
    to.add(
        "maphash",
        2,
        c -> {
          Callable function = c.function(0);
          for (Map.Entry<HashTable.Key, Datum> entry : entries(c, 1)) {
            function.call(entry.getKey().datum(), entry.getValue());
          }
          return Datum.NIL;
        });
    to.add(
        "clrhash",
        1,
        c -> {
          c.table(0).entries().clear();
          return c.at(0);
        });
    to.add("hash-table-count", 1, c -> Call.number(c.table(0).entries().size()));
    to.add("hash-table-p", 1, c -> truth(c.at(0) instanceof HashTable));
    to.add(
        "error",
        1,
        MANY,
        c -> {
          throw new MacroError(Message.MACRO_RAISED, Format.message(c.evaluator(), c.from(0)));
        });
    to.add(
        "warn",
        1,
        MANY,
        c -> {
          c.evaluator().host().warn(Format.message(c.evaluator(), c.from(0)));
          return Datum.NIL;
        });
  }

  private static Datum pairs(Call c) {
    return c.list(
        entries(c, 0).stream()
            .map(entry -> c.cons(entry.getKey().datum(), entry.getValue()))
            .toList());
  }

  /** A copy: the table may change while it is iterated over. */
  private static List<Map.Entry<HashTable.Key, Datum>> entries(Call c, int table) {
    List<Map.Entry<HashTable.Key, Datum>> copy = new ArrayList<>();
    for (Map.Entry<HashTable.Key, Datum> entry : c.table(table).entries().entrySet()) {
      c.meter().step();
      copy.add(Map.entry(entry.getKey(), entry.getValue()));
    }
    return copy;
  }

  private static Datum vector(Call c, List<Datum> elements) {
    c.meter().cells(elements.size() + 1);
    return new Vector(elements, null);
  }

  private static Datum makeArray(Call c) {
    Keywords keywords =
        c.keywords(
            1,
            Set.of(
                "initial-element",
                "initial-contents",
                "element-type",
                "adjustable",
                "fill-pointer"));
    Datum dimension =
        c.at(0) instanceof Cons pair && Datum.isNil(pair.cdr()) ? pair.car() : c.at(0);
    int size = Arguments.index(dimension, "make-array", c.evaluator());
    Datum contents = keywords.value("initial-contents");
    if (contents != null) {
      List<Datum> elements = Sequences.elements(contents, "make-array", c.evaluator());
      if (elements.size() != size) {
        throw new MacroError(Message.MAKE_ARRAY_CONTENTS, size);
      }
      return vector(c, elements);
    }
    c.meter().cells(size + 1);
    Datum initial = keywords.value("initial-element");
    Datum fill = keywords.value("fill-pointer");
    // With a fill pointer the vector grows from there.
    int length = fill instanceof Datum.Int start ? start.value().intValue() : size;
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < Math.min(length, size); i++) {
      elements.add(initial == null ? Call.number(0) : initial);
    }
    return new Vector(elements, null);
  }

  private static Datum element(Call c) {
    int index = c.index(1);
    return switch (c.at(0)) {
      case Vector vector when index < vector.elements().size() -> vector.elements().get(index);
      case Vector vector ->
          throw new MacroError(Message.VECTOR_INDEX, c.name(), index, vector.elements().size());
      case Datum.Str string -> {
        int[] points = c.evaluator().codePoints().of(string.text());
        if (index >= points.length) {
          throw new MacroError(Message.STRING_INDEX, c.name(), index, points.length);
        }
        yield new Datum.Char(points[index], null);
      }
      default -> throw c.typeError("a vector", c.at(0));
    };
  }

  private static Datum pushExtend(Call c) {
    if (c.at(1) instanceof Vector vector) {
      c.meter().cell();
      vector.elements().add(c.at(0));
      return Call.number(vector.elements().size() - 1);
    }
    throw c.typeError("a vector", c.at(1));
  }

  private static Datum makeTable(Call c) {
    Keywords keywords = c.keywords(0, Set.of("test", "size"));
    Datum test = keywords.value("test");
    String name =
        switch (test) {
          case null -> "eql";
          case Datum.Symbol symbol -> symbol.name().text();
          case Callable function -> function.name();
          default -> "";
        };
    c.meter().cell();
    return new HashTable(
        switch (name) {
          case "eq" -> HashTable.Test.EQ;
          case "eql" -> HashTable.Test.EQL;
          case "equal", "string=" -> HashTable.Test.EQUAL;
          case "equalp" -> HashTable.Test.EQUALP;
          default -> throw new MacroError(Message.HASH_TABLE_TEST);
        },
        c.evaluator().equality());
  }
}
