package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.btf.BtfType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Answers an object's questions about kernel types and writes the answers into its code. */
public final class CoreRelocator {
  private final Btf local;
  private final Btf kernel;

  /**
   * For one object and one kernel.
   *
   * @param local the object's type information
   * @param kernel the kernel's
   */
  public CoreRelocator(Btf local, Btf kernel) {
    this.local = local;
    this.kernel = kernel;
  }

  /**
   * Changes code in place. An instruction whose question has no answer is replaced by one that the
   * verifier refuses, so that code which is never reached does no harm.
   *
   * @param relocations slot → question
   * @throws BtfException if a question is damaged, or two kernel types of one name disagree
   */
  public void apply(byte[] code, Map<Integer, BtfExt.CoreRelocation> relocations) {
    InstructionPatch patch = new InstructionPatch(code);
    relocations.forEach(
        (slot, relocation) -> {
          CoreKind kind = kind(relocation);
          OptionalLong value = answer(kind, relocation);
          if (value.isEmpty()) {
            patch.poison(slot);
          } else {
            patch.set(slot, value.getAsLong());
            if (kind == CoreKind.FIELD_BYTE_OFFSET) {
              fieldBytes(relocation).ifPresent(bytes -> patch.resizeLoad(slot, bytes));
            }
          }
        });
  }

  private static CoreKind kind(BtfExt.CoreRelocation relocation) {
    CoreKind[] kinds = CoreKind.values();
    if (relocation.kind() < 0 || relocation.kind() >= kinds.length) {
      throw new BtfException(
          "the object has a CO-RE relocation of unknown kind " + relocation.kind());
    }
    return kinds[relocation.kind()];
  }

  private OptionalLong answer(CoreKind kind, BtfExt.CoreRelocation relocation) {
    if (kind == CoreKind.TYPE_ID_LOCAL) {
      return OptionalLong.of(relocation.type());
    }
    int type = local.resolve(relocation.type());
    String name = essential(local.type(relocation.type()).name(), local.type(type).name());
    OptionalLong found = OptionalLong.empty();
    for (int candidate : candidates(name, local.type(type))) {
      OptionalLong value = answer(kind, relocation, type, candidate);
      if (found.isPresent() && value.isPresent() && found.getAsLong() != value.getAsLong()) {
        throw new BtfException(
            "the kernel has several types "
                + name
                + " that answer differently; the object cannot be fitted to it");
      }
      found = value.isPresent() ? value : found;
    }
    return found.isEmpty() && kind.asksExistence() ? OptionalLong.of(0) : found;
  }

  private OptionalLong answer(
      CoreKind kind, BtfExt.CoreRelocation relocation, int type, int candidate) {
    if (kind.isField()) {
      FieldPath path = FieldPath.ofAccess(local, type, relocation.access());
      return FieldPath.follow(kernel, candidate, path.steps())
          .filter(place -> alike(path.place().type(), place.type()))
          .map(place -> OptionalLong.of(FieldValue.of(kind, kernel, place)))
          .orElseGet(OptionalLong::empty);
    }
    if (kind.isEnumerator()) {
      return enumerator(kind, relocation, type, candidate);
    }
    return switch (kind) {
      case TYPE_EXISTS, TYPE_MATCHES -> OptionalLong.of(1);
      case TYPE_SIZE -> OptionalLong.of(kernel.sizeOf(candidate));
      default -> OptionalLong.of(candidate);
    };
  }

  private OptionalLong enumerator(
      CoreKind kind, BtfExt.CoreRelocation relocation, int type, int candidate) {
    if (local.type(type) instanceof BtfType.Enumeration mine
        && kernel.type(candidate) instanceof BtfType.Enumeration theirs) {
      int index = Integer.parseInt(relocation.access());
      if (index < 0 || index >= mine.values().size()) {
        throw new BtfException("CO-RE access " + relocation.access() + " leads nowhere");
      }
      String name = essential(mine.values().get(index).name());
      for (BtfType.Enumerator value : theirs.values()) {
        if (essential(value.name()).equals(name)) {
          return OptionalLong.of(kind == CoreKind.ENUMVAL_EXISTS ? 1 : value.value());
        }
      }
    }
    return OptionalLong.empty();
  }

  /** Kernel types of the name and of the same kind of type. */
  private List<Integer> candidates(String name, BtfType mine) {
    if (name.isEmpty()) {
      return List.of();
    }
    return Arrays.stream(kernel.findAll(name))
        .filter(id -> sameKind(mine, kernel.type(kernel.resolve(id))))
        .map(kernel::resolve)
        .distinct()
        .boxed()
        .toList();
  }

  private static boolean sameKind(BtfType mine, BtfType theirs) {
    return switch (mine) {
      case BtfType.Composite composite ->
          theirs instanceof BtfType.Composite other && other.union() == composite.union();
      // A type that the object only declares is of either kind.
      case BtfType.Forward ignored -> theirs instanceof BtfType.Composite;
      default -> mine.getClass() == theirs.getClass();
    };
  }

  /** Whether a field may stand for another: kinds agree, sizes and names of types need not. */
  private boolean alike(int mine, int theirs) {
    BtfType a = local.type(mine);
    BtfType b = kernel.type(theirs);
    return switch (a) {
      case BtfType.Composite ignored -> b instanceof BtfType.Composite;
      case BtfType.Int ignored -> b instanceof BtfType.Int || b instanceof BtfType.Enumeration;
      case BtfType.Enumeration ignored ->
          b instanceof BtfType.Int || b instanceof BtfType.Enumeration;
      case BtfType.Forward ignored -> b instanceof BtfType.Forward;
      case BtfType.Array array ->
          b instanceof BtfType.Array other
              && alike(local.resolve(array.element()), kernel.resolve(other.element()));
      default -> a.getClass() == b.getClass();
    };
  }

  /** Bytes of the kernel's field where a load of another width would read it wrong. */
  private Optional<Integer> fieldBytes(BtfExt.CoreRelocation relocation) {
    int type = local.resolve(relocation.type());
    FieldPath path = FieldPath.ofAccess(local, type, relocation.access());
    FieldPath.Place mine = path.place();
    for (int candidate :
        candidates(
            essential(local.type(relocation.type()).name(), local.type(type).name()),
            local.type(type))) {
      Optional<FieldPath.Place> place = FieldPath.follow(kernel, candidate, path.steps());
      if (place.isPresent()
          && isScalar(local.type(mine.type()))
          && isScalar(kernel.type(place.get().type()))
          && mine.bits() == 0
          && place.get().bits() == 0) {
        long ours = local.sizeOf(mine.type());
        long theirs = kernel.sizeOf(place.get().type());
        if (ours != theirs) {
          return Optional.of((int) theirs);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isScalar(BtfType type) {
    return switch (type) {
      case BtfType.Int integer -> !integer.signed();
      case BtfType.Enumeration ignored -> true;
      case BtfType.Pointer ignored -> true;
      default -> false;
    };
  }

  private static String essential(String given, String resolved) {
    return essential(given.isEmpty() ? resolved : given);
  }

  /** The name without a flavour: {@code task_struct___old} asks about task_struct. */
  private static String essential(String name) {
    int flavour = name.indexOf("___");
    return flavour > 0 ? name.substring(0, flavour) : name;
  }
}
