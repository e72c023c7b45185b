package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Conses and lists. */
final class ListFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      cons/2 car/1 cdr/1 caar/1 cadr/1 cdar/1 cddr/1 caaar/1 caadr/1 cadar/1 caddr/1 cdaar/1
      cdadr/1 cddar/1 cdddr/1 cadddr/1 cddddr/1 first/1 second/1 third/1 fourth/1 fifth/1 rest/1
      last/1-2 butlast/1-2 nth/2 nthcdr/2 list/0- list*/1- append/0- nconc/0- copy-list/1
      copy-tree/1 null/1 consp/1 atom/1 listp/1 endp/1 member/2- member-if/2- assoc/2- rassoc/2-
      acons/3 pairlis/2-3 getf/2-3 adjoin/2- union/2- intersection/2- set-difference/2- subsetp/2-
      subst/3- tree-equal/2- list-length/1 ldiff/2 tailp/2 make-list/1- values-list/1 values/0-
      """;

  private static final Set<String> TESTS = Set.of("key", "test", "test-not");

  private final Evaluator evaluator;
  private final Meter meter;

  ListFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "cons" -> evaluator.cons(a[0], a[1]);
      case "car", "first" -> Lists.car(a[0], name, evaluator);
      case "cdr", "rest" -> Lists.cdr(a[0], name, evaluator);
      case "second" -> nth(1, a[0], name);
      case "third" -> nth(2, a[0], name);
      case "fourth" -> nth(3, a[0], name);
      case "fifth" -> nth(4, a[0], name);
      case "nth" -> nth(Arguments.index(a[0], name, evaluator), a[1], name);
      case "nthcdr" -> Lists.nthcdr(Arguments.index(a[0], name, evaluator), a[1], name, evaluator);
      case "last" -> last(a);
      case "butlast" -> butlast(a);
      case "list" -> evaluator.list(List.of(a));
      case "list*" -> evaluator.listWithTail(List.of(a).subList(0, a.length - 1), a[a.length - 1]);
      case "append" -> append(a);
      case "nconc" -> nconc(a);
      case "copy-list" -> copyList(a[0]);
      case "copy-tree" -> copyTree(a[0]);
      case "null" -> Evaluator.truth(Datum.isNil(a[0]));
      case "endp" -> endp(a[0]);
      case "consp" -> Evaluator.truth(a[0] instanceof Cons);
      case "atom" -> Evaluator.truth(!(a[0] instanceof Cons));
      case "listp" -> Evaluator.truth(a[0] instanceof Cons || Datum.isNil(a[0]));
      case "member" -> member(a);
      case "member-if" -> memberIf(a);
      case "assoc" -> assoc(a, name, true);
      case "rassoc" -> assoc(a, name, false);
      case "acons" -> evaluator.cons(evaluator.cons(a[0], a[1]), a[2]);
      case "pairlis" -> pairlis(a);
      case "getf" -> Lists.property(a[0], a[1], a.length > 2 ? a[2] : Datum.NIL, evaluator);
      case "adjoin" -> adjoin(a);
      case "union", "intersection", "set-difference" -> setOperation(name, a);
      case "subsetp" -> subsetp(a);
      case "subst" -> subst(a[0], a[1], a[2], new Keywords(evaluator, name, a, 3, TESTS));
      case "tree-equal" ->
          Evaluator.truth(treeEqual(a[0], a[1], new Keywords(evaluator, name, a, 2, TESTS)));
      case "list-length" -> integer(FormParts.list(a[0], name, meter).size());
      case "ldiff" -> ldiff(a[0], a[1]);
      case "tailp" -> tailp(a[0], a[1]);
      case "make-list" -> makeList(a);
      case "values" -> new Values(List.of(a));
      case "values-list" -> new Values(FormParts.list(a[0], name, meter));
      default -> Lists.path(a[0], name.substring(1, name.length() - 1), name, evaluator);
    };
  }

  static Datum.Int integer(long value) {
    return new Datum.Int(java.math.BigInteger.valueOf(value), null);
  }

  private List<Datum> list(Datum list, String name) {
    return FormParts.list(list, name, meter);
  }

  private Datum nth(int n, Datum list, String name) {
    return Lists.car(Lists.nthcdr(n, list, name, evaluator), name, evaluator);
  }

  private Datum endp(Datum list) {
    Lists.car(list, "endp", evaluator);
    return Evaluator.truth(Datum.isNil(list));
  }

  private Datum last(Datum[] a) {
    int n = a.length > 1 ? Arguments.index(a[1], "last", evaluator) : 1;
    int length = 0;
    for (Datum at = a[0]; at instanceof Cons pair; at = pair.cdr()) {
      meter.step();
      length++;
    }
    return Lists.nthcdr(Math.max(0, length - n), a[0], "last", evaluator);
  }

  private Datum butlast(Datum[] a) {
    int n = a.length > 1 ? Arguments.index(a[1], "butlast", evaluator) : 1;
    List<Datum> elements = list(a[0], "butlast");
    return evaluator.list(elements.subList(0, Math.max(0, elements.size() - n)));
  }

  private Datum append(Datum[] a) {
    if (a.length == 0) {
      return Datum.NIL;
    }
    List<Datum> elements = new ArrayList<>();
    for (int i = 0; i < a.length - 1; i++) {
      elements.addAll(list(a[i], "append"));
    }
    return evaluator.listWithTail(elements, a[a.length - 1]);
  }

  private Datum nconc(Datum[] a) {
    Datum result = Datum.NIL;
    for (int i = a.length - 1; i >= 0; i--) {
      if (a[i] instanceof Cons first) {
        if (i < a.length - 1) {
          Cons end = first;
          while (end.cdr() instanceof Cons next) {
            meter.step();
            end = next;
          }
          end.setCdr(result);
        }
        result = a[i];
      } else if (i == a.length - 1 || !Datum.isNil(a[i])) {
        result = a[i];
      }
    }
    return result;
  }

  private Datum copyList(Datum list) {
    List<Datum> elements = new ArrayList<>();
    Datum at = list;
    while (at instanceof Cons pair) {
      meter.step();
      elements.add(pair.car());
      at = pair.cdr();
    }
    return evaluator.listWithTail(elements, at);
  }

  private Datum copyTree(Datum tree) {
    if (!(tree instanceof Cons)) {
      return tree;
    }
    meter.enter();
    try {
      List<Datum> elements = new ArrayList<>();
      Datum at = tree;
      while (at instanceof Cons pair) {
        meter.step();
        elements.add(copyTree(pair.car()));
        at = pair.cdr();
      }
      return evaluator.listWithTail(elements, at);
    } finally {
      meter.leave();
    }
  }

  private Datum member(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "member", a, 2, TESTS);
    Datum at = a[1];
    while (at instanceof Cons pair) {
      if (keywords.matches(a[0], pair.car())) {
        return at;
      }
      at = pair.cdr();
    }
    return Datum.NIL;
  }

  private Datum memberIf(Datum[] a) {
    Callable test = evaluator.callable(a[0], "member-if");
    Keywords keywords = new Keywords(evaluator, "member-if", a, 2, Set.of("key"));
    Datum at = a[1];
    while (at instanceof Cons pair) {
      meter.step();
      if (!Datum.isNil(test.call(keywords.key(pair.car())))) {
        return at;
      }
      at = pair.cdr();
    }
    return Datum.NIL;
  }

  private Datum assoc(Datum[] a, String name, boolean byCar) {
    Keywords keywords = new Keywords(evaluator, name, a, 2, TESTS);
    for (Datum entry : list(a[1], name)) {
      if (entry instanceof Cons pair && keywords.matches(a[0], byCar ? pair.car() : pair.cdr())) {
        return entry;
      }
    }
    return Datum.NIL;
  }

  private Datum pairlis(Datum[] a) {
    List<Datum> keys = list(a[0], "pairlis");
    List<Datum> values = list(a[1], "pairlis");
    if (keys.size() != values.size()) {
      throw new MacroError("pairlis needs as many keys as values");
    }
    List<Datum> entries = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      entries.add(evaluator.cons(keys.get(i), values.get(i)));
    }
    return evaluator.listWithTail(entries, a.length > 2 ? a[2] : Datum.NIL);
  }

  private Datum adjoin(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "adjoin", a, 2, TESTS);
    Datum key = keywords.key(a[0]);
    return list(a[1], "adjoin").stream().anyMatch(element -> keywords.matches(key, element))
        ? a[1]
        : evaluator.cons(a[0], a[1]);
  }

  private Datum setOperation(String name, Datum[] a) {
    Keywords keywords = new Keywords(evaluator, name, a, 2, TESTS);
    List<Datum> left = list(a[0], name);
    List<Datum> right = list(a[1], name);
    List<Datum> result = new ArrayList<>();
    if (name.equals("union")) {
      result.addAll(left);
      for (Datum element : right) {
        if (!contains(left, keywords.key(element), keywords)) {
          result.add(element);
        }
      }
    } else {
      boolean wanted = name.equals("intersection");
      for (Datum element : left) {
        if (contains(right, keywords.key(element), keywords) == wanted) {
          result.add(element);
        }
      }
    }
    return evaluator.list(result);
  }

  private static boolean contains(List<Datum> list, Datum key, Keywords keywords) {
    return list.stream().anyMatch(element -> keywords.matches(key, element));
  }

  private Datum subsetp(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "subsetp", a, 2, TESTS);
    List<Datum> right = list(a[1], "subsetp");
    return Evaluator.truth(
        list(a[0], "subsetp").stream()
            .allMatch(element -> contains(right, keywords.key(element), keywords)));
  }

  private Datum subst(Datum replacement, Datum old, Datum tree, Keywords keywords) {
    if (keywords.matches(old, tree)) {
      return replacement;
    }
    if (!(tree instanceof Cons pair)) {
      return tree;
    }
    meter.enter();
    try {
      Datum car = subst(replacement, old, pair.car(), keywords);
      Datum cdr = subst(replacement, old, pair.cdr(), keywords);
      return car == pair.car() && cdr == pair.cdr() ? tree : evaluator.cons(car, cdr);
    } finally {
      meter.leave();
    }
  }

  private boolean treeEqual(Datum x, Datum y, Keywords keywords) {
    if (!(x instanceof Cons p) || !(y instanceof Cons q)) {
      return !(x instanceof Cons) && !(y instanceof Cons) && keywords.same(x, y);
    }
    meter.enter();
    try {
      return treeEqual(p.car(), q.car(), keywords) && treeEqual(p.cdr(), q.cdr(), keywords);
    } finally {
      meter.leave();
    }
  }

  private Datum ldiff(Datum list, Datum tail) {
    List<Datum> before = new ArrayList<>();
    Datum at = list;
    while (at instanceof Cons pair && !Equality.eql(at, tail)) {
      meter.step();
      before.add(pair.car());
      at = pair.cdr();
    }
    return evaluator.listWithTail(before, Equality.eql(at, tail) ? Datum.NIL : at);
  }

  private Datum tailp(Datum tail, Datum list) {
    Datum at = list;
    while (at instanceof Cons pair) {
      meter.step();
      if (Equality.eql(at, tail)) {
        return Evaluator.truth(true);
      }
      at = pair.cdr();
    }
    return Evaluator.truth(Equality.eql(at, tail));
  }

  private Datum makeList(Datum[] a) {
    Keywords keywords = new Keywords(evaluator, "make-list", a, 1, Set.of("initial-element"));
    Datum initial = keywords.value("initial-element");
    int size = Arguments.index(a[0], "make-list", evaluator);
    meter.cells(size);
    Datum result = Datum.NIL;
    for (int i = 0; i < size; i++) {
      result = new Cons(initial == null ? Datum.NIL : initial, result, null);
    }
    return result;
  }
}
