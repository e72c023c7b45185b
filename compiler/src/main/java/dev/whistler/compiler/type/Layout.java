package dev.whistler.compiler.type;

/** Something with a size that pointers may be tagged with. */
public sealed interface Layout permits StructLayout, UnionLayout, KernelLayout {
  /** The name in source text, lower case with hyphens. */
  String name();

  /** The C name (section 3.4). */
  String cName();

  /** Size in bytes, padding included. */
  int size();

  /** Alignment in bytes. */
  int align();
}
