package dev.whistler.compiler.kernel;

/**
 * A kernel's types where they are kept. Asked at each question, so that whoever keeps them may drop
 * what was read of them and read it again. Whoever has all types in one piece answers both
 * questions with it.
 */
public interface TypeSource {
  /**
   * Structs, unions and typedefs, and those functions that are asked for most, if they are kept
   * apart from the others.
   *
   * @throws MalformedKernelException if they are not what a kernel has
   */
  ParsedTypes types();

  /**
   * The same with all functions.
   *
   * @throws MalformedKernelException if they are not what a kernel has
   */
  ParsedTypes withFunctions();
}
