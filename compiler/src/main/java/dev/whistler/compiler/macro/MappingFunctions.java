package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Functions that apply a function: to arguments, along lists, along sequences. */
final class MappingFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      funcall/1- apply/2- mapcar/2- mapc/2- mapcan/2- mapcon/2- maplist/2- mapl/2- map/3-
      map-into/2- every/2- some/2- notany/2- notevery/2- identity/1 constantly/1 complement/1
      functionp/1
      """;

  private final Evaluator evaluator;
  private final Meter meter;

  MappingFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "funcall" -> function(a[0], name).apply(Arrays.copyOfRange(a, 1, a.length));
      case "apply" -> applyTo(a);
      case "mapcar", "mapc", "mapcan", "mapcon", "maplist", "mapl" -> alongLists(name, a);
      case "map" -> map(a);
      case "map-into" -> mapInto(a);
      case "every", "some", "notany", "notevery" -> quantify(name, a);
      case "identity" -> a[0];
      case "constantly" -> new Derived("constantly", arguments -> a[0]);
      case "complement" -> {
        Callable function = function(a[0], name);
        yield new Derived(
            "complement", arguments -> Evaluator.truth(Datum.isNil(function.call(arguments))));
      }
      case "functionp" -> Evaluator.truth(a[0] instanceof Callable);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A function made of another. */
  private record Derived(String name, java.util.function.Function<Datum[], Datum> body)
      implements Callable {
    @Override
    public Datum apply(Datum... arguments) {
      return body.apply(arguments);
    }
  }

  private Callable function(Datum designator, String operator) {
    return evaluator.callable(designator, operator);
  }

  private Datum applyTo(Datum[] a) {
    List<Datum> arguments = new ArrayList<>(List.of(a).subList(1, a.length - 1));
    arguments.addAll(FormParts.list(a[a.length - 1], "apply", meter));
    meter.cells(arguments.size());
    return function(a[0], "apply").apply(arguments.toArray(Datum[]::new));
  }

  private Datum alongLists(String name, Datum[] a) {
    Callable function = function(a[0], name);
    boolean tails = name.equals("maplist") || name.equals("mapl") || name.equals("mapcon");
    List<Datum> results = new ArrayList<>();
    Datum[] at = Arrays.copyOfRange(a, 1, a.length);
    while (Arrays.stream(at).allMatch(Cons.class::isInstance)) {
      meter.step();
      Datum[] arguments = new Datum[at.length];
      for (int i = 0; i < at.length; i++) {
        Cons pair = (Cons) at[i];
        arguments[i] = tails ? pair : pair.car();
        at[i] = pair.cdr();
      }
      results.add(function.call(arguments));
    }
    return switch (name) {
      case "mapcar", "maplist" -> evaluator.list(results);
      case "mapcan", "mapcon" -> concatenated(results);
      default -> a[1];
    };
  }

  private Datum concatenated(List<Datum> lists) {
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < lists.size() - 1; i++) {
      elements.addAll(FormParts.list(lists.get(i), "mapcan", meter));
    }
    return lists.isEmpty() ? Datum.NIL : evaluator.listWithTail(elements, lists.getLast());
  }

  private List<Datum> alongSequences(Callable function, Datum[] a, int from, String name) {
    List<List<Datum>> sequences = new ArrayList<>();
    for (int i = from; i < a.length; i++) {
      sequences.add(Sequences.elements(a[i], name, evaluator));
    }
    int length = sequences.stream().mapToInt(List::size).min().orElse(0);
    List<Datum> results = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      results.add(function.call(row(sequences, i)));
    }
    return results;
  }

  private static Datum[] row(List<List<Datum>> sequences, int index) {
    return sequences.stream().map(sequence -> sequence.get(index)).toArray(Datum[]::new);
  }

  private Datum map(Datum[] a) {
    List<Datum> results = alongSequences(function(a[1], "map"), a, 2, "map");
    return Datum.isNil(a[0])
        ? Datum.NIL
        : Sequences.make(Sequences.kindOfType(a[0], "map", evaluator), results, "map", evaluator);
  }

  private Datum mapInto(Datum[] a) {
    List<Datum> results = alongSequences(function(a[1], "map-into"), a, 2, "map-into");
    Datum at = a[0];
    for (int i = 0; i < results.size(); i++) {
      if (a[0] instanceof Vector vector) {
        if (i < vector.elements().size()) {
          vector.elements().set(i, results.get(i));
        }
      } else if (at instanceof Cons pair) {
        pair.setCar(results.get(i));
        at = pair.cdr();
      }
    }
    return a[0];
  }

  private Datum quantify(String name, Datum[] a) {
    Callable test = function(a[0], name);
    List<List<Datum>> sequences = new ArrayList<>();
    for (int i = 1; i < a.length; i++) {
      sequences.add(Sequences.elements(a[i], name, evaluator));
    }
    int length = sequences.stream().mapToInt(List::size).min().orElse(0);
    boolean stopAt = name.equals("some") || name.equals("notany");
    for (int i = 0; i < length; i++) {
      Datum value = test.call(row(sequences, i));
      if (Datum.isNil(value) != stopAt) {
        return name.equals("some") ? value : Evaluator.truth(name.equals("notevery"));
      }
    }
    return Evaluator.truth(name.equals("every") || name.equals("notany"));
  }
}
