package dev.whistler.compiler.reference;

/** The compiler itself. {@link MutantLoader} loads it with a defect in it. */
public final class WhistlerSourceCompiler implements SourceCompiler {
  @Override
  public byte[] compile(String source) {
    return Compilation.object(source, Compilation.options(3));
  }
}
