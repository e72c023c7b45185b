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

  /** A step: into a member by name, or to an element by index. */
  sealed interface Step {
    /** Into a named member; unnamed ones on the way are passed through. */
    record Member(String name) implements Step {}

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

  private final List<Step> steps;
  private final Place place;

  private FieldPath(List<Step> steps, Place place) {
    this.steps = steps;
    this.place = place;
  }

  List<Step> steps() {
    return steps;
  }

  Place place() {
    return place;
  }

  /** Follows clang's access string, which counts members of the local type. */
  static FieldPath ofAccess(Btf btf, int root, String access) {
    String[] parts = access.split(":");
    if (parts.length > MAXIMUM_STEPS) {
      throw new BtfException("CO-RE access " + access + " is too long");
    }
    List<Step> steps = new ArrayList<>();
    long first = number(access, parts[0]);
    steps.add(new Step.Element(first));
    int type = btf.resolve(root);
    long bitOffset = first == 0 ? 0 : first * btf.sizeOf(type) * 8;
    int bits = 0;
    for (int i = 1; i < parts.length; i++) {
      long index = number(access, parts[i]);
      switch (btf.type(type)) {
        case BtfType.Composite composite -> {
          if (index >= composite.members().size()) {
            throw new BtfException("CO-RE access " + access + " leads nowhere");
          }
          BtfType.Member member = composite.members().get((int) index);
          bitOffset += member.bitOffset();
          bits = member.bits();
          type = btf.resolve(member.type());
          if (!member.name().isEmpty()) {
            steps.add(new Step.Member(member.name()));
          }
        }
        case BtfType.Array array -> {
          type = btf.resolve(array.element());
          bitOffset += index * btf.sizeOf(type) * 8;
          steps.add(new Step.Element(index));
        }
        default -> throw new BtfException("CO-RE access " + access + " leads through no structure");
      }
    }
    return new FieldPath(steps, new Place(type, bitOffset, bits));
  }

  /** Follows the same names in another type. */
  static Optional<Place> follow(Btf btf, int root, List<Step> steps) {
    int type = btf.resolve(root);
    long first = steps.getFirst() instanceof Step.Element element ? element.index() : 0;
    Place at = new Place(type, first == 0 ? 0 : first * btf.sizeOf(type) * 8, 0);
    for (Step step : steps.subList(1, steps.size())) {
      Optional<Place> next =
          switch (step) {
            case Step.Member member -> member(btf, at, member.name(), 0);
            case Step.Element element -> element(btf, at, element.index());
          };
      if (next.isEmpty()) {
        return next;
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private static Optional<Place> member(Btf btf, Place from, String name, int depth) {
    if (depth > MAXIMUM_STEPS || !(btf.type(from.type()) instanceof BtfType.Composite composite)) {
      return Optional.empty();
    }
    for (BtfType.Member member : composite.members()) {
      Place place =
          new Place(
              btf.resolve(member.type()), from.bitOffset() + member.bitOffset(), member.bits());
      if (member.name().equals(name)) {
        return Optional.of(place);
      }
      if (member.name().isEmpty()) {
        Optional<Place> inner = member(btf, place, name, depth + 1);
        if (inner.isPresent()) {
          return inner;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Place> element(Btf btf, Place from, long index) {
    if (!(btf.type(from.type()) instanceof BtfType.Array array)) {
      return Optional.empty();
    }
    // An array of length 0 at the end of a structure stands for any length.
    if (array.count() != 0 && index >= Integer.toUnsignedLong(array.count())) {
      return Optional.empty();
    }
    int type = btf.resolve(array.element());
    return Optional.of(new Place(type, from.bitOffset() + index * btf.sizeOf(type) * 8, 0));
  }

  private static long number(String access, String part) {
    try {
      return Long.parseLong(part);
    } catch (NumberFormatException e) {
      throw new BtfException("CO-RE access " + access + " is damaged");
    }
  }
}
