package dev.whistler.runtime.maps;

import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.TypedMap;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.encode.EncodeException;
import dev.whistler.runtime.encode.Prefix;
import dev.whistler.runtime.encode.ValueEncoder;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.ValueType;
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

  private final Map<String, Opened> maps = new LinkedHashMap<>();
  private final WallClock clock;

  /** What was last applied from outside, by map and key: only changes are written again. */
  private final Map<String, Map<ByteBuffer, byte[]>> applied = new HashMap<>();

  private record Opened(MapSchema schema, BpfMap map, ValueType key, ValueType value) {}

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
      maps.put(schema.name(), new Opened(schema, map, key, value));
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(maps.keySet());
  }

  @Override
  public MapTable read(String name, int limit) {
    Opened opened = readable(name);
    List<MapTable.Row> rows = new ArrayList<>();
    boolean[] cut = {false};
    TypedMap<String, List<String>> view = view(opened);
    opened.map.walk(
        (key, value) -> {
          cut[0] = rows.size() == limit;
          if (!cut[0]) {
            rows.add(new MapTable.Row(view.key().fromBytes(key), view.value().fromBytes(value)));
          }
          return !cut[0];
        });
    return new MapTable(name, opened.schema.type(), opened.schema.maxEntries(), rows, !cut[0]);
  }

  @Override
  public TypedMap<String, List<String>> view(String name) {
    return view(readable(name));
  }

  private Opened readable(String name) {
    Opened opened = maps.get(name);
    if (opened == null) {
      throw new IllegalArgumentException("There is no readable map '" + name + "'.");
    }
    return opened;
  }

  private TypedMap<String, List<String>> view(Opened opened) {
    JsonCodec key = new JsonCodec(opened.key, clock, ValueEncoder.ofKeys(clock));
    JsonCodec value = new JsonCodec(opened.value, clock, new ValueEncoder(clock));
    return opened.map.type().isPerCpu()
        ? TypedMap.perCpu(opened.map, key, value)
        : TypedMap.of(opened.map, key, Codecs.list(value, 1));
  }

  @Override
  public synchronized void apply(MapEntries entries) throws MapEntryException {
    Opened opened = maps.get(entries.map());
    if (opened == null) {
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
    Map<ByteBuffer, byte[]> wanted = encode(opened, entries);
    Map<ByteBuffer, byte[]> before = applied.getOrDefault(entries.map(), Map.of());
    Map<ByteBuffer, byte @Nullable []> changes = new LinkedHashMap<>();
    boolean own = entries.mode() == MapEntries.Mode.OWN;
    if (own) {
      opened.map.forEach(
          (key, value) -> {
            if (!wanted.containsKey(ByteBuffer.wrap(key)) && !isZero(opened, value)) {
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
    write(opened, changes);
    applied.put(entries.map(), wanted);
  }

  private int entriesOfOthers(String map) {
    return applied.entrySet().stream()
        .filter(other -> !other.getKey().equals(map))
        .mapToInt(other -> other.getValue().size())
        .sum();
  }

  /** Elements of an array cannot be removed: zero is as good as absent. */
  private static boolean isZero(Opened opened, byte[] value) {
    if (!isArray(opened)) {
      return false;
    }
    for (byte b : value) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isArray(Opened opened) {
    return opened.map.type() == MapType.ARRAY || opened.map.type() == MapType.PERCPU_ARRAY;
  }

  private Map<ByteBuffer, byte[]> encode(Opened opened, MapEntries entries)
      throws MapEntryException {
    ValueEncoder keys = ValueEncoder.ofKeys(clock);
    ValueEncoder values = new ValueEncoder(clock);
    Map<ByteBuffer, byte[]> encoded = new LinkedHashMap<>();
    int index = 0;
    for (MapEntries.Entry entry : entries.entries()) {
      String path = entries.map() + ": entries[" + index++ + "]";
      try {
        byte[] key =
            opened.map.type() == MapType.LPM_TRIE && entry.key().isTextual()
                ? Prefix.encode(entry.key().textValue(), opened.key.size(), path + ".key")
                : keys.encode(opened.key, entry.key(), path + ".key");
        byte[] value = values.encode(opened.value, entry.value(), path + ".value");
        if (encoded.put(ByteBuffer.wrap(key), inKernelForm(opened, value)) != null) {
          throw new MapEntryException(path + ".key was given before; leave one of them out.");
        }
      } catch (EncodeException e) {
        throw new MapEntryException(String.valueOf(e.getMessage()));
      }
    }
    if (encoded.size() > Integer.toUnsignedLong(opened.map.maxEntries())) {
      throw new MapEntryException(
          "%s: %d entries are given, but the map holds %s; make :max-entries larger."
              .formatted(
                  entries.map(),
                  encoded.size(),
                  Integer.toUnsignedString(opened.map.maxEntries())));
    }
    return encoded;
  }

  /** In a per-CPU map every CPU gets the value, since a program may run on any. */
  private static byte[] inKernelForm(Opened opened, byte[] value) {
    if (!opened.map.type().isPerCpu()) {
      return value;
    }
    byte[] all = new byte[opened.map.valueBytes()];
    int step = (value.length + 7) & ~7;
    for (int at = 0; at + value.length <= all.length; at += step) {
      System.arraycopy(value, 0, all, at, value.length);
    }
    return all;
  }

  private static void write(Opened opened, Map<ByteBuffer, byte @Nullable []> changes)
      throws MapEntryException {
    Map<ByteBuffer, byte @Nullable []> undo = new LinkedHashMap<>();
    try {
      for (Map.Entry<ByteBuffer, byte @Nullable []> change : changes.entrySet()) {
        undo.put(change.getKey(), opened.map.lookup(change.getKey().array()));
        put(opened, change.getKey().array(), change.getValue());
      }
    } catch (BpfException e) {
      restore(opened, undo);
      throw new MapEntryException(
          "Map '"
              + opened.schema.name()
              + "' did not take the entries, and is as it was before: "
              + e.getMessage()
              + ".");
    }
  }

  private static void restore(Opened opened, Map<ByteBuffer, byte @Nullable []> undo) {
    for (Map.Entry<ByteBuffer, byte @Nullable []> change : undo.entrySet()) {
      try {
        put(opened, change.getKey().array(), change.getValue());
      } catch (BpfException _) {
        // The entry at which it failed: nothing was changed there.
      }
    }
  }

  private static void put(Opened opened, byte[] key, byte @Nullable [] value) {
    if (value != null) {
      opened.map.update(key, value);
    } else if (isArray(opened)) {
      opened.map.update(key, new byte[opened.map.valueBytes()]);
    } else {
      opened.map.delete(key);
    }
  }
}
