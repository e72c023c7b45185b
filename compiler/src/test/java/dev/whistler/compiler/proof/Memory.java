package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Expr;
import dev.whistler.compiler.proof.Addresses.Place;
import dev.whistler.compiler.type.Region;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memory after what was done to it, the last thing first. A byte of it is the newest one that was
 * written there; where two addresses may be the same, the term asks whether they are.
 */
final class Memory {
  private final Terms terms;
  private final Addresses addresses;
  private final @Nullable Memory before;
  private final @Nullable Change change;

  // Ways have beginnings in common, and so have routines: nothing is done or asked twice.
  private final Map<Change, Memory> next = new HashMap<>();
  private final Map<BitVecExpr, Expr<BitVecSort>> single = new HashMap<>();
  private final Map<Range, Expr<BitVecSort>> asked = new HashMap<>();

  private record Range(BitVecExpr address, int count) {}

  private sealed interface Change {
    /** The low bytes of a word are written, or zeros. */
    record Store(BitVecExpr address, int bytes, @Nullable BitVecExpr word) implements Change {}

    /**
     * A helper writes to an interval.
     *
     * @param whole whether no byte may stay as it was
     */
    record Written(String by, BitVecExpr address, BitVecExpr length, boolean whole)
        implements Change {}

    /** Whatever is in some regions, or in objects that were given away, may change. */
    record Touched(String by, Set<Region> regions, Set<Owner> objects) implements Change {
      boolean touches(@Nullable Owner owner) {
        return owner == null
            || (owner.isOwn()
                ? objects.stream().anyMatch(owner::isSame)
                : regions.contains(owner.region()));
      }
    }
  }

  private Memory(
      Terms terms, Addresses addresses, @Nullable Memory before, @Nullable Change change) {
    this.terms = terms;
    this.addresses = addresses;
    this.before = before;
    this.change = change;
  }

  /** Memory of which nothing is known. */
  static Memory unknown(Terms terms, Addresses addresses) {
    return new Memory(terms, addresses, null, null);
  }

  private Memory after(Change more) {
    return next.computeIfAbsent(more, c -> new Memory(terms, addresses, this, c));
  }

  Memory store(BitVecExpr address, int bytes, BitVecExpr word) {
    return after(new Change.Store(address, bytes, word));
  }

  Memory zero(BitVecExpr address, int bytes) {
    return after(new Change.Store(address, bytes, null));
  }

  Memory written(String by, BitVecExpr address, BitVecExpr length, boolean whole) {
    return after(new Change.Written(by, address, length, whole));
  }

  Memory touched(String by, Set<Region> regions, Set<Owner> objects) {
    return after(new Change.Touched(by, regions, objects));
  }

  /** Bytes in a row, the one at the lowest address lowest. */
  Expr<BitVecSort> bytes(BitVecExpr address, int count) {
    Range range = new Range(address, count);
    Expr<BitVecSort> known = asked.get(range);
    if (known == null) {
      known = find(address, count);
      asked.put(range, known);
    }
    return known;
  }

  private Expr<BitVecSort> find(BitVecExpr address, int count) {
    Memory at = this;
    while (at.before != null && at.change != null && at.isPassedBy(address, count)) {
      at = at.before;
    }
    if (at.change instanceof Change.Store store && store.word() != null) {
      Place read = addresses.place(address);
      Place written = addresses.place(store.address());
      long ahead = read.distance() - written.distance();
      if (read.base().equals(written.base()) && ahead >= 0 && ahead + count <= store.bytes()) {
        int low = 8 * (int) ahead;
        return Terms.simple(terms.z3.mkExtract(low + 8 * count - 1, low, store.word()));
      }
    }
    Expr<BitVecSort> all = at.byteAt(address);
    for (int i = 1; i < count; i++) {
      all = terms.z3.mkConcat(at.byteAt(terms.plus(address, i)), all);
    }
    return Terms.simple(all);
  }

