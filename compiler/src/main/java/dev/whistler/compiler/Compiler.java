package dev.whistler.compiler;

/** The compiler. Stateless: {@link #compile} may be called from several threads at once. */
public final class Compiler {
  private Compiler() {}

  /**
   * Compiles one unit.
   *
   * @return an object, or the errors why there is none. Never throws for bad input.
   */
  public static CompilationResult compile(CompilationRequest request) {
    throw new UnsupportedOperationException("not yet");
  }
}
