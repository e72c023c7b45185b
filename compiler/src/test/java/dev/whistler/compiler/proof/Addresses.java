package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.Expr;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Addresses as a base and a constant distance, and what their bases point into. */
final class Addresses {
  private final Terms terms;
  // Terms as keys are kept alive: the solver gives the numbers of others away again.
  private final Map<BitVecExpr, Owner> owners = new HashMap<>();
  private final Map<BitVecExpr, Place> places = new HashMap<>();

  Addresses(Terms terms) {
    this.terms = terms;
  }

  /** A term without its constant addend. */
  record Place(BitVecExpr base, long distance) {}

  Place place(BitVecExpr address) {
    Place known = places.get(address);
    if (known == null) {
      known = split(address);
      places.put(address, known);
    }
    return known;
  }

  private Place split(BitVecExpr address) {
    if (Terms.isNumber(address)) {
      return new Place(terms.word(0), Terms.number(address));
    }
    if (!address.isBVAdd() || !Terms.isNumber(argument(address, 0))) {
      return new Place(address, 0);
    }
    Expr<BitVecSort> base = argument(address, 1);
    for (int i = 2; i < address.getNumArgs(); i++) {
      base = terms.z3.mkBVAdd(base, argument(address, i));
    }
    return new Place(Terms.simple(base), Terms.number(argument(address, 0)));
  }

  @SuppressWarnings("unchecked") // A sum of words is made of words.
  private static Expr<BitVecSort> argument(BitVecExpr sum, int index) {
    return (Expr<BitVecSort>) sum.getArgs()[index];
  }

  /** Notes what a term points into, unless that is known. */
  void own(BitVecExpr address, Owner owner) {
    BitVecExpr base = place(address).base();
    if (!Terms.isNumber(base) && owner(base) == null) {
      owners.put(base, owner);
    }
  }

  /** What an address points into; null if that cannot be said. */
  @Nullable Owner owner(BitVecExpr address) {
    BitVecExpr base = place(address).base();
    Owner whole = owners.get(base);
    if (whole != null || !base.isBVAdd()) {
      return whole;
    }
    Owner only = null;
    for (Expr<?> addend : base.getArgs()) {
      Owner owner = addend instanceof BitVecExpr word ? owners.get(word) : null;
      if (owner != null && only != null) {
        return null;
      }
      only = owner == null ? only : owner;
    }
    return only;
  }
}
