package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Functions on sequences: lists, vectors and strings. */
final class SequenceFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      length/1 reverse/1 nreverse/1 elt/2 subseq/2-3 copy-seq/1 concatenate/1- reduce/2-
      remove/2- remove-if/2- remove-if-not/2- delete/2- delete-if/2- delete-if-not/2-
      remove-duplicates/1- delete-duplicates/1- find/2- find-if/2- find-if-not/2- position/2-
      position-if/2- position-if-not/2- count/2- count-if/2- count-if-not/2- search/2- sort/2-
      stable-sort/2- merge/4- fill/2- replace/2- substitute/3- substitute-if/3- coerce/2
      """;

  private static final Set<String> SELECTING =
      Set.of("key", "test", "test-not", "start", "end", "from-end", "count");

  private final Evaluator evaluator;
  private final Meter meter;

  SequenceFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "length" -> length(a[0]);
      case "reverse", "nreverse" -> reverse(name, a[0]);
      case "elt" -> elt(a);
      case "subseq" -> subseq(a);
      case "copy-seq" -> make(a[0], elements(a[0], name), name);
      case "concatenate" -> concatenate(a);
      case "reduce" -> reduce(a);
      case "remove", "delete" -> remove(name, a, item(a));
      case "remove-if", "delete-if" -> remove(name, a, test(name, a, true));
      case "remove-if-not", "delete-if-not" -> remove(name, a, test(name, a, false));
      case "remove-duplicates", "delete-duplicates" -> withoutDuplicates(name, a);
      case "find" -> find(name, a, item(a), false);
      case "find-if" -> find(name, a, test(name, a, true), false);
      case "find-if-not" -> find(name, a, test(name, a, false), false);
      case "position" -> find(name, a, item(a), true);
      case "position-if" -> find(name, a, test(name, a, true), true);
      case "position-if-not" -> find(name, a, test(name, a, false), true);
      case "count" -> count(name, a, item(a));
      case "count-if" -> count(name, a, test(name, a, true));
      case "count-if-not" -> count(name, a, test(name, a, false));
      case "search" -> search(a);
      case "sort", "stable-sort" -> sort(name, a);
      case "merge" -> merge(a);
      case "fill" -> fill(a);
      case "replace" -> replace(a);
      case "substitute" -> substitute(name, a, true);
      case "substitute-if" -> substitute(name, a, false);
      case "coerce" -> coerce(a);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private List<Datum> elements(Datum sequence, String name) {
    return Sequences.elements(sequence, name, evaluator);
  }

  private Datum make(Datum like, List<Datum> elements, String name) {
    return Sequences.make(Sequences.kind(like, name, evaluator), elements, name, evaluator);
  }

  private Datum length(Datum sequence) {
    return ListFunctions.integer(
        switch (sequence) {
          case Datum.Str string -> evaluator.codePoints().of(string.text()).length;
          case Vector vector -> vector.elements().size();
          default -> elements(sequence, "length").size();
        });
  }

  private Datum reverse(String name, Datum sequence) {
    List<Datum> elements = elements(sequence, name);
    Collections.reverse(elements);
    return make(sequence, elements, name);
  }

  private Datum elt(Datum[] a) {
    int index = Arguments.index(a[1], "elt", evaluator);
    if (a[0] instanceof Vector vector && index < vector.elements().size()) {
      return vector.elements().get(index);
    }
    if (a[0] instanceof Datum.Str string) {
      int[] points = evaluator.codePoints().of(string.text());
      if (index < points.length) {
        return new Datum.Char(points[index], null);
      }
    }
    List<Datum> elements = elements(a[0], "elt");
    if (index >= elements.size()) {
      throw new MacroError("elt has no element " + index + " in a sequence of " + elements.size());
    }
    return elements.get(index);
  }

  private Datum subseq(Datum[] a) {
    List<Datum> elements = elements(a[0], "subseq");
    int start = Arguments.index(a[1], "subseq", evaluator);
    int end =
        a.length > 2 && !Datum.isNil(a[2])
            ? Arguments.index(a[2], "subseq", evaluator)
            : elements.size();
    return make(a[0], Keywords.slice("subseq", elements, start, end), "subseq");
  }

  private Datum concatenate(Datum[] a) {
    List<Datum> all = new ArrayList<>();
    for (int i = 1; i < a.length; i++) {
      all.addAll(elements(a[i], "concatenate"));
    }
    return Sequences.make(
        Sequences.kindOfType(a[0], "concatenate", evaluator), all, "concatenate", evaluator);
  }

  private Datum reduce(Datum[] a) {
    Callable function = evaluator.callable(a[0], "reduce");
    Keywords keywords =
        new Keywords(
            evaluator, "reduce", a, 2, Set.of("key", "start", "end", "from-end", "initial-value"));
    List<Datum> elements =
        new ArrayList<>(
            keywords.range(elements(a[1], "reduce")).stream().map(keywords::key).toList());
    boolean fromEnd = keywords.isTrue("from-end");
    Datum initial = keywords.value("initial-value");
    if (initial != null) {
      elements.add(fromEnd ? elements.size() : 0, initial);
    }
    if (elements.isEmpty()) {
      return function.call();
    }
    if (fromEnd) {
      Datum result = elements.getLast();
      for (int i = elements.size() - 2; i >= 0; i--) {
        result = function.call(elements.get(i), result);
      }
      return result;
    }
    Datum result = elements.getFirst();
    for (int i = 1; i < elements.size(); i++) {
      result = function.call(result, elements.get(i));
    }
    return result;
  }

  // ---- selecting

  /** A test for {@code find} and so on, with the keywords of the call. */
  private record Selector(Keywords keywords, Predicate<Datum> test) {}

  private Selector item(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "this function", a, 2, SELECTING);
    return new Selector(keywords, element -> keywords.matches(a[0], element));
  }

  private Selector test(String name, Datum[] a, boolean wanted) {
    Callable test = evaluator.callable(a[0], name);
    Keywords keywords = new Keywords(evaluator, name, a, 2, SELECTING);
    return new Selector(
        keywords, element -> Datum.isNil(test.call(keywords.key(element))) != wanted);
  }

  private Datum remove(String name, Datum[] a, Selector selector) {
    List<Datum> elements = elements(a[1], name);
    int start = selector.keywords.index("start", 0);
    int end = start + selector.keywords.range(elements).size();
    int remaining = selector.keywords.index("count", Integer.MAX_VALUE);
    boolean fromEnd = selector.keywords.isTrue("from-end");
    List<Datum> kept = new ArrayList<>();
    if (fromEnd) {
      for (int i = elements.size() - 1; i >= 0; i--) {
        boolean drop =
            i >= start && i < end && remaining > 0 && selector.test.test(elements.get(i));
        if (drop) {
          remaining--;
        } else {
          kept.add(elements.get(i));
        }
      }
      Collections.reverse(kept);
    } else {
      for (int i = 0; i < elements.size(); i++) {
        boolean drop =
            i >= start && i < end && remaining > 0 && selector.test.test(elements.get(i));
        if (drop) {
          remaining--;
        } else {
          kept.add(elements.get(i));
        }
      }
    }
    return make(a[1], kept, name);
  }

  private Datum withoutDuplicates(String name, Datum[] a) {
    Keywords keywords = new Keywords(evaluator, name, a, 1, SELECTING);
    List<Datum> elements = elements(a[0], name);
    boolean keepFirst = keywords.isTrue("from-end");
    List<Datum> keys = elements.stream().map(keywords::key).toList();
    List<Datum> kept = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      boolean duplicate = false;
      int from = keepFirst ? 0 : i + 1;
      int to = keepFirst ? i : elements.size();
      for (int j = from; j < to && !duplicate; j++) {
        duplicate = keywords.same(keys.get(Math.min(i, j)), keys.get(Math.max(i, j)));
      }
      if (!duplicate) {
        kept.add(elements.get(i));
      }
    }
    return make(a[0], kept, name);
  }

  private Datum find(String name, Datum[] a, Selector selector, boolean position) {
    List<Datum> range = selector.keywords.range(elements(a[1], name));
    int start = selector.keywords.index("start", 0);
    boolean fromEnd = selector.keywords.isTrue("from-end");
    for (int n = 0; n < range.size(); n++) {
      int i = fromEnd ? range.size() - 1 - n : n;
      if (selector.test.test(range.get(i))) {
        return position ? ListFunctions.integer(start + (long) i) : range.get(i);
      }
    }
    return Datum.NIL;
  }

  private Datum count(String name, Datum[] a, Selector selector) {
    return ListFunctions.integer(
        selector.keywords.range(elements(a[1], name)).stream().filter(selector.test).count());
  }

  private Datum search(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "search", a, 2, Set.of("key", "test", "test-not"));
    List<Datum> wanted = elements(a[0], "search").stream().map(keywords::key).toList();
    List<Datum> in = elements(a[1], "search");
    for (int i = 0; i + wanted.size() <= in.size(); i++) {
      int matched = 0;
      while (matched < wanted.size()
          && keywords.matches(wanted.get(matched), in.get(i + matched))) {
        matched++;
      }
      if (matched == wanted.size()) {
        return ListFunctions.integer(i);
      }
    }
    return Datum.NIL;
  }

  // ---- sorting

  private Datum sort(String name, Datum[] a) {
    Callable before = evaluator.callable(a[1], name);
    Keywords keywords = new Keywords(evaluator, name, a, 2, Set.of("key"));
    return make(a[0], sorted(elements(a[0], name), before, keywords), name);
  }

  /** Merge sort: a predicate that contradicts itself does no harm, and the order is stable. */
  private static List<Datum> sorted(List<Datum> list, Callable before, Keywords keywords) {
    if (list.size() < 2) {
      return list;
    }
    int middle = list.size() / 2;
    return merged(
        sorted(list.subList(0, middle), before, keywords),
        sorted(list.subList(middle, list.size()), before, keywords),
        before,
        keywords);
  }

  private static List<Datum> merged(
      List<Datum> left, List<Datum> right, Callable before, Keywords keywords) {
    List<Datum> result = new ArrayList<>(left.size() + right.size());
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      boolean second =
          !Datum.isNil(before.call(keywords.key(right.get(j)), keywords.key(left.get(i))));
      result.add(second ? right.get(j++) : left.get(i++));
    }
    result.addAll(left.subList(i, left.size()));
    result.addAll(right.subList(j, right.size()));
    return result;
  }

  private Datum merge(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "merge", a, 4, Set.of("key"));
    List<Datum> all =
        merged(
            elements(a[1], "merge"),
            elements(a[2], "merge"),
            evaluator.callable(a[3], "merge"),
            keywords);
    return Sequences.make(Sequences.kindOfType(a[0], "merge", evaluator), all, "merge", evaluator);
  }

  // ---- changing

  private Datum fill(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "fill", a, 2, Set.of("start", "end"));
    List<Datum> elements = elements(a[0], "fill");
    int start = keywords.index("start", 0);
    int end = start + keywords.range(elements).size();
    for (int i = start; i < end; i++) {
      elements.set(i, a[1]);
    }
    return store(a[0], elements, "fill");
  }

  private Datum replace(Datum[] a) {
    Keywords keywords =
        new Keywords(evaluator, "replace", a, 2, Set.of("start1", "end1", "start2", "end2"));
    List<Datum> target = elements(a[0], "replace");
    List<Datum> source = elements(a[1], "replace");
    int to = keywords.index("start1", 0);
    int from = keywords.index("start2", 0);
    int toEnd = Math.min(target.size(), keywords.index("end1", target.size()));
    int fromEnd = Math.min(source.size(), keywords.index("end2", source.size()));
    while (to < toEnd && from < fromEnd) {
      target.set(to++, source.get(from++));
    }
    return store(a[0], target, "replace");
  }

  /** Puts changed elements back; a string cannot change, so a fresh one is returned. */
  private Datum store(Datum sequence, List<Datum> elements, String name) {
    switch (sequence) {
      case Vector vector -> {
        for (int i = 0; i < elements.size(); i++) {
          vector.elements().set(i, elements.get(i));
        }
      }
      case Cons first -> {
        Datum at = first;
        for (int i = 0; at instanceof Cons pair; i++) {
          pair.setCar(elements.get(i));
          at = pair.cdr();
        }
      }
      default -> {
        return make(sequence, elements, name);
      }
    }
    return sequence;
  }

  private Datum substitute(String name, Datum[] a, boolean byItem) {
    Keywords keywords = new Keywords(evaluator, name, a, 3, SELECTING);
    Predicate<Datum> old;
    if (byItem) {
      old = element -> keywords.matches(a[1], element);
    } else {
      Callable test = evaluator.callable(a[1], name);
      old = element -> !Datum.isNil(test.call(keywords.key(element)));
    }
    List<Datum> elements = elements(a[2], name);
    int start = keywords.index("start", 0);
    int end = start + keywords.range(elements).size();
    for (int i = start; i < end; i++) {
      if (old.test(elements.get(i))) {
        elements.set(i, a[0]);
      }
    }
    return make(a[2], elements, name);
  }

  private Datum coerce(Datum[] a) {
    Sequences.Kind kind = Sequences.kindOfType(a[1], "coerce", evaluator);
    return kind == Sequences.kind(a[0], "coerce", evaluator)
        ? a[0]
        : Sequences.make(kind, elements(a[0], "coerce"), "coerce", evaluator);
  }
}
