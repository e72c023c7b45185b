package dev.whistler.compiler.reference;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.tree.TypedUnit;

/** From a typed unit to an object: the part of the compiler that execution puts to the test. */
public interface CodeGenerator {
  /** Generates code. */
  GeneratedCode code(TypedUnit unit, CompilationOptions options);

  /**
   * Generates an object.
   *
   * @param unit a unit without errors
   * @param source the text it was made from
   * @return the bytes of an ELF file
   */
  byte[] object(TypedUnit unit, String source, CompilationOptions options);
}
