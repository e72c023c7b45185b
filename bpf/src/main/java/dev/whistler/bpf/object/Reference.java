package dev.whistler.bpf.object;

/** Something outside of a function that one of its instructions refers to. */
public sealed interface Reference {
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
