package dev.whistler.bpf.object;

/** Something outside of a function that one of its instructions refers to. */
public sealed interface Reference {
  /**
   * The map that it refers to, by its symbol or, for a data section, by the section.
   *
   * @throws IllegalStateException for what is linked before code is loaded
   */
  default String mapName() {
    return switch (this) {
      case Map map -> map.name();
      case Data data -> data.section();
      case Function _, Absent _ ->
          throw new IllegalStateException(this + " is linked before loading");
    };
  }

  /** A weak symbol that nothing defines: its address is 0, and it cannot be called. */
  record Absent(String name) implements Reference {}

  /** The address of a map, by its symbol. */
  record Map(String name) implements Reference {}

  /** An address in a data section. */
  record Data(String section, int offset) implements Reference {}

  /**
   * A function: called, or its address taken for a callback.
   *
   * @param section index of its ELF section
   * @param offset bytes in the section
   */
  record Function(int section, int offset) implements Reference {}
}
