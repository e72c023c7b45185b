package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way from a type to a field: first an index of the whole, as of an array, then names of
 * members and indices of elements.
 */
final class FieldPath {
  private static final int MAXIMUM_STEPS = 64;

  /** The type information that the way lies in. */
  private final Btf btf;

  private final List<Step> steps;
  private final Place place;

  /** A step: into a member by name, or to an element by index. */
  sealed interface Step {
    /**
     * Into a named member; unnamed ones on the way are passed through.
     *
     * @param last whether no member of the structure lies behind it
     */
    record Member(String name, int type, boolean last) implements Step {}

    /** To an element. */
    record Element(long index) implements Step {}
  }

  /**
   * Where a way ends.
   *
   * @param type id of the field's type
   * @param bitOffset from the beginning
   * @param bits width of a bit-field, else 0
   */
  record Place(int type, long bitOffset, int bits) {}

  private FieldPath(Btf btf, List<Step> steps, Place place) {
    this.btf = btf;
    this.steps = steps;
    this.place = place;
  }

  List<Step> steps() {
    return steps;
  }

  Place place() {
    return place;
  }

  Btf btf() {
    return btf;
  }

  /** Whether the way ends at an element of an array, or at the whole. */
  boolean endsAtElement() {
    return steps.getLast() instanceof Step.Element;
  }

  /** The way as C writes it behind the type, as {@code .mm.pgd[3]}. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Step step : steps.subList(1, steps.size())) {
      switch (step) {
        case Step.Member member -> text.append('.').append(member.name());
        case Step.Element element -> text.append('[').append(element.index()).append(']');
      }
    }
    return text.toString();
  }

  /**
   * Follows clang's access string, which counts members of the local type.
   *
   * @throws BtfException if it is damaged or leads nowhere
   */
  static FieldPath ofAccess(Btf btf, int root, String access) {
    int[] parts = AccessString.parse(access);
    List<Step> steps = new ArrayList<>();
    steps.add(new Step.Element(parts[0]));
    Place at = begin(btf, root, parts[0]);
    for (int i = 1; i < parts.length; i++) {
      switch (btf.type(at.type())) {
        case BtfType.Composite composite -> {
          if (parts[i] >= composite.members().size()) {
            throw new BtfException("CO-RE access " + access + " leads nowhere");
          }
          BtfType.Member member = composite.members().get(parts[i]);
          at = into(btf, at, member);
          if (!member.name().isEmpty()) {
            boolean last = parts[i] == composite.members().size() - 1;
            steps.add(new Step.Member(member.name(), member.type(), last));
          }
        }
        case BtfType.Array array -> {
          if (!reaches(steps.getLast(), array, parts[i])) {
            throw new BtfException("CO-RE access " + access + " leads beyond an array");
          }
          at = element(btf, at, array, parts[i]);
          steps.add(new Step.Element(parts[i]));
        }
        default -> throw new BtfException("CO-RE access " + access + " leads through no structure");
      }
    }
    return new FieldPath(btf, steps, at);
  }

  /**
   * Follows the same names in another type.
   *
   * @return empty if there is no such way, or a member on it has a type of another kind
   */
  Optional<FieldPath> in(TypeComparison comparison, int root) {
    Btf other = comparison.kernel();
    List<Step> found = new ArrayList<>();
    found.add(steps.getFirst());
    Place at =
        begin(other, root, steps.getFirst() instanceof Step.Element first ? first.index() : 0);
    for (Step step : steps.subList(1, steps.size())) {
      switch (step) {
        case Step.Member member -> {
          Found next = member(comparison, at, member.name(), 0).orElse(null);
          if (next == null || !comparison.fieldsAlike(member.type(), next.step().type())) {
            return Optional.empty();
          }
          found.add(next.step());
          at = next.place();
        }
        case Step.Element element -> {
          if (!(other.type(at.type()) instanceof BtfType.Array array)
              || !reaches(found.getLast(), array, element.index())) {
            return Optional.empty();
          }
          at = element(other, at, array, element.index());
          found.add(element);
        }
      }
    }
    return Optional.of(new FieldPath(other, found, at));
  }

  private record Found(Step.Member step, Place place) {}

  private static Optional<Found> member(
      TypeComparison comparison, Place from, String name, int depth) {
    Btf btf = comparison.kernel();
    if (depth > MAXIMUM_STEPS || !(btf.type(from.type()) instanceof BtfType.Composite composite)) {
      return Optional.empty();
    }
    int index = 0;
    for (BtfType.Member member : composite.members()) {
      comparison.spend();
      index++;
      if (member.name().equals(name)) {
        boolean last = index == composite.members().size();
        return Optional.of(
            new Found(new Step.Member(name, member.type(), last), into(btf, from, member)));
      }
      if (member.name().isEmpty()) {
        Optional<Found> inner = member(comparison, into(btf, from, member), name, depth + 1);
        if (inner.isPresent()) {
          return inner;
        }
      }
    }
    return Optional.empty();
  }

  private static Place begin(Btf btf, int root, long index) {
    int type = btf.resolve(root);
    return new Place(type, index == 0 ? 0 : bits(btf, type, index), 0);
  }

  private static Place into(Btf btf, Place from, BtfType.Member member) {
    return new Place(
        btf.resolve(member.type()), from.bitOffset() + member.bitOffset(), member.bits());
  }

  private static Place element(Btf btf, Place from, BtfType.Array array, long index) {
    int type = btf.resolve(array.element());
    return new Place(type, from.bitOffset() + bits(btf, type, index), 0);
  }

  /** An array of length 0 that ends a structure stands for any length. */
  private static boolean reaches(Step before, BtfType.Array array, long index) {
    return index < Integer.toUnsignedLong(array.count())
        || array.count() == 0 && before instanceof Step.Member member && member.last();
  }

  private static long bits(Btf btf, int type, long index) {
    long bits = Math.multiplyHigh(index * 8, btf.sizeOf(type)) == 0 ? index * 8 : -1;
    long offset = bits * btf.sizeOf(type);
    // No structure is larger than 4 GiB.
    if (bits < 0 || offset < 0 || offset >>> 35 != 0) {
      throw new BtfException("a CO-RE access leads to element " + index + ", which is too far");
    }
    return offset;
  }
}
