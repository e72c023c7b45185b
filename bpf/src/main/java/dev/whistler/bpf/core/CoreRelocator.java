package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.btf.BtfType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers an object's questions about kernel types and writes the answers into its code, by the
 * rules of libbpf (relo_core.c). One for all programs of an object: where the kernel has several
 * types of one name, those that lack a field that was asked for are out for all later questions.
 */
public final class CoreRelocator {
  private static final String SEVERAL =
      "the kernel has several types %s that answer differently; the object cannot be fitted to it";

  private final Btf local;
  private final Btf kernel;
  private final TypeComparison comparison;

  /** Local type → kernel types that may stand for it. */
  private final Map<Integer, List<Integer>> candidates = new HashMap<>();

  /**
   * For one object and one kernel.
   *
   * @param local the object's type information
   * @param kernel the kernel's
   */
  public CoreRelocator(Btf local, Btf kernel) {
    this.local = local;
    this.kernel = kernel;
    this.comparison = new TypeComparison(local, kernel);
  }

  /**
   * Changes code in place. An instruction whose question has no answer is replaced by one that the
   * verifier refuses, so that code which is never reached does no harm.
   *
   * @param relocations slot → question
   * @return slot → why the instruction there was replaced, as "the kernel's struct cfs_rq has no
   *     nr_running"
   * @throws BtfException if a question is damaged, or two kernel types of one name disagree
   */
  public Map<Integer, String> apply(byte[] code, Map<Integer, BtfExt.CoreRelocation> relocations) {
    InstructionPatch patch = new InstructionPatch(code);
    Map<Integer, String> poisoned = new TreeMap<>();
    relocations.forEach(
        (slot, relocation) ->
            patch.apply(slot, answer(relocation)).ifPresent(why -> poisoned.put(slot, why)));
    return poisoned;
  }

  private Answer answer(BtfExt.CoreRelocation relocation) {
    CoreKind kind = kind(relocation);
    Question question = question(kind, relocation);
    if (kind == CoreKind.TYPE_ID_LOCAL) {
      return new Answer.Value(relocation.type(), false, relocation.type(), new Answer.Width.Same());
    }
    String name = TypeComparison.essential(local.type(relocation.type()).name());
    if (name.isEmpty()) {
      throw new BtfException("a CO-RE relocation asks about a type without a name");
    }
    List<Integer> known = candidates.computeIfAbsent(relocation.type(), type -> named(name, type));
    List<Integer> remaining = new ArrayList<>();
    Target first = null;
    for (int candidate : known) {
      Target target = question.in(candidate).orElse(null);
      if (target != null) {
        if (first != null && !first.agrees(target)) {
          throw new BtfException(SEVERAL.formatted(name));
        }
        first = first == null ? target : first;
        remaining.add(candidate);
      }
    }
    if (!remaining.isEmpty()) {
      candidates.put(relocation.type(), remaining);
    }
    return question.answer(first, known.isEmpty());
  }

  private static CoreKind kind(BtfExt.CoreRelocation relocation) {
    CoreKind[] kinds = CoreKind.values();
    if (relocation.kind() < 0 || relocation.kind() >= kinds.length) {
      throw new BtfException(
          "the object has a CO-RE relocation of unknown kind " + relocation.kind());
    }
    return kinds[relocation.kind()];
  }

