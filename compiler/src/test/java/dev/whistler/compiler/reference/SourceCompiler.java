package dev.whistler.compiler.reference;

/** A compiler from source to object, for all of it to be loaded with a defect in it. */
public interface SourceCompiler {
  /** The object's bytes, by all passes for v3. */
  byte[] compile(String source);
}
