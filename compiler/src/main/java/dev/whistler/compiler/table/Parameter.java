package dev.whistler.compiler.table;

import dev.whistler.compiler.type.MapType;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a helper takes in one place (the argument codes of appendix E). */
public sealed interface Parameter {
  /** A number: {@code x}. */
  record Word() implements Parameter {}

  /** The program's context: {@code c}. */
  record Context(boolean zeroAllowed) implements Parameter {}

  /**
   * A map: {@code m}, {@code m:TYPE}.
   *
   * @param name as the table names the type, or null for any map
   * @param types those that are taken
   */
  record MapOf(@Nullable String name, Set<MapType> types) implements Parameter {
    public MapOf {
      types = Set.copyOf(types);
    }
  }

  /** A key of the map before it, by the slot rule: {@code k}. */
  record Key(boolean zeroAllowed) implements Parameter {}

  /** A value of the map before it, by the slot rule: {@code v}. */
  record ValueOf(boolean zeroAllowed) implements Parameter {}

  /** Memory of the size of a value of the map before it, which is written: {@code W}. */
  record ValueBytes() implements Parameter {}

  /** Memory of the program: {@code r2}, {@code w=8}, {@code rw4}. */
  record Memory(Access access, Size size, boolean zeroAllowed) implements Parameter {}

  /** Memory of a process or of the kernel, which is not checked: {@code a}. */
  record ForeignAddress(boolean zeroAllowed) implements Parameter {}

  /** A constant string: {@code s}. */
  record Text() implements Parameter {}

  /**
   * A socket, task, inode or the like: {@code K}.
   *
   * @param orContext whether the context is taken, too: {@code cK}
   */
  record KernelObject(boolean orContext, boolean zeroAllowed) implements Parameter {}

  /** A record that was reserved in a ring buffer: {@code R}. */
  record Reservation() implements Parameter {}

  /** Any pointer: {@code p}. */
  record AnyPointer(boolean zeroAllowed) implements Parameter {}

  /** A function that the kernel calls back before the helper returns: {@code f}. */
  record Callback() implements Parameter {}

  /** A dynptr, a timer or a lock, which level 2 of the language does not have. */
  record Later() implements Parameter {}

  /** What a helper does with memory. */
  enum Access {
    READ,
    WRITE,
    BOTH
  }

  /** How many bytes of memory. */
  sealed interface Size {
    /** The value of another argument, counted from 0. */
    record Argument(int index) implements Size {}

    /** That many. */
    record Fixed(int bytes) implements Size {}

    /** What the kernel knows of the memory's type. */
    record Implied() implements Size {}
  }

  /** Whether 0 stands for nothing here: {@code ?}. */
  default boolean zeroAllowed() {
    return false;
  }

  /** Reads a code of the table; a sign that it does not have fails when the table is read. */
  static Parameter parse(String written) {
    boolean zero = written.endsWith("?");
    String code = zero ? written.substring(0, written.length() - 1) : written;
    return switch (code) {
      case "x" -> new Word();
      case "c" -> new Context(zero);
      case "m" -> new MapOf(null, EnumSet.allOf(MapType.class));
      case "k" -> new Key(zero);
      case "v" -> new ValueOf(zero);
      case "W" -> new ValueBytes();
      case "a" -> new ForeignAddress(zero);
      case "s" -> new Text();
      case "K" -> new KernelObject(false, zero);
      case "cK" -> new KernelObject(true, zero);
      case "R" -> new Reservation();
      case "p" -> new AnyPointer(zero);
      case "f" -> new Callback();
      case "D", "T", "L" -> new Later();
      default ->
          code.startsWith("m:")
              ? new MapOf(code.substring(2), related(code.substring(2)))
              : memory(code, zero);
    };
  }

  private static Memory memory(String code, boolean zero) {
    Access access =
        code.startsWith("rw") ? Access.BOTH : code.startsWith("w") ? Access.WRITE : Access.READ;
    if (access == Access.READ && !code.startsWith("r")) {
      throw new IllegalStateException("unknown argument code " + code);
    }
    String size = code.substring(access == Access.BOTH ? 2 : 1);
    return new Memory(
        access,
        size.isEmpty()
            ? new Size.Implied()
            : size.startsWith("=")
                ? new Size.Fixed(Integer.parseInt(size.substring(1)))
                : new Size.Argument(Integer.parseInt(size) - 1),
        zero);
  }

  private static Set<MapType> related(String type) {
    return switch (type) {
      case "devmap" -> Set.of(MapType.DEVMAP, MapType.DEVMAP_HASH, MapType.CPUMAP, MapType.XSKMAP);
      case "queue" -> Set.of(MapType.QUEUE, MapType.STACK, MapType.BLOOM_FILTER);
      case "sockmap" -> Set.of(MapType.SOCKMAP, MapType.SOCKHASH);
      case "percpu-array" ->
          Set.of(MapType.PERCPU_ARRAY, MapType.PERCPU_HASH, MapType.LRU_PERCPU_HASH);
      // Maps of a type that the language does not have: no map is taken.
      default -> MapType.named(type).map(Set::of).orElse(Set.of());
    };
  }
}
