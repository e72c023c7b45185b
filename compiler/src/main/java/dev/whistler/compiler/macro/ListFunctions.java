package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Builtins.MANY;
import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Conses and lists. */
final class ListFunctions {
  private static final Set<String> TESTS = Set.of("key", "test", "test-not");

  /** The letters of {@code caar} to {@code cddddr}. */
  private static final List<String> PATHS =
      List.of(
          "aa", "ad", "da", "dd", "aaa", "aad", "ada", "add", "daa", "dad", "dda", "ddd", "addd",
          "dddd");

  /** What {@code pushnew} applies. */
  static final Builtins.Definition ADJOIN =
      new Builtins.Definition("adjoin", 2, MANY, c -> adjoin(c));

  private ListFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("cons", 2, c -> c.cons(c.at(0), c.at(1)));
    to.add("car", 1, c -> Lists.car(c.at(0), "car", c.evaluator()));
    to.add("first", 1, c -> Lists.car(c.at(0), "first", c.evaluator()));
    to.add("cdr", 1, c -> Lists.cdr(c.at(0), "cdr", c.evaluator()));
    to.add("rest", 1, c -> Lists.cdr(c.at(0), "rest", c.evaluator()));
    to.add("second", 1, c -> nth(c, 1, 0));
    to.add("third", 1, c -> nth(c, 2, 0));
    to.add("fourth", 1, c -> nth(c, 3, 0));
    to.add("fifth", 1, c -> nth(c, 4, 0));
    to.add("nth", 2, c -> nth(c, c.index(0), 1));
    to.add("nthcdr", 2, c -> Lists.nthcdr(c.index(0), c.at(1), "nthcdr", c.evaluator()));
    to.add("last", 1, 2, c -> last(c));
    to.add("butlast", 1, 2, c -> butlast(c));
    to.add("list", 0, MANY, c -> c.list(c.from(0)));
    to.add("list*", 1, MANY, c -> listStar(c));
    to.add("append", 0, MANY, c -> append(c));
    to.add("nconc", 0, MANY, c -> nconc(c));
    to.add("copy-list", 1, c -> copyList(c, c.at(0)));
    to.add("copy-tree", 1, c -> copyTree(c, c.at(0)));
    to.add("null", 1, c -> truth(Datum.isNil(c.at(0))));
    to.add("endp", 1, c -> endp(c));
    to.add("consp", 1, c -> truth(c.at(0) instanceof Cons));
    to.add("atom", 1, c -> truth(!(c.at(0) instanceof Cons)));
    to.add("listp", 1, c -> truth(c.at(0) instanceof Cons || Datum.isNil(c.at(0))));
    to.add("member", 2, MANY, c -> member(c));
    to.add("member-if", 2, MANY, c -> memberIf(c));
    to.add("assoc", 2, MANY, c -> assoc(c, true));
    to.add("rassoc", 2, MANY, c -> assoc(c, false));
    to.add("acons", 3, c -> c.cons(c.cons(c.at(0), c.at(1)), c.at(2)));
    to.add("pairlis", 2, 3, c -> pairlis(c));
    to.add("getf", 2, 3, c -> Lists.property(c.at(0), c.at(1), c.optional(2), c.evaluator()));
    to.add(ADJOIN);
    to.add("union", 2, MANY, c -> setOperation(c));
    to.add("intersection", 2, MANY, c -> setOperation(c));
    to.add("set-difference", 2, MANY, c -> setOperation(c));
    to.add("subsetp", 2, MANY, c -> subsetp(c));
    to.add("subst", 3, MANY, c -> subst(c, c.at(2), c.keywords(3, TESTS)));
    to.add("tree-equal", 2, MANY, c -> treeEqual(c));
    to.add("list-length", 1, c -> Call.number(c.list(0).size()));
    to.add("ldiff", 2, c -> ldiff(c, c.at(0), c.at(1)));
    to.add("tailp", 2, c -> tailp(c, c.at(0), c.at(1)));
    to.add("make-list", 1, MANY, c -> makeList(c));
    to.add("values", 0, MANY, c -> new Values(c.from(0)));
    to.add("values-list", 1, c -> new Values(c.list(0)));
    for (String letters : PATHS) {
      String name = "c" + letters + "r";
      to.add(name, 1, c -> Lists.path(c.at(0), letters, name, c.evaluator()));
    }
  }

  private static Datum nth(Call c, int n, int list) {
    Datum tail = Lists.nthcdr(n, c.at(list), c.name(), c.evaluator());
    return Lists.car(tail, c.name(), c.evaluator());
  }

  private static Datum endp(Call c) {
    Lists.car(c.at(0), "endp", c.evaluator());
    return truth(Datum.isNil(c.at(0)));
  }

  private static Datum last(Call c) {
    int n = c.count() > 1 ? c.index(1) : 1;
    int length = 0;
    for (Datum at = c.at(0); at instanceof Cons pair; at = pair.cdr()) {
      c.meter().step();
      length++;
    }
    return Lists.nthcdr(Math.max(0, length - n), c.at(0), "last", c.evaluator());
  }

  private static Datum butlast(Call c) {
    int n = c.count() > 1 ? c.index(1) : 1;
    List<Datum> elements = c.list(0);
    return c.list(elements.subList(0, Math.max(0, elements.size() - n)));
  }

  private static Datum listStar(Call c) {
    int last = c.count() - 1;
    return c.evaluator().listWithTail(c.from(0).subList(0, last), c.at(last));
  }

  private static Datum append(Call c) {
    if (c.count() == 0) {
      return Datum.NIL;
    }
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < c.count() - 1; i++) {
      elements.addAll(c.list(i));
    }
    return c.evaluator().listWithTail(elements, c.at(c.count() - 1));
  }

  private static Datum nconc(Call c) {
    Datum result = Datum.NIL;
    for (int i = c.count() - 1; i >= 0; i--) {
      if (c.at(i) instanceof Cons first) {
        if (i < c.count() - 1) {
          Cons end = first;
          while (end.cdr() instanceof Cons next) {
            c.meter().step();
            end = next;
          }
          end.setCdr(result);
        }
        result = c.at(i);
      } else if (i == c.count() - 1 || !Datum.isNil(c.at(i))) {
        result = c.at(i);
      }
    }
    return result;
  }

  private static Datum copyList(Call c, Datum list) {
    List<Datum> elements = new ArrayList<>();
    Datum at = list;
    while (at instanceof Cons pair) {
      c.meter().step();
      elements.add(pair.car());
      at = pair.cdr();
    }
    return c.evaluator().listWithTail(elements, at);
  }

  private static Datum copyTree(Call c, Datum tree) {
    if (!(tree instanceof Cons)) {
      return tree;
    }
    c.meter().enter();
    try {
      List<Datum> elements = new ArrayList<>();
      Datum at = tree;
      while (at instanceof Cons pair) {
        c.meter().step();
        elements.add(copyTree(c, pair.car()));
        at = pair.cdr();
      }
      return c.evaluator().listWithTail(elements, at);
    } finally {
      c.meter().leave();
    }
  }

  private static Datum member(Call c) {
    Keywords keywords = c.keywords(2, TESTS);
    Datum at = c.at(1);
    while (at instanceof Cons pair) {
      if (keywords.matches(c.at(0), pair.car())) {
        return at;
      }
      at = pair.cdr();
    }
    return Datum.NIL;
  }

  private static Datum memberIf(Call c) {
    Callable test = c.function(0);
    Keywords keywords = c.keywords(2, Set.of("key"));
    Datum at = c.at(1);
    while (at instanceof Cons pair) {
      c.meter().step();
      if (!Datum.isNil(test.call(keywords.key(pair.car())))) {
        return at;
      }
      at = pair.cdr();
    }
    return Datum.NIL;
  }

  private static Datum assoc(Call c, boolean byCar) {
    Keywords keywords = c.keywords(2, TESTS);
    for (Datum entry : c.list(1)) {
      if (entry instanceof Cons pair
          && keywords.matches(c.at(0), byCar ? pair.car() : pair.cdr())) {
        return entry;
      }
    }
    return Datum.NIL;
  }

  private static Datum pairlis(Call c) {
    List<Datum> keys = c.list(0);
    List<Datum> values = c.list(1);
    if (keys.size() != values.size()) {
      throw new MacroError(Message.PAIRLIS_LENGTHS);
    }
    List<Datum> entries = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      entries.add(c.cons(keys.get(i), values.get(i)));
    }
    return c.evaluator().listWithTail(entries, c.optional(2));
  }

  private static Datum adjoin(Call c) {
    Keywords keywords = c.keywords(2, TESTS);
    Datum key = keywords.key(c.at(0));
    return c.list(1).stream().anyMatch(element -> keywords.matches(key, element))
        ? c.at(1)
        : c.cons(c.at(0), c.at(1));
  }

  private static Datum setOperation(Call c) {
    Keywords keywords = c.keywords(2, TESTS);
    List<Datum> left = c.list(0);
    List<Datum> right = c.list(1);
    List<Datum> result = new ArrayList<>();
    if (c.name().equals("union")) {
      result.addAll(left);
      for (Datum element : right) {
        if (!contains(left, keywords.key(element), keywords)) {
          result.add(element);
        }
      }
    } else {
      boolean wanted = c.name().equals("intersection");
      for (Datum element : left) {
        if (contains(right, keywords.key(element), keywords) == wanted) {
          result.add(element);
        }
      }
    }
    return c.list(result);
  }

  private static boolean contains(List<Datum> list, Datum key, Keywords keywords) {
    return list.stream().anyMatch(element -> keywords.matches(key, element));
  }

  private static Datum subsetp(Call c) {
    Keywords keywords = c.keywords(2, TESTS);
    List<Datum> right = c.list(1);
    return truth(
        c.list(0).stream().allMatch(element -> contains(right, keywords.key(element), keywords)));
  }

  private static Datum subst(Call c, Datum tree, Keywords keywords) {
    if (keywords.matches(c.at(1), tree)) {
      return c.at(0);
    }
    if (!(tree instanceof Cons pair)) {
      return tree;
    }
    c.meter().enter();
    try {
      Datum car = subst(c, pair.car(), keywords);
      Datum cdr = subst(c, pair.cdr(), keywords);
      return car == pair.car() && cdr == pair.cdr() ? tree : c.cons(car, cdr);
    } finally {
      c.meter().leave();
    }
  }

  private static Datum treeEqual(Call c) {
    return truth(treeEqual(c, c.at(0), c.at(1), c.keywords(2, TESTS)));
  }

  private static boolean treeEqual(Call c, Datum x, Datum y, Keywords keywords) {
    if (!(x instanceof Cons p) || !(y instanceof Cons q)) {
      return !(x instanceof Cons) && !(y instanceof Cons) && keywords.same(x, y);
    }
    c.meter().enter();
    try {
      return treeEqual(c, p.car(), q.car(), keywords) && treeEqual(c, p.cdr(), q.cdr(), keywords);
    } finally {
      c.meter().leave();
    }
  }

  private static Datum ldiff(Call c, Datum list, Datum tail) {
    List<Datum> before = new ArrayList<>();
    Datum at = list;
    while (at instanceof Cons pair && !Equality.eql(at, tail)) {
      c.meter().step();
      before.add(pair.car());
      at = pair.cdr();
    }
    return c.evaluator().listWithTail(before, Equality.eql(at, tail) ? Datum.NIL : at);
  }

  private static Datum tailp(Call c, Datum tail, Datum list) {
    Datum at = list;
    while (at instanceof Cons pair) {
      c.meter().step();
      if (Equality.eql(at, tail)) {
        return truth(true);
      }
      at = pair.cdr();
    }
    return truth(Equality.eql(at, tail));
  }

  private static Datum makeList(Call c) {
    Keywords keywords = c.keywords(1, Set.of("initial-element"));
    Datum initial = keywords.value("initial-element");
    int size = c.index(0);
    c.meter().cells(size);
    Datum result = Datum.NIL;
    for (int i = 0; i < size; i++) {
      result = new Cons(initial == null ? Datum.NIL : initial, result, null);
    }
    return result;
  }
}
