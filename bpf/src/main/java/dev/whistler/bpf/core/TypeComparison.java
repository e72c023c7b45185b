package dev.whistler.bpf.core;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfType;
import java.util.List;

/**
 * Compares types of an object with types of a kernel by the rules of libbpf (relo_core.c): how much
 * has to agree depends on what is asked.
 */
final class TypeComparison {
  private static final int MAXIMUM_DEPTH = 32;

  /** Steps in one object: real objects need thousands, damaged types could ask for any number. */
  private static final int MAXIMUM_STEPS = 20_000_000;

  private final Btf local;
  private final Btf kernel;
  private int steps;

  TypeComparison(Btf local, Btf kernel) {
    this.local = local;
    this.kernel = kernel;
  }

  Btf kernel() {
    return kernel;
  }

  /** Counts a step. */
  void spend() {
    if (++steps > MAXIMUM_STEPS) {
      throw new BtfException(
          "the object's types are so entangled that they cannot be fitted to the kernel's");
    }
  }

  /** The name without a flavour: {@code task_struct___old} asks about task_struct. */
  static String essential(String name) {
    for (int i = name.length() - 5; i >= 0; i--) {
      if (name.charAt(i) != '_' && name.startsWith("___", i + 1) && name.charAt(i + 4) != '_') {
        return name.substring(0, i + 1);
      }
    }
    return name;
  }

  /** Whether two types are of one kind, members and names aside; all enumerations are. */
  static boolean sameKind(BtfType mine, BtfType theirs) {
    return switch (mine) {
      case BtfType.Composite composite ->
          theirs instanceof BtfType.Composite other && other.union() == composite.union();
      case BtfType.Qualifier qualifier ->
          theirs instanceof BtfType.Qualifier other && other.kind() == qualifier.kind();
      default -> mine.getClass() == theirs.getClass();
    };
  }

  /** Whether a field may stand for another: kinds agree, sizes need not. */
  boolean fieldsAlike(int mine, int theirs) {
    int a = mine;
    int b = theirs;
    for (int depth = 0; depth < MAXIMUM_DEPTH; depth++) {
      BtfType ours = local.type(local.resolve(a));
      BtfType other = kernel.type(kernel.resolve(b));
      if (ours instanceof BtfType.Composite && other instanceof BtfType.Composite) {
        return true;
      }
      if (!sameKind(ours, other)) {
        return false;
      }
      switch (ours) {
        case BtfType.Array array when other instanceof BtfType.Array there -> {
          a = array.element();
          b = there.element();
        }
        case BtfType.Enumeration _, BtfType.Forward _ -> {
          return ours.name().isEmpty()
              || other.name().isEmpty()
              || essential(ours.name()).equals(essential(other.name()));
        }
        default -> {
          return ours instanceof BtfType.Pointer
              || ours instanceof BtfType.Float
              || ours instanceof BtfType.Int;
        }
      }
    }
    throw tooDeep();
  }

  /** Whether a type exists: kinds agree down to what pointers and functions lead to. */
  boolean compatible(int mine, int theirs) {
    return sameKind(local.type(mine), kernel.type(theirs)) && compatible(mine, theirs, 0);
  }

  private boolean compatible(int mine, int theirs, int level) {
    int a = mine;
    int b = theirs;
    for (int depth = level; depth < MAXIMUM_DEPTH; depth++) {
      spend();
      BtfType ours = local.type(local.resolve(a));
      BtfType other = kernel.type(kernel.resolve(b));
      if (!sameKind(ours, other)) {
        return false;
      }
      switch (ours) {
        case BtfType.Pointer pointer when other instanceof BtfType.Pointer there -> {
          a = pointer.target();
          b = there.target();
        }
        case BtfType.Array array when other instanceof BtfType.Array there -> {
          a = array.element();
          b = there.element();
        }
        case BtfType.Prototype function when other instanceof BtfType.Prototype there -> {
          if (function.parameters().size() != there.parameters().size()) {
            return false;
          }
          for (int i = 0; i < function.parameters().size(); i++) {
            int parameter = function.parameters().get(i).type();
            if (!compatible(parameter, there.parameters().get(i).type(), depth + 1)) {
              return false;
            }
          }
          a = function.result();
          b = there.result();
        }
        default -> {
          return ours instanceof BtfType.Void
              || ours instanceof BtfType.Composite
              || ours instanceof BtfType.Enumeration
              || ours instanceof BtfType.Forward
              || ours instanceof BtfType.Int;
        }
      }
    }
    throw tooDeep();
  }

