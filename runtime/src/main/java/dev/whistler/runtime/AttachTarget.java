package dev.whistler.runtime;

import java.nio.file.Path;

/**
 * Where one program attaches whose section does not say so.
 *
 * @param program name of the program as in the source, or its symbol
 * @param place where it goes
 */
public record AttachTarget(String program, Place place) {

  /** A place in the system to which a program attaches. */
  public sealed interface Place {}

  /** A network interface by name, for XDP and tc. */
  public record Interface(String name) implements Place {}

  /** A cgroup v2 directory. */
  public record Cgroup(Path path) implements Place {}

  /**
   * A place in a binary.
   *
   * @param file the executable or shared library
   * @param symbol the function, from the file's symbol tables
   * @param offset bytes after the symbol, ≥ 0
   */
  public record Uprobe(Path file, String symbol, long offset) implements Place {
    public Uprobe {
      if (offset < 0) {
        throw new IllegalArgumentException("A uprobe's offset is not negative: " + offset + ".");
      }
    }
  }
}