  /** Whether the last change leaves bytes in a row alone. */
  private boolean isPassedBy(BitVecExpr address, int count) {
    return switch (change) {
      case Change.Store store -> {
        Place read = addresses.place(address);
        Place written = addresses.place(store.address());
        long ahead = read.distance() - written.distance();
        yield read.base().equals(written.base())
            ? ahead >= store.bytes() || ahead <= -count
            : apart(address, store.address());
      }
      case Change.Written written -> apart(address, written.address());
      case Change.Touched touched -> !touched.touches(addresses.owner(address));
      case null -> false;
    };
  }

  /** A zero-extended load. */
  BitVecExpr load(BitVecExpr address, int bytes) {
    Expr<BitVecSort> loaded = bytes(address, bytes);
    return bytes == Long.BYTES
        ? Terms.simple(loaded)
        : Terms.simple(terms.z3.mkZeroExt(Long.SIZE - 8 * bytes, loaded));
  }

  private Expr<BitVecSort> byteAt(BitVecExpr at) {
    Expr<BitVecSort> known = single.get(at);
    if (known == null) {
      known = newest(at);
      single.put(at, known);
    }
    return known;
  }

  private Expr<BitVecSort> newest(BitVecExpr at) {
    if (change == null || before == null) {
      return call("memory", at);
    }
    return switch (change) {
      case Change.Store store -> stored(store, at, before);
      case Change.Written(String by, BitVecExpr start, BitVecExpr length, boolean whole) -> {
        BoolExpr inside = inside(at, start, length);
        if (inside.isFalse()) {
          yield before.byteAt(at);
        }
        Expr<BitVecSort> old = before.byteAt(at);
        Expr<BitVecSort> made = whole ? call(by, at) : call(by, at, old);
        yield inside.isTrue() ? made : terms.choose(inside, made, old);
      }
      case Change.Touched touched ->
          touched.touches(addresses.owner(at))
              ? call(touched.by(), at, before.byteAt(at))
              : before.byteAt(at);
    };
  }

  private Expr<BitVecSort> stored(Change.Store store, BitVecExpr at, Memory older) {
    Place read = addresses.place(at);
    Place written = addresses.place(store.address());
    if (read.base().equals(written.base())) {
      long ahead = read.distance() - written.distance();
      return ahead >= 0 && ahead < store.bytes() ? written(store, (int) ahead) : older.byteAt(at);
    }
    if (apart(at, store.address())) {
      return older.byteAt(at);
    }
    Expr<BitVecSort> result = older.byteAt(at);
    for (int i = 0; i < store.bytes(); i++) {
      BoolExpr same = terms.z3.mkEq(at, terms.plus(store.address(), i));
      result = terms.choose(same, written(store, i), result);
    }
    return result;
  }

  private BitVecExpr written(Change.Store store, int index) {
    return store.word() == null ? terms.z3.mkBV(0, Byte.SIZE) : terms.byteOf(store.word(), index);
  }

  private boolean apart(BitVecExpr a, BitVecExpr b) {
    Owner first = addresses.owner(a);
    Owner second = addresses.owner(b);
    return first != null && second != null && first.isApartFrom(second);
  }

  private BoolExpr inside(BitVecExpr at, BitVecExpr start, BitVecExpr length) {
    if (apart(at, start)) {
      return terms.z3.mkFalse();
    }
    return Terms.simple(terms.z3.mkBVULT(terms.z3.mkBVSub(at, start), length));
  }

  /** A byte that depends on where it is, and perhaps on what was there before, alone. */
  @SafeVarargs
  private Expr<BitVecSort> call(String name, Expr<BitVecSort>... of) {
    BitVecSort[] sorts = new BitVecSort[of.length];
    for (int i = 0; i < of.length; i++) {
      sorts[i] = of[i].getSort();
    }
    return terms.z3.mkApp(terms.z3.mkFuncDecl(name, sorts, terms.z3.mkBitVecSort(8)), of);
  }
}
