package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Functions on sequences: lists, vectors and strings. */
final class SequenceFunctions {
  private static final Set<String> SELECTING =
      Set.of("key", "test", "test-not", "start", "end", "from-end", "count");

  private SequenceFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("length", 1, c -> length(c));
    to.add("reverse", 1, c -> reverse(c));
    to.add("nreverse", 1, c -> reverse(c));
    to.add("elt", 2, c -> elt(c));
    to.add("subseq", 2, 3, c -> subseq(c));
    to.add("copy-seq", 1, c -> c.like(0, c.elements(0)));
    to.add("concatenate", 1, MANY, c -> concatenate(c));
    to.add("reduce", 2, MANY, c -> reduce(c));
    to.add("remove", 2, MANY, c -> remove(c, item(c)));
    to.add("delete", 2, MANY, c -> remove(c, item(c)));
    to.add("remove-if", 2, MANY, c -> remove(c, test(c, true)));
    to.add("delete-if", 2, MANY, c -> remove(c, test(c, true)));
    to.add("remove-if-not", 2, MANY, c -> remove(c, test(c, false)));
    to.add("delete-if-not", 2, MANY, c -> remove(c, test(c, false)));
    to.add("remove-duplicates", 1, MANY, c -> withoutDuplicates(c));
    to.add("delete-duplicates", 1, MANY, c -> withoutDuplicates(c));
    to.add("find", 2, MANY, c -> find(c, item(c), false));
    to.add("find-if", 2, MANY, c -> find(c, test(c, true), false));
    to.add("find-if-not", 2, MANY, c -> find(c, test(c, false), false));
    to.add("position", 2, MANY, c -> find(c, item(c), true));
    to.add("position-if", 2, MANY, c -> find(c, test(c, true), true));
    to.add("position-if-not", 2, MANY, c -> find(c, test(c, false), true));
    to.add("count", 2, MANY, c -> count(c, item(c)));
    to.add("count-if", 2, MANY, c -> count(c, test(c, true)));
    to.add("count-if-not", 2, MANY, c -> count(c, test(c, false)));
    to.add("search", 2, MANY, c -> search(c));
    to.add("sort", 2, MANY, c -> sort(c));
    to.add("stable-sort", 2, MANY, c -> sort(c));
    to.add("merge", 4, MANY, c -> merge(c));
    to.add("fill", 2, MANY, c -> fill(c));
    to.add("replace", 2, MANY, c -> replace(c));
    to.add("substitute", 3, MANY, c -> substitute(c, true));
    to.add("substitute-if", 3, MANY, c -> substitute(c, false));
    to.add("coerce", 2, c -> coerce(c));
  }

  private static Datum length(Call c) {
    return Call.number(
        switch (c.at(0)) {
          case Datum.Str string -> c.evaluator().codePoints().of(string.text()).length;
          case Vector vector -> vector.elements().size();
          default -> c.elements(0).size();
        });
  }

  private static Datum reverse(Call c) {
    return c.like(0, c.elements(0).reversed());
  }

  private static Datum elt(Call c) {
    int index = c.index(1);
    if (c.at(0) instanceof Vector vector && index < vector.elements().size()) {
      return vector.elements().get(index);
    }
    if (c.at(0) instanceof Datum.Str string) {
      int[] points = c.evaluator().codePoints().of(string.text());
      if (index < points.length) {
        return new Datum.Char(points[index], null);
      }
    }
    List<Datum> elements = c.elements(0);
    if (index >= elements.size()) {
      throw new MacroError(Message.ELT_INDEX, index, elements.size());
    }
    return elements.get(index);
  }

  private static Datum subseq(Call c) {
    List<Datum> elements = c.elements(0);
    int start = c.index(1);
    int end = c.count() > 2 && !Datum.isNil(c.at(2)) ? c.index(2) : elements.size();
    return c.like(0, Keywords.slice("subseq", elements, start, end));
  }

  private static Datum concatenate(Call c) {
    List<Datum> all = new ArrayList<>();
    for (int i = 1; i < c.count(); i++) {
      all.addAll(c.elements(i));
    }
    return c.ofType(0, all);
  }

  private static Datum reduce(Call c) {
    Callable function = c.function(0);
    Keywords keywords = c.keywords(2, Set.of("key", "start", "end", "from-end", "initial-value"));
    List<Datum> elements =
        new ArrayList<>(keywords.range(c.elements(1)).stream().map(keywords::key).toList());
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

  private static Selector item(Call c) {
    Keywords keywords = c.keywords(2, SELECTING);
    return new Selector(keywords, element -> keywords.matches(c.at(0), element));
  }

  private static Selector test(Call c, boolean wanted) {
    Callable test = c.function(0);
    Keywords keywords = c.keywords(2, SELECTING);
    return new Selector(
        keywords, element -> Datum.isNil(test.call(keywords.key(element))) != wanted);
  }

  private static Datum remove(Call c, Selector selector) {
    List<Datum> elements = c.elements(1);
    int start = selector.keywords.index("start", 0);
    int end = start + selector.keywords.range(elements).size();
    int remaining = selector.keywords.index("count", Integer.MAX_VALUE);
    boolean fromEnd = selector.keywords.isTrue("from-end");
    List<Datum> kept = new ArrayList<>();
    for (int n = 0; n < elements.size(); n++) {
      int i = fromEnd ? elements.size() - 1 - n : n;
      if (i >= start && i < end && remaining > 0 && selector.test.test(elements.get(i))) {
        remaining--;
      } else {
        kept.add(elements.get(i));
      }
    }
    return c.like(1, fromEnd ? kept.reversed() : kept);
  }

  private static Datum withoutDuplicates(Call c) {
    Keywords keywords = c.keywords(1, SELECTING);
    List<Datum> elements = c.elements(0);
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
    return c.like(0, kept);
  }

  private static Datum find(Call c, Selector selector, boolean position) {
    List<Datum> range = selector.keywords.range(c.elements(1));
    int start = selector.keywords.index("start", 0);
    boolean fromEnd = selector.keywords.isTrue("from-end");
    for (int n = 0; n < range.size(); n++) {
      int i = fromEnd ? range.size() - 1 - n : n;
      if (selector.test.test(range.get(i))) {
        return position ? Call.number(start + (long) i) : range.get(i);
      }
    }
    return Datum.NIL;
  }

  private static Datum count(Call c, Selector selector) {
    return Call.number(
        selector.keywords.range(c.elements(1)).stream().filter(selector.test).count());
  }

  private static Datum search(Call c) {
    Keywords keywords = c.keywords(2, Set.of("key", "test", "test-not"));
    List<Datum> wanted = c.elements(0).stream().map(keywords::key).toList();
    List<Datum> in = c.elements(1);
    for (int i = 0; i + wanted.size() <= in.size(); i++) {
      int matched = 0;
      while (matched < wanted.size()
          && keywords.matches(wanted.get(matched), in.get(i + matched))) {
        matched++;
      }
      if (matched == wanted.size()) {
        return Call.number(i);
      }
    }
    return Datum.NIL;
  }

  // ---- sorting

  private static Datum sort(Call c) {
    Callable before = c.function(1);
    Keywords keywords = c.keywords(2, Set.of("key"));
    return c.like(0, sorted(c.elements(0), before, keywords));
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

  private static Datum merge(Call c) {
    Keywords keywords = c.keywords(4, Set.of("key"));
    List<Datum> all = merged(c.elements(1), c.elements(2), c.function(3), keywords);
    return c.ofType(0, all);
  }

  // ---- changing

  private static Datum fill(Call c) {
    Keywords keywords = c.keywords(2, Set.of("start", "end"));
    List<Datum> elements = c.elements(0);
    int start = keywords.index("start", 0);
    int end = start + keywords.range(elements).size();
    for (int i = start; i < end; i++) {
      elements.set(i, c.at(1));
    }
    return store(c, elements);
  }

  private static Datum replace(Call c) {
    Keywords keywords = c.keywords(2, Set.of("start1", "end1", "start2", "end2"));
    List<Datum> target = c.elements(0);
    List<Datum> source = c.elements(1);
    int to = keywords.index("start1", 0);
    int from = keywords.index("start2", 0);
    int toEnd = Math.min(target.size(), keywords.index("end1", target.size()));
    int fromEnd = Math.min(source.size(), keywords.index("end2", source.size()));
    while (to < toEnd && from < fromEnd) {
      target.set(to++, source.get(from++));
    }
    return store(c, target);
  }

  /** Puts changed elements back; a string cannot change, so a fresh one is returned. */
  private static Datum store(Call c, List<Datum> elements) {
    switch (c.at(0)) {
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
        return c.like(0, elements);
      }
    }
    return c.at(0);
  }

  private static Datum substitute(Call c, boolean byItem) {
    Keywords keywords = c.keywords(3, SELECTING);
    Predicate<Datum> old;
    if (byItem) {
      old = element -> keywords.matches(c.at(1), element);
    } else {
      Callable test = c.function(1);
      old = element -> !Datum.isNil(test.call(keywords.key(element)));
    }
    List<Datum> elements = c.elements(2);
    int start = keywords.index("start", 0);
    int end = start + keywords.range(elements).size();
    for (int i = start; i < end; i++) {
      if (old.test(elements.get(i))) {
        elements.set(i, c.at(0));
      }
    }
    return c.like(2, elements);
  }

  private static Datum coerce(Call c) {
    Sequences.Kind kind = Sequences.kindOfType(c.at(1), "coerce", c.evaluator());
    return kind == Sequences.kind(c.at(0), "coerce", c.evaluator())
        ? c.at(0)
        : Sequences.make(kind, c.elements(0), "coerce", c.evaluator());
  }
}
