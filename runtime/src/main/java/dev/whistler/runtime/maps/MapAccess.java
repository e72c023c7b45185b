package dev.whistler.runtime.maps;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.decode.ValueRenderer;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.encode.EncodeException;
import dev.whistler.runtime.encode.ValueEncoder;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ValueType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The maps of a loaded object, read and written by their schema. */
public final class MapAccess implements ProgramMaps {
  /** Architecture §3: entries of all maps of a program. */
  private static final int MAX_ENTRIES = 1000;

  private final Map<String, TypedMap> maps = new LinkedHashMap<>();
  private final WallClock clock;

  /** What was last applied from outside, by map and key: only changes are written again. */
  private final Map<String, Map<ByteBuffer, byte[]>> applied = new HashMap<>();

  private record TypedMap(MapSchema schema, BpfMap map, ValueType key, ValueType value) {}

  public MapAccess(WallClock clock) {
    this.clock = clock;
  }

  /** Adds a map if it has keys and values that user space can read. */
  public void add(MapSchema schema, BpfMap map) {
    ValueType key = schema.key();
    ValueType value = schema.value();
    if (key != null
        && value != null
        && !map.type().holdsDescriptors()
        && !schema.name().startsWith(".")) {
      maps.put(schema.name(), new TypedMap(schema, map, key, value));
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(maps.keySet());
  }

  @Override
  public MapTable read(String name, int limit) {
    TypedMap typed = maps.get(name);
    if (typed == null) {
      throw new IllegalArgumentException("There is no readable map '" + name + "'.");
    }
    ValueRenderer keys = new ValueRenderer(typed.key, clock, WideNumbers.NUMBER);
    ValueRenderer values = new ValueRenderer(typed.value, clock, WideNumbers.NUMBER);
    List<MapTable.Row> rows = new ArrayList<>();
    boolean[] cut = {false};
    typed.map.forEach(
        (key, value) -> {
          if (rows.size() == limit) {
            cut[0] = true;
            return;
          }
          rows.add(
              new MapTable.Row(
                  keys.render(MemorySegment.ofArray(key), 0), rendered(typed, values, value)));
        });
    return new MapTable(name, typed.schema.type(), typed.schema.maxEntries(), rows, !cut[0]);
  }

  private static List<String> rendered(TypedMap typed, ValueRenderer values, byte[] value) {
    if (!typed.map.type().isPerCpu()) {
      return List.of(values.render(MemorySegment.ofArray(value), 0));
    }
    return typed.map.perCpu(value).stream()
        .map(part -> values.render(MemorySegment.ofArray(part), 0))
        .toList();
  }

  @Override
  public synchronized void apply(MapEntries entries) throws MapEntryException {
    TypedMap typed = maps.get(entries.map());
    if (typed == null) {
      throw new MapEntryException(
          "There is no map '%s' that takes entries; there are: %s."
              .formatted(entries.map(), String.join(", ", maps.keySet())));
    }
    int all = entries.entries().size() + entriesOfOthers(entries.map());
    if (all > MAX_ENTRIES) {
      throw new MapEntryException(
          "With %d entries for map '%s' there are %d; a program's maps take at most %d from outside."
              .formatted(entries.entries().size(), entries.map(), all, MAX_ENTRIES));
    }
    Map<ByteBuffer, byte[]> wanted = encode(typed, entries);
    Map<ByteBuffer, byte[]> before = applied.getOrDefault(entries.map(), Map.of());
    Map<ByteBuffer, byte @Nullable []> changes = new LinkedHashMap<>();
    boolean own = entries.mode() == MapEntries.Mode.OWN;
    if (own) {
      typed.map.forEach(
          (key, value) -> {
            if (!wanted.containsKey(ByteBuffer.wrap(key)) && !isZero(typed, value)) {
              changes.put(ByteBuffer.wrap(key), null);
            }
          });
    }
    wanted.forEach(
        (key, value) -> {
          if (own || !Arrays.equals(before.get(key), value)) {
            changes.put(key, value);
          }
        });
    write(typed, changes);
    applied.put(entries.map(), wanted);
  }

  private int entriesOfOthers(String map) {
    return applied.entrySet().stream()
        .filter(other -> !other.getKey().equals(map))
        .mapToInt(other -> other.getValue().size())
        .sum();
  }

  /** Elements of an array cannot be removed: zero is as good as absent. */
  private static boolean isZero(TypedMap typed, byte[] value) {
    if (!isArray(typed)) {
      return false;
    }
    for (byte b : value) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isArray(TypedMap typed) {
    return typed.map.type() == MapType.ARRAY || typed.map.type() == MapType.PERCPU_ARRAY;
  }

  private Map<ByteBuffer, byte[]> encode(TypedMap typed, MapEntries entries)
      throws MapEntryException {
    ValueEncoder encoder = new ValueEncoder(clock);
    Map<ByteBuffer, byte[]> encoded = new LinkedHashMap<>();
    int index = 0;
    for (MapEntries.Entry entry : entries.entries()) {
      String path = entries.map() + ": entries[" + index++ + "]";
      try {
        byte[] key = encoder.encode(typed.key, entry.key(), path + ".key");
        byte[] value = encoder.encode(typed.value, entry.value(), path + ".value");
        if (encoded.put(ByteBuffer.wrap(key), inKernelForm(typed, value)) != null) {
          throw new MapEntryException(path + ".key was given before; leave one of them out.");
        }
      } catch (EncodeException e) {
        throw new MapEntryException(String.valueOf(e.getMessage()));
      }
    }
    if (encoded.size() > Integer.toUnsignedLong(typed.map.maxEntries())) {
      throw new MapEntryException(
          "%s: %d entries are given, but the map holds %s; make :max-entries larger."
              .formatted(
                  entries.map(), encoded.size(), Integer.toUnsignedString(typed.map.maxEntries())));
    }
    return encoded;
  }

  /** In a per-CPU map every CPU gets the value, since a program may run on any. */
  private static byte[] inKernelForm(TypedMap typed, byte[] value) {
    if (!typed.map.type().isPerCpu()) {
      return value;
    }
    byte[] all = new byte[typed.map.valueBytes()];
    int step = (value.length + 7) & ~7;
    for (int at = 0; at + value.length <= all.length; at += step) {
      System.arraycopy(value, 0, all, at, value.length);
    }
    return all;
  }

  private static void write(TypedMap typed, Map<ByteBuffer, byte @Nullable []> changes)
      throws MapEntryException {
    Map<ByteBuffer, byte @Nullable []> undo = new LinkedHashMap<>();
    try {
      for (Map.Entry<ByteBuffer, byte @Nullable []> change : changes.entrySet()) {
        undo.put(change.getKey(), typed.map.lookup(change.getKey().array()));
        put(typed, change.getKey().array(), change.getValue());
      }
    } catch (BpfException e) {
      restore(typed, undo);
      throw new MapEntryException(
          "Map '"
              + typed.schema.name()
              + "' did not take the entries, and is as it was before: "
              + e.getMessage()
              + ".");
    }
  }

  private static void restore(TypedMap typed, Map<ByteBuffer, byte @Nullable []> undo) {
    for (Map.Entry<ByteBuffer, byte @Nullable []> change : undo.entrySet()) {
      try {
        put(typed, change.getKey().array(), change.getValue());
      } catch (BpfException _) {
        // The entry at which it failed: nothing was changed there.
      }
    }
  }

  private static void put(TypedMap typed, byte[] key, byte @Nullable [] value) {
    if (value != null) {
      typed.map.update(key, value);
    } else if (isArray(typed)) {
      typed.map.update(key, new byte[typed.map.valueBytes()]);
    } else {
      typed.map.delete(key);
    }
  }
}
