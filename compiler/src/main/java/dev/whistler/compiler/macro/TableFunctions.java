package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Vectors, hash tables and errors. */
final class TableFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      vector/0- make-array/1- aref/2 svref/2 vectorp/1 vector-push-extend/2-3 make-hash-table/0-
      gethash/2-3 remhash/2 maphash/2 clrhash/1 hash-table-count/1 hash-table-p/1
      table_entries/1 sequence_vector/1 error/1- warn/1-
      """;

  private final Evaluator evaluator;
  private final Meter meter;

  TableFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "vector" -> vector(List.of(a));
      case "make-array" -> makeArray(a);
      case "aref", "svref" -> element(name, a);
      case "vectorp" -> Evaluator.truth(a[0] instanceof Vector || a[0] instanceof Datum.Str);
      case "vector-push-extend" -> pushExtend(a);
      case "make-hash-table" -> makeTable(a);
      case "gethash" -> {
        HashTable table = Arguments.table(a[1], name, evaluator);
        Datum value = table.entries().get(table.key(a[0]));
        Datum missing = a.length > 2 ? a[2] : Datum.NIL;
        yield Values.of(value == null ? missing : value, Evaluator.truth(value != null));
      }
      case "remhash" -> {
        HashTable table = Arguments.table(a[1], name, evaluator);
        yield Evaluator.truth(table.entries().remove(table.key(a[0])) != null);
      }
      case "maphash" -> {
        Callable function = evaluator.callable(a[0], name);
        for (Map.Entry<HashTable.Key, Datum> entry : entries(a[1], name)) {
          function.call(entry.getKey().datum(), entry.getValue());
        }
        yield Datum.NIL;
      }
      case "table entries" -> {
        List<Datum> pairs = new ArrayList<>();
        for (Map.Entry<HashTable.Key, Datum> entry : entries(a[0], "loop")) {
          pairs.add(evaluator.cons(entry.getKey().datum(), entry.getValue()));
        }
        yield evaluator.list(pairs);
      }
      case "sequence vector" ->
          a[0] instanceof Vector vector
              ? vector
              : vector(Sequences.elements(a[0], "loop", evaluator));
      case "clrhash" -> {
        Arguments.table(a[0], name, evaluator).entries().clear();
        yield a[0];
      }
      case "hash-table-count" ->
          ListFunctions.integer(Arguments.table(a[0], name, evaluator).entries().size());
      case "hash-table-p" -> Evaluator.truth(a[0] instanceof HashTable);
      case "error" -> throw new MacroError(Format.message(evaluator, List.of(a)));
      case "warn" -> {
        evaluator.host().warn(Format.message(evaluator, List.of(a)));
        yield Datum.NIL;
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A copy: the table may change while it is iterated over. */
  private List<Map.Entry<HashTable.Key, Datum>> entries(Datum table, String name) {
    List<Map.Entry<HashTable.Key, Datum>> copy = new ArrayList<>();
    for (Map.Entry<HashTable.Key, Datum> entry :
        Arguments.table(table, name, evaluator).entries().entrySet()) {
      meter.step();
      copy.add(Map.entry(entry.getKey(), entry.getValue()));
    }
    return copy;
  }

  private Datum vector(List<Datum> elements) {
    meter.cells(elements.size() + 1);
    return new Vector(elements, null);
  }

  private Datum makeArray(Datum[] a) {
    Keywords keywords =
        new Keywords(
            evaluator,
            "make-array",
            a,
            1,
            Set.of(
                "initial-element",
                "initial-contents",
                "element-type",
                "adjustable",
                "fill-pointer"));
    Datum dimension = a[0] instanceof Cons pair && Datum.isNil(pair.cdr()) ? pair.car() : a[0];
    int size = Arguments.index(dimension, "make-array", evaluator);
    Datum contents = keywords.value("initial-contents");
    if (contents != null) {
      List<Datum> elements = Sequences.elements(contents, "make-array", evaluator);
      if (elements.size() != size) {
        throw new MacroError("make-array needs " + size + " initial contents");
      }
      return vector(elements);
    }
    meter.cells(size + 1);
    Datum initial = keywords.value("initial-element");
    Datum fill = keywords.value("fill-pointer");
    // With a fill pointer the vector grows from there.
    int length = fill instanceof Datum.Int start ? start.value().intValue() : size;
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < Math.min(length, size); i++) {
      elements.add(initial == null ? ListFunctions.integer(0) : initial);
    }
    return new Vector(elements, null);
  }

  private Datum element(String name, Datum[] a) {
    int index = Arguments.index(a[1], name, evaluator);
    return switch (a[0]) {
      case Vector vector when index < vector.elements().size() -> vector.elements().get(index);
      case Vector vector ->
          throw new MacroError(
              name + " has no element " + index + " in a vector of " + vector.elements().size());
      case Datum.Str string -> {
        int[] points = evaluator.codePoints().of(string.text());
        if (index >= points.length) {
          throw new MacroError(
              name + " has no element " + index + " in a string of " + points.length);
        }
        yield new Datum.Char(points[index], null);
      }
      default -> throw MacroError.type(name, "a vector", evaluator.printer().shown(a[0]));
    };
  }

  private Datum pushExtend(Datum[] a) {
    if (a[1] instanceof Vector vector) {
      meter.cell();
      vector.elements().add(a[0]);
      return ListFunctions.integer(vector.elements().size() - 1);
    }
    throw MacroError.type("vector-push-extend", "a vector", evaluator.printer().shown(a[1]));
  }

  private Datum makeTable(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "make-hash-table", a, 0, Set.of("test", "size"));
    Datum test = keywords.value("test");
    String name =
        switch (test) {
          case null -> "eql";
          case Datum.Symbol symbol -> symbol.name().text();
          case Callable function -> function.name();
          default -> "";
        };
    meter.cell();
    return new HashTable(
        switch (name) {
          case "eq" -> HashTable.Test.EQ;
          case "eql" -> HashTable.Test.EQL;
          case "equal", "string=" -> HashTable.Test.EQUAL;
          case "equalp" -> HashTable.Test.EQUALP;
          default -> throw new MacroError("the test of a hash table is eq, eql, equal or equalp");
        },
        evaluator.equality());
  }
}
