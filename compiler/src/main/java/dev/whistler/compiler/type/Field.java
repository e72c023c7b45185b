package dev.whistler.compiler.type;

/**
 * What the kernel says of one field, or a table of what it promises: of a tracepoint's record, of
 * one of its structs, of a context, or of the words that hold a function's arguments.
 *
 * <p>Not of a {@link StructField}, which a source defines: that has a C name, a kind and a
 * documentation, and where it lies we decide.
 *
 * @param name the kernel's name; in a context that of the source
 * @param offset bytes from the start
 * @param shape what is there
 * @param cType the name of its C type: as written for a tracepoint, without name and bound; else
 *     that of the struct that it is or points to, or of its typedef ({@code pid_t}); empty if none
 */
public record Field<S extends Shape>(String name, int offset, S shape, String cType) {
  /** Bytes of the whole field. */
  public int size() {
    return shape.size();
  }
}