  /** Whether a kernel type has all that a type of the object has: names, sizes and signs. */
  boolean matches(int mine, int theirs) {
    return matches(mine, theirs, false, 0);
  }

  private boolean matches(int mine, int theirs, boolean pointed, int level) {
    int a = mine;
    int b = theirs;
    boolean behindPointer = pointed;
    for (int depth = level; depth < MAXIMUM_DEPTH; depth++) {
      spend();
      BtfType ours = local.type(local.resolve(a));
      BtfType other = kernel.type(kernel.resolve(b));
      if (!namesMatch(ours.name(), other.name())) {
        return false;
      }
      switch (ours) {
        case BtfType.Pointer pointer when other instanceof BtfType.Pointer there -> {
          behindPointer = true;
          a = pointer.target();
          b = there.target();
        }
        case BtfType.Array array when other instanceof BtfType.Array there -> {
          if (array.count() != there.count()) {
            return false;
          }
          a = array.element();
          b = there.element();
        }
        case BtfType.Prototype function when other instanceof BtfType.Prototype there -> {
          if (function.parameters().size() != there.parameters().size()) {
            return false;
          }
          for (int i = 0; i < function.parameters().size(); i++) {
            int parameter = function.parameters().get(i).type();
            int wanted = there.parameters().get(i).type();
            if (!matches(parameter, wanted, behindPointer, depth + 1)) {
              return false;
            }
          }
          a = function.result();
          b = there.result();
        }
        case BtfType.Composite composite -> {
          return behindPointer
              ? declares(composite.union(), other)
              : other instanceof BtfType.Composite there
                  && there.union() == composite.union()
                  && membersMatch(composite, there, depth + 1);
        }
        case BtfType.Forward forward -> {
          return other instanceof BtfType.Forward there
              ? there.union() == forward.union()
              : behindPointer && declares(forward.union(), other);
        }
        case BtfType.Enumeration enumeration -> {
          return other instanceof BtfType.Enumeration there && valuesMatch(enumeration, there);
        }
        case BtfType.Int integer -> {
          return other instanceof BtfType.Int there
              && there.size() == integer.size()
              && there.signed() == integer.signed();
        }
        default -> {
          return ours instanceof BtfType.Void && other instanceof BtfType.Void;
        }
      }
    }
    throw tooDeep();
  }

  private static boolean declares(boolean union, BtfType type) {
    return switch (type) {
      case BtfType.Composite composite -> composite.union() == union;
      case BtfType.Forward forward -> forward.union() == union;
      default -> false;
    };
  }

  private boolean membersMatch(BtfType.Composite mine, BtfType.Composite theirs, int level) {
    if (mine.members().size() > theirs.members().size()) {
      return false;
    }
    for (BtfType.Member member : mine.members()) {
      if (!hasMember(theirs.members(), member, level)) {
        return false;
      }
    }
    return true;
  }

  private boolean hasMember(List<BtfType.Member> members, BtfType.Member wanted, int level) {
    for (BtfType.Member member : members) {
      spend();
      if (namesMatch(wanted.name(), member.name())
          && matches(wanted.type(), member.type(), false, level)) {
        return true;
      }
    }
    return false;
  }

  private boolean valuesMatch(BtfType.Enumeration mine, BtfType.Enumeration theirs) {
    if (mine.size() != theirs.size() || mine.values().size() > theirs.values().size()) {
      return false;
    }
    for (BtfType.Enumerator value : mine.values()) {
      boolean found = false;
      for (BtfType.Enumerator other : theirs.values()) {
        spend();
        found |= namesMatch(value.name(), other.name());
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }

  private static boolean namesMatch(String mine, String theirs) {
    return theirs.isEmpty() ? mine.isEmpty() : essential(mine).equals(essential(theirs));
  }

  private static BtfException tooDeep() {
    return new BtfException("a type that a CO-RE relocation asks about is nested too deep");
  }
}
