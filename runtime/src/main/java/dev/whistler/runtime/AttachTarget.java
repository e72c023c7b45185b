package dev.whistler.runtime;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where one program attaches whose section does not say so.
 *
 * @param program name of the program as in the source, or its symbol
 * @param place where it goes
 */
public record AttachTarget(String program, Place place) {

  /** A place in the system to which a program attaches. */
  public sealed interface Place {}

  /** Which packets of an interface a tc program sees. */
  public enum Direction {
    INGRESS,
    EGRESS
  }

  /**
   * A network interface, for XDP and tc.
   *
   * @param name of the interface
   * @param direction for tc programs whose section does not say it; else null
   */
  public record Interface(String name, @Nullable Direction direction) implements Place {
    /** An interface without a direction. */
    public Interface(String name) {
      this(name, null);
    }
  }

  /** A cgroup v2 directory. */
  public record Cgroup(Path path) implements Place {}

  /**
   * A place in a binary.
   *
   * @param file the executable or shared library
   * @param symbol the function, from the file's symbol tables, {@code NAME@VERSION} and {@code
   *     NAME@@VERSION} among them; a number is the place in the file itself, in bytes; for programs
   *     of many places a pattern
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
