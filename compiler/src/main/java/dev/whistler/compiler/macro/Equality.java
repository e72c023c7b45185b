package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;

/**
 * {@code eq eql equal equalp}. {@code eq} treats equal integers and characters as the same, as
 * section 18 does not say when they are copied.
 */
final class Equality {
  /** Hashing looks at so many conses in each direction only; the rest decides equality alone. */
  private static final int HASH_DEPTH = 4;

  private final Meter meter;

  Equality(Meter meter) {
    this.meter = meter;
  }

  static boolean eql(Datum a, Datum b) {
    return switch (a) {
      case Datum.Symbol x -> b instanceof Datum.Symbol y && x.name() == y.name();
      case Datum.Int x -> b instanceof Datum.Int y && x.value().equals(y.value());
      case Datum.Char x -> b instanceof Datum.Char y && x.codePoint() == y.codePoint();
      default -> a == b;
    };
  }

  /** Counts a comparison of two hash table keys. */
  void countComparison() {
    meter.step();
  }

  boolean equal(Datum a, Datum b) {
    return same(a, b, false);
  }

  /** As {@code equal}, but without case, and vectors by their elements. */
  boolean equalp(Datum a, Datum b) {
    return same(a, b, true);
  }

  private boolean same(Datum a, Datum b, boolean loose) {
    meter.enter();
    try {
      Datum x = a;
      Datum y = b;
      while (x instanceof Cons p && y instanceof Cons q) {
        if (p == q) {
          return true;
        }
        meter.step();
        if (!same(p.car(), q.car(), loose)) {
          return false;
        }
        x = p.cdr();
        y = q.cdr();
      }
      return sameAtom(x, y, loose);
    } finally {
      meter.leave();
    }
  }

  private boolean sameAtom(Datum a, Datum b, boolean loose) {
    return switch (a) {
      case Datum.Str x ->
          b instanceof Datum.Str y
              && (loose ? x.text().equalsIgnoreCase(y.text()) : x.text().equals(y.text()));
      case Datum.Char x when loose ->
          b instanceof Datum.Char y && fold(x.codePoint()) == fold(y.codePoint());
      case Vector x when loose -> b instanceof Vector y && sameElements(x, y);
      default -> eql(a, b);
    };
  }

  private boolean sameElements(Vector x, Vector y) {
    if (x.elements().size() != y.elements().size()) {
      return false;
    }
    for (int i = 0; i < x.elements().size(); i++) {
      meter.step();
      if (!same(x.elements().get(i), y.elements().get(i), true)) {
        return false;
      }
    }
    return true;
  }

  static int fold(int codePoint) {
    return Character.toLowerCase(Character.toUpperCase(codePoint));
  }

  static int eqlHash(Datum a) {
    return switch (a) {
      case Datum.Symbol x -> x.name().text().hashCode();
      case Datum.Int x -> x.value().hashCode();
      case Datum.Char x -> x.codePoint();
      default -> System.identityHashCode(a);
    };
  }

  int hash(Datum datum, boolean loose) {
    return hash(datum, loose, HASH_DEPTH);
  }

  private int hash(Datum datum, boolean loose, int depth) {
    meter.step();
    return switch (datum) {
      case Cons pair ->
          depth == 0
              ? 1
              : 31 * hash(pair.car(), loose, depth - 1) + hash(pair.cdr(), loose, depth - 1);
      case Datum.Str text ->
          loose ? text.text().codePoints().map(Equality::fold).sum() : text.text().hashCode();
      case Datum.Char c when loose -> fold(c.codePoint());
      case Vector vector when loose -> vector.elements().size();
      default -> eqlHash(datum);
    };
  }
}
