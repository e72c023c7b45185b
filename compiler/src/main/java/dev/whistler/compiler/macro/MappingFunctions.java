package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Functions that apply a function: to arguments, along lists, along sequences. */
final class MappingFunctions {
  private MappingFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("funcall", 1, MANY, c -> funcall(c));
    to.add("apply", 2, MANY, c -> applyTo(c));
    to.add("mapcar", 2, MANY, c -> alongLists(c));
    to.add("mapc", 2, MANY, c -> alongLists(c));
    to.add("mapcan", 2, MANY, c -> alongLists(c));
    to.add("mapcon", 2, MANY, c -> alongLists(c));
    to.add("maplist", 2, MANY, c -> alongLists(c));
    to.add("mapl", 2, MANY, c -> alongLists(c));
    to.add("map", 3, MANY, c -> map(c));
    to.add("map-into", 2, MANY, c -> mapInto(c));
    to.add("every", 2, MANY, c -> quantify(c));
    to.add("some", 2, MANY, c -> quantify(c));
    to.add("notany", 2, MANY, c -> quantify(c));
    to.add("notevery", 2, MANY, c -> quantify(c));
    to.add("identity", 1, c -> c.at(0));
    to.add("constantly", 1, c -> new Derived("constantly", arguments -> c.at(0)));
    to.add("complement", 1, c -> complement(c.function(0)));
    to.add("functionp", 1, c -> truth(c.at(0) instanceof Callable));
  }

  /** A function made of another. */
  private record Derived(String name, java.util.function.Function<Datum[], Datum> body)
      implements Callable {
    @Override
    public Datum apply(Datum... arguments) {
      return body.apply(arguments);
    }
  }

  private static Datum funcall(Call c) {
    return c.function(0).apply(Arrays.copyOfRange(c.arguments(), 1, c.count()));
  }

  private static Datum complement(Callable function) {
    return new Derived("complement", arguments -> truth(Datum.isNil(function.call(arguments))));
  }

  private static Datum applyTo(Call c) {
    List<Datum> arguments = new ArrayList<>(c.from(1).subList(0, c.count() - 2));
    arguments.addAll(c.list(c.count() - 1));
    c.meter().cells(arguments.size());
    return c.function(0).apply(arguments.toArray(Datum[]::new));
  }

  private static Datum alongLists(Call c) {
    Callable function = c.function(0);
    boolean tails =
        c.name().equals("maplist") || c.name().equals("mapl") || c.name().equals("mapcon");
    List<Datum> results = new ArrayList<>();
    Datum[] at = Arrays.copyOfRange(c.arguments(), 1, c.count());
    while (Arrays.stream(at).allMatch(Cons.class::isInstance)) {
      c.meter().step();
      Datum[] arguments = new Datum[at.length];
      for (int i = 0; i < at.length; i++) {
        Cons pair = (Cons) at[i];
        arguments[i] = tails ? pair : pair.car();
        at[i] = pair.cdr();
      }
      results.add(function.call(arguments));
    }
    return switch (c.name()) {
      case "mapcar", "maplist" -> c.list(results);
      case "mapcan", "mapcon" -> concatenated(c, results);
      default -> c.at(1);
    };
  }

  private static Datum concatenated(Call c, List<Datum> lists) {
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < lists.size() - 1; i++) {
      elements.addAll(FormParts.list(lists.get(i), "mapcan", c.meter()));
    }
    return lists.isEmpty() ? Datum.NIL : c.evaluator().listWithTail(elements, lists.getLast());
  }

  private static List<Datum> alongSequences(Call c, Callable function, int from) {
    List<List<Datum>> sequences = sequences(c, from);
    int length = sequences.stream().mapToInt(List::size).min().orElse(0);
    List<Datum> results = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      results.add(function.call(row(sequences, i)));
    }
    return results;
  }

  private static List<List<Datum>> sequences(Call c, int from) {
    List<List<Datum>> sequences = new ArrayList<>();
    for (int i = from; i < c.count(); i++) {
      sequences.add(c.elements(i));
    }
    return sequences;
  }

  private static Datum[] row(List<List<Datum>> sequences, int index) {
    return sequences.stream().map(sequence -> sequence.get(index)).toArray(Datum[]::new);
  }

  private static Datum map(Call c) {
    List<Datum> results = alongSequences(c, c.function(1), 2);
    return Datum.isNil(c.at(0)) ? Datum.NIL : c.ofType(0, results);
  }

  private static Datum mapInto(Call c) {
    List<Datum> results = alongSequences(c, c.function(1), 2);
    Datum at = c.at(0);
    for (int i = 0; i < results.size(); i++) {
      if (c.at(0) instanceof Vector vector) {
        if (i < vector.elements().size()) {
          vector.elements().set(i, results.get(i));
        }
      } else if (at instanceof Cons pair) {
        pair.setCar(results.get(i));
        at = pair.cdr();
      }
    }
    return c.at(0);
  }

  private static Datum quantify(Call c) {
    Callable test = c.function(0);
    List<List<Datum>> sequences = sequences(c, 1);
    int length = sequences.stream().mapToInt(List::size).min().orElse(0);
    boolean stopAt = c.name().equals("some") || c.name().equals("notany");
    for (int i = 0; i < length; i++) {
      Datum value = test.call(row(sequences, i));
      if (Datum.isNil(value) != stopAt) {
        return c.name().equals("some") ? value : truth(c.name().equals("notevery"));
      }
    }
    return truth(c.name().equals("every") || c.name().equals("notany"));
  }
}
