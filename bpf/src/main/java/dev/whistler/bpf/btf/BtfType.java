package dev.whistler.bpf.btf;

import java.util.List;

/** One type of BTF. Type ids refer to the same {@link Btf}; 0 is void. */
public sealed interface BtfType {
  /** The name; empty if the type has none. */
  default String name() {
    return "";
  }

  /** No type. */
  record Void() implements BtfType {}

  /**
   * An integer.
   *
   * @param size bytes
   * @param signed whether signed
   * @param bool whether a truth value
   */
  record Int(String name, int size, boolean signed, boolean bool) implements BtfType {}

  /** A floating-point number of so many bytes. */
  record Float(String name, int size) implements BtfType {}

  /** A pointer. */
  record Pointer(int target) implements BtfType {}

  /** An array of {@code count} elements. */
  record Array(int element, int index, int count) implements BtfType {}

  /**
   * A structure or union.
   *
   * @param size bytes
   */
  record Composite(String name, boolean union, int size, List<Member> members) implements BtfType {}

  /**
   * A member.
   *
   * @param name empty for an anonymous structure or union
   * @param bitOffset from the beginning of the structure
   * @param bits width of a bit-field, else 0
   */
  record Member(String name, int type, int bitOffset, int bits) {}

  /**
   * An enumeration.
   *
   * @param size bytes
   */
  record Enumeration(String name, int size, boolean signed, List<Enumerator> values)
      implements BtfType {}

  /** A name with its value. */
  record Enumerator(String name, long value) {}

  /** A structure or union that is only declared. */
  record Forward(String name, boolean union) implements BtfType {}

  /** Another name for a type. */
  record Typedef(String name, int target) implements BtfType {}

  /** const, volatile, restrict or a type tag around a type. */
  record Qualifier(String name, Kind kind, int target) implements BtfType {}

  /** Kinds of {@link Qualifier}. */
  enum Kind {
    VOLATILE,
    CONST,
    RESTRICT,
    TYPE_TAG
  }

  /**
   * A function.
   *
   * @param prototype id of its {@link Prototype}
   * @param linkage 0 static, 1 global, 2 extern
   */
  record Function(String name, int prototype, int linkage) implements BtfType {}

  /** Result and parameters of a function. */
  record Prototype(int result, List<Parameter> parameters) implements BtfType {}

  /** A parameter; the last one of a variadic function has no name and type 0. */
  record Parameter(String name, int type) {}

  /**
   * A variable.
   *
   * @param linkage 0 static, 1 global, 2 extern
   */
  record Variable(String name, int type, int linkage) implements BtfType {}

  /**
   * The variables of an ELF section.
   *
   * @param size bytes; 0 where the compiler left it to the loader
   */
  record DataSection(String name, int size, List<Placed> variables) implements BtfType {}

  /** A variable in its section. */
  record Placed(int variable, int offset, int size) {}

  /** A tag on a type, member or parameter. */
  record DeclarationTag(String name, int target, int component) implements BtfType {}
}