  /** Kernel types of the name, flavours aside, and of the same kind of type. */
  private List<Integer> named(String name, int mine) {
    List<Integer> found = new ArrayList<>();
    for (int id : kernel.findAll(name)) {
      found.add(id);
    }
    for (int id : kernel.flavoured()) {
      if (TypeComparison.essential(kernel.type(id).name()).equals(name)) {
        found.add(id);
      }
    }
    BtfType type = local.type(mine);
    return found.stream()
        .filter(id -> TypeComparison.essential(kernel.type(id).name()).equals(name))
        .filter(id -> TypeComparison.sameKind(type, kernel.type(id)))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * What a question yields at a kernel type.
   *
   * @param place the field's, null unless a field is asked for
   */
  private record Target(long value, FieldPath.@Nullable Place place, @Nullable FieldPath path) {
    boolean agrees(Target other) {
      return value == other.value
          && (place == null
              || Objects.requireNonNull(other.place).bitOffset() == place.bitOffset());
    }
  }

  /** A relocation, understood. */
  private interface Question {
    /** The answer of one kernel type; empty if it is not what is asked about. */
    Optional<Target> in(int candidate);

    /**
     * What to do.
     *
     * @param target the answer, or null if no type gives one
     * @param unknown whether the kernel has no type of the name
     */
    Answer answer(@Nullable Target target, boolean unknown);
  }

  private Question question(CoreKind kind, BtfExt.CoreRelocation relocation) {
    if (kind.isField()) {
      return new FieldQuestion(
          kind, relocation, FieldPath.ofAccess(local, relocation.type(), relocation.access()));
    }
    if (kind.isEnumerator()) {
      return new EnumeratorQuestion(kind, relocation);
    }
    if (AccessString.single(relocation.access()) != 0) {
      throw new BtfException("CO-RE access " + relocation.access() + " to a type is damaged");
    }
    return new TypeQuestion(kind, relocation.type());
  }

  private final class FieldQuestion implements Question {
    private final CoreKind kind;
    private final int type;
    private final FieldPath mine;

    FieldQuestion(CoreKind kind, BtfExt.CoreRelocation relocation, FieldPath mine) {
      this.kind = kind;
      this.type = relocation.type();
      this.mine = mine;
    }

    @Override
    public Optional<Target> in(int candidate) {
      return mine.in(comparison, candidate)
          .map(path -> new Target(FieldValue.of(kind, path), path.place(), path));
    }

    @Override
    public Answer answer(@Nullable Target target, boolean unknown) {
      long original = FieldValue.of(kind, mine);
      if (target == null) {
        return kind == CoreKind.FIELD_EXISTS
            ? new Answer.Value(original, true, 0, new Answer.Width.Same())
            : new Answer.None(unknown ? hasNo(type) : lacks(type, field()));
      }
      // About a bit-field, the compiler may have chosen another word than we do.
      boolean checked =
          mine.place().bits() == 0
              || kind == CoreKind.FIELD_SIGNED
              || kind == CoreKind.FIELD_RSHIFT_U64
              || kind == CoreKind.FIELD_EXISTS;
      return new Answer.Value(
          original,
          checked,
          target.value(),
          kind == CoreKind.FIELD_BYTE_OFFSET
              ? width(Objects.requireNonNull(target.path()))
              : new Answer.Width.Same());
    }

    /** Only unsigned numbers and pointers mean the same when read in another width. */
    private Answer.Width width(FieldPath theirs) {
      long from = accessed(mine);
      long to = accessed(theirs);
      if (from == to) {
        return new Answer.Width.Same();
      }
      BtfType before = local.type(mine.place().type());
      BtfType now = kernel.type(theirs.place().type());
      // One of the two is a bit-field, which no plain load reads.
      boolean bits = from == 0 || to == 0;
      boolean pointers = before instanceof BtfType.Pointer && now instanceof BtfType.Pointer;
      boolean unsigned =
          before instanceof BtfType.Int a
              && now instanceof BtfType.Int b
              && !isOnlySigned(a)
              && !isOnlySigned(b);
      return !bits && (pointers || unsigned)
          ? new Answer.Width.Changed(from, to)
          : new Answer.Width.Wrong(
              "the kernel's %s has %s as %s, where the program was compiled for %s"
                  .formatted(described(type), field(), width(to), width(from)));
    }

    private String field() {
      return mine.text().replaceFirst("^\\.", "");
    }

    private static String width(long bytes) {
      return bytes == 0 ? "a bit-field" : "a value of " + bytes + " bytes";
    }
  }

  private static boolean isOnlySigned(BtfType.Int type) {
    return type.signed() && !type.bool();
  }

  /** Bytes of a field, of an array those of its elements; 0 for a bit-field. */
  private static long accessed(FieldPath path) {
    if (path.place().bits() != 0 && !path.endsAtElement()) {
      return 0;
    }
    int type = path.place().type();
    if (!path.endsAtElement()) {
      while (path.btf().type(type) instanceof BtfType.Array array) {
        type = path.btf().resolve(array.element());
      }
    }
    return path.btf().sizeOf(type);
  }

  private final class EnumeratorQuestion implements Question {
    private final CoreKind kind;
    private final int type;
    private final BtfType.Enumerator mine;

    EnumeratorQuestion(CoreKind kind, BtfExt.CoreRelocation relocation) {
      this.kind = kind;
      this.type = relocation.type();
      int index = AccessString.single(relocation.access());
      if (!(local.type(local.resolve(type)) instanceof BtfType.Enumeration enumeration)
          || index >= enumeration.values().size()) {
        throw new BtfException("CO-RE access " + relocation.access() + " leads nowhere");
      }
      this.mine = enumeration.values().get(index);
    }

    @Override
    public Optional<Target> in(int candidate) {
      if (kernel.type(kernel.resolve(candidate)) instanceof BtfType.Enumeration theirs) {
        String name = TypeComparison.essential(mine.name());
        for (BtfType.Enumerator value : theirs.values()) {
          if (TypeComparison.essential(value.name()).equals(name)) {
            return Optional.of(
                new Target(kind == CoreKind.ENUMVAL_EXISTS ? 1 : value.value(), null, null));
          }
        }
      }
      return Optional.empty();
    }

    @Override
    public Answer answer(@Nullable Target target, boolean unknown) {
      boolean exists = kind == CoreKind.ENUMVAL_EXISTS;
      if (target == null && !exists) {
        return new Answer.None(
            unknown ? hasNo(type) : lacks(type, TypeComparison.essential(mine.name())));
      }
      return new Answer.Value(
          exists ? 1 : mine.value(),
          true,
          target == null ? 0 : target.value(),
          new Answer.Width.Same());
    }
  }

  private final class TypeQuestion implements Question {
    private final CoreKind kind;
    private final int type;

    TypeQuestion(CoreKind kind, int type) {
      this.kind = kind;
      this.type = type;
    }

    @Override
    public Optional<Target> in(int candidate) {
      boolean answers =
          kind == CoreKind.TYPE_MATCHES
              ? comparison.matches(type, candidate)
              : comparison.compatible(type, candidate);
      return answers
          ? Optional.of(new Target(value(kernel, candidate), null, null))
          : Optional.empty();
    }

    private long value(Btf btf, int id) {
      return switch (kind) {
        case TYPE_EXISTS, TYPE_MATCHES -> 1;
        case TYPE_SIZE -> btf.sizeOf(id);
        default -> id;
      };
    }

    /** What the kernel does not have has size and id 0. */
    @Override
    public Answer answer(@Nullable Target target, boolean unknown) {
      boolean checked = kind != CoreKind.TYPE_ID_TARGET;
      return new Answer.Value(
          value(local, type),
          checked,
          target == null ? 0 : target.value(),
          new Answer.Width.Same());
    }
  }

  private String hasNo(int type) {
    return "the kernel has no " + described(type);
  }

  private String lacks(int type, String what) {
    return "the kernel's " + described(type) + " has no " + what;
  }

  /** The type as C writes it, without its flavour. */
  private String described(int type) {
    BtfType named = local.type(type);
    String keyword =
        switch (named) {
          case BtfType.Composite composite -> composite.union() ? "union " : "struct ";
          case BtfType.Forward forward -> forward.union() ? "union " : "struct ";
          case BtfType.Enumeration _ -> "enum ";
          default -> "";
        };
    return keyword + TypeComparison.essential(named.name());
  }
}
