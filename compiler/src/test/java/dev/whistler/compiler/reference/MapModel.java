package dev.whistler.compiler.reference;

import dev.whistler.compiler.type.MapDefinition;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A hash or array map, or the single-CPU view of a per-CPU one. */
final class MapModel {
  static final long NO_ENTRY = -2;
  static final long TOO_BIG = -7;
  static final long EXISTS = -17;
  static final long INVALID = -22;

  private static final int NO_EXIST_FLAG = 1;
  private static final int EXIST_FLAG = 2;

  private final Memory memory;
  private final MapDefinition definition;
  private final boolean array;

  /** Value addresses by key in hex. */
  private final Map<String, Long> elements = new LinkedHashMap<>();

  MapModel(Memory memory, MapDefinition definition) {
    this.memory = memory;
    this.definition = definition;
    this.array =
        switch (definition.type()) {
          case ARRAY, PERCPU_ARRAY -> true;
          case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH -> false;
          default -> throw new Undefined("no model of " + definition.type());
        };
    if (array) {
      for (int i = 0; i < definition.maxEntries(); i++) {
        elements.put(hex(index(i)), memory.allocate(definition.value().size()));
      }
    }
  }

  private static byte[] index(int i) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(i).array();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  long lookup(byte[] key) {
    return elements.getOrDefault(hex(key), 0L);
  }

  /** As the update functions of kernel/bpf/arraymap.c and hashtab.c. */
  long update(byte[] key, byte[] value, long flags) {
    if (Long.compareUnsigned(flags, EXIST_FLAG) > 0) {
      return INVALID;
    }
    String name = hex(key);
    Long old = elements.get(name);
    if (array) {
      if (old == null) {
        return TOO_BIG;
      }
      if (flags == NO_EXIST_FLAG) {
        return EXISTS;
      }
      memory.write(old, value);
      return 0;
    }
    if (old != null && flags == NO_EXIST_FLAG) {
      return EXISTS;
    }
    if (old == null && flags == EXIST_FLAG) {
      return NO_ENTRY;
    }
    if (old == null && elements.size() >= definition.maxEntries()) {
      if (definition.type().text().startsWith("lru")) {
        throw new Undefined("which element an LRU map evicts is the kernel's choice");
      }
      return TOO_BIG;
    }
    if (old != null && definition.type().perCpu()) {
      memory.write(old, value); // per-CPU elements are updated in place
      return 0;
    }
    if (old != null) {
      memory.release(old);
    }
    elements.put(name, memory.adopt(value.clone()));
    return 0;
  }

  long delete(byte[] key) {
    if (array) {
      return INVALID;
    }
    Long old = elements.remove(hex(key));
    if (old == null) {
      return NO_ENTRY;
    }
    memory.release(old);
    return 0;
  }

  /** Contents in hex; array elements that are all zero are left out. */
  SortedMap<String, String> contents() {
    SortedMap<String, String> contents = new TreeMap<>();
    elements.forEach(
        (key, address) -> {
          String value = hex(memory.read(address, definition.value().size()));
          if (!array || !value.chars().allMatch(c -> c == '0')) {
            contents.put(key, value);
          }
        });
    return contents;
  }
}
