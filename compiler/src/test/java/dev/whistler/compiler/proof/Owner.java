package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import dev.whistler.compiler.type.Region;

/**
 * What an address points into. Programs that the kernel's verifier lets pass stay in what they
 * compute addresses from, so addresses with owners that differ are apart.
 *
 * @param object number of a stack object, or of the event that reserved a record; -1 where it is
 *     one of several objects of the region, or another routine's
 * @param start where the object begins
 * @param size bytes, of an object with a number
 */
record Owner(Region region, int object, BitVecExpr start, int size) {
  /** Whether it is memory that nobody else sees before it is given away. */
  boolean isOwn() {
    return object >= 0;
  }

  boolean isApartFrom(Owner other) {
    return region != other.region || isOwn() && other.isOwn() && object != other.object;
  }

  boolean isSame(Owner other) {
    return isOwn() && region == other.region && object == other.object;
  }
}
