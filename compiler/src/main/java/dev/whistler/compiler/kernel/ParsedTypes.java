package dev.whistler.compiler.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** BTF in which names are found. Safe for use by several threads. */
public final class ParsedTypes {
  /** Layouts that are remembered; a large one takes 30 KiB. */
  private static final int MAX_REMEMBERED = 256;

  private final byte[] base;
  private final BtfTypes index;
  private final BtfLayouts layouts;

  /** Only names that the kernel has: a source must not fill the memory with others. */
  private final Map<String, List<KernelStruct>> structs = new ConcurrentHashMap<>();

  private final Map<String, KernelFunction> functions = new ConcurrentHashMap<>();

  private ParsedTypes(byte[] base, BtfTypes index) {
    this.base = base;
    this.index = index;
    this.layouts = new BtfLayouts(index);
  }

  /**
   * Reads BTF.
   *
   * @param base not to be changed afterwards
   * @param split BTF on top of {@code base}, or null; not to be changed afterwards
   * @throws MalformedKernelException if it is none
   */
  public static ParsedTypes parse(byte[] base, byte @Nullable [] split) {
    return new ParsedTypes(base, BtfTypes.parse(base, split));
  }

  /** The BTF that these types begin with, as it was given. */
  public byte[] base() {
    return base;
  }

  /** Bytes of the index, without those of the BTF. */
  public long indexBytes() {
    return index.indexBytes();
  }

  List<KernelStruct> structs(String cName) {
    List<KernelStruct> known = structs.get(cName);
    if (known == null) {
      known = layouts.structs(cName);
      if (!known.isEmpty()) {
        remember(structs, cName, known);
      }
    }
    return known;
  }

  Optional<KernelFunction> function(String cName) {
    KernelFunction known = functions.get(cName);
    if (known == null) {
      known = layouts.function(cName).orElse(null);
      if (known != null) {
        remember(functions, cName, known);
      }
    }
    return Optional.ofNullable(known);
  }

  private static <V> void remember(Map<String, V> all, String name, V value) {
    if (all.size() >= MAX_REMEMBERED) {
      all.clear();
    }
    all.put(name, value);
  }

  BtfTypes index() {
    return index;
  }
}
