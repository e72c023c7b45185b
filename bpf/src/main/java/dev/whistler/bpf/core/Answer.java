package dev.whistler.bpf.core;

/**
 * What a relocation does to its instruction.
 *
 * @see InstructionPatch
 */
sealed interface Answer {
  /**
   * A number takes the place of another.
   *
   * @param original what the compiler wrote, by the object's own types
   * @param isChecked whether the instruction must hold the original
   * @param value the kernel's
   * @param width what happens to a load or store
   */
  record Value(long original, boolean isChecked, long value, Width width) implements Answer {}

  /**
   * There is no answer: the instruction must not be reached.
   *
   * @param why a sentence that names type and field
   */
  record None(String why) implements Answer {}

  /** Bytes that loads and stores of the field have. */
  sealed interface Width {
    /** They stay as they are. */
    record Same() implements Width {}

    /** From so many bytes to so many. */
    record Changed(long from, long to) implements Width {}

    /**
     * No load or store of this width is right.
     *
     * @param why a sentence that names the field
     */
    record Wrong(String why) implements Width {}
  }
}
