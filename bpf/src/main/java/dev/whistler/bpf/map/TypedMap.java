package dev.whistler.bpf.map;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.codec.BtfCodecs;
import dev.whistler.bpf.codec.Codec;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A view of a map with keys and values of Java types. It owns nothing: operations are those of the
 * {@link BpfMap}, fail as they do, and end with it. May be used by any thread if its codecs may.
 *
 * <p>A value of a per-CPU map is a list with one for each possible CPU ({@link PossibleCpus}). To
 * give all of them the same, write {@code Collections.nCopies(PossibleCpus.count(), value)}.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class TypedMap<K, V> {
  private final BpfMap map;
  private final Codec<K> key;
  private final Codec<V> value;

  private TypedMap(BpfMap map, Codec<K> key, Codec<V> value) {
    require(map, "keys", key.size(), map.keySize());
    require(map, "values", value.size(), map.valueBytes());
    this.map = map;
    this.key = key;
    this.value = value;
  }

  private static void require(BpfMap map, String what, int codecBytes, int mapBytes) {
    if (codecBytes != mapBytes) {
      throw new CodecException(
          "the %s of %s have %d bytes, those of the codec %d; use the codec of the map's type"
              .formatted(what, map, mapBytes, codecBytes));
    }
  }

  /**
   * A view by codecs.
   *
   * @throws CodecException if a codec has another size than the map's keys or values, the map is a
   *     ring buffer, or has values per CPU
   */
  public static <K, V> TypedMap<K, V> of(BpfMap map, Codec<K> key, Codec<V> value) {
    requireEntries(map, false);
    return new TypedMap<>(map, key, value);
  }

  /**
   * A view of a per-CPU map by codecs.
   *
   * @param value codec of the value of one CPU
   * @throws CodecException if a codec has another size than the map's keys or values, or the map
   *     has no values per CPU
   */
  public static <K, V> TypedMap<K, List<V>> perCpu(BpfMap map, Codec<K> key, Codec<V> value) {
    requireEntries(map, true);
    require(map, "values", value.size(), map.valueSize());
    int stride = BpfMap.roundUp(value.size());
    return new TypedMap<>(map, key, Codecs.list(value, stride, PossibleCpus.count()));
  }

  /**
   * A view by the map's own type information and Java types, see {@link BtfCodecs}. Needs
   * CAP_SYS_ADMIN, since the kernel gives type information by id only.
   *
   * @param key a record for a struct, {@code Object} for whatever the type information says, or
   *     exactly the class that it says, as {@code Long} for {@code u32}
   * @param value the same for values
   * @throws CodecException if the map has no type information or other types, or as with codecs
   * @throws BtfException if the type information is of a kind that this library does not know
   * @throws SystemCallException EPERM without CAP_SYS_ADMIN
   */
  public static <K, V> TypedMap<K, V> of(BpfMap map, Class<K> key, Class<V> value) {
    Btf types = types(map);
    return of(map, keyCodec(map, types, key), valueCodec(map, types, value));
  }

  /** A view of a per-CPU map by its own type information, as {@link #of(BpfMap, Class, Class)}. */
  public static <K, V> TypedMap<K, List<V>> perCpu(BpfMap map, Class<K> key, Class<V> value) {
    Btf types = types(map);
    return perCpu(map, keyCodec(map, types, key), valueCodec(map, types, value));
  }

  private static void requireEntries(BpfMap map, boolean perCpu) {
    if (map.type().isRing()) {
      throw new CodecException(map + " has records, no entries; read it by a RingBufferReader");
    }
    if (map.type().isPerCpu() != perCpu) {
      throw new CodecException(
          map
              + (perCpu
                  ? " has one value for all CPUs; use TypedMap.of"
                  : " has a value for each CPU; use TypedMap.perCpu"));
    }
  }

  private static Btf types(BpfMap map) {
    int id = map.info().btfId();
    try (LoadedBtf btf = id == 0 ? null : LoadedBtf.open(id)) {
      if (btf == null) {
        throw new CodecException(map + " has no type information; give codecs");
      }
      return btf.types();
    }
  }

  private static <K> Codec<K> keyCodec(BpfMap map, Btf types, Class<K> as) {
    int type = map.info().keyType();
    if (type == 0) {
      throw new CodecException("the keys of " + map + " have no type; give codecs");
    }
    return BtfCodecs.of(types, type, as);
  }

  private static <V> Codec<V> valueCodec(BpfMap map, Btf types, Class<V> as) {
    return BtfCodecs.of(types, map.info().valueType(), as);
  }

  /** The map. */
  public BpfMap map() {
    return map;
  }

  /** The codec of keys. */
  public Codec<K> key() {
    return key;
  }

  /** The codec of values as this view has them, those of all CPUs in a per-CPU map. */
  public Codec<V> value() {
    return value;
  }

  /** The value of a key, or null if there is none. */
  public @Nullable V lookup(K wanted) {
    return decoded(map.lookup(key.toBytes(wanted)));
  }

  /** The value of a key, removed in the same step, or null if there was none. */
  public @Nullable V take(K wanted) {
    return decoded(map.take(key.toBytes(wanted)));
  }

  private @Nullable V decoded(byte @Nullable [] bytes) {
    return bytes == null ? null : value.fromBytes(bytes);
  }

  /**
   * Inserts or replaces.
   *
   * @throws CodecException if key or value does not fit its codec
   */
  public void update(K wanted, V next) {
    update(wanted, next, UpdateMode.ANY);
  }

  /**
   * Inserts or replaces as the mode says.
   *
   * @throws CodecException if key or value does not fit its codec
   * @throws SystemCallException EEXIST or ENOENT by the mode, E2BIG if the map is full
   */
  public void update(K wanted, V next, UpdateMode mode) {
    map.update(key.toBytes(wanted), value.toBytes(next), mode);
  }

  /**
   * Removes an entry.
   *
   * @return whether it was there
   */
  public boolean delete(K wanted) {
    return map.delete(key.toBytes(wanted));
  }

  /** Visits each entry once, also while programs change the map, as {@link BpfMap#forEach}. */
  public void forEach(BiConsumer<K, V> visitor) {
    map.forEach((k, v) -> visitor.accept(key.fromBytes(k), value.fromBytes(v)));
  }

  /**
   * Writes many entries in few calls.
   *
   * @throws CodecException if a key or value does not fit its codec; nothing is written then
   * @throws SystemCallException at the first entry that fails; those before it are written
   */
  public void updateAll(Map<K, V> entries, UpdateMode mode) {
    List<byte[]> keys = new ArrayList<>(entries.size());
    List<byte[]> values = new ArrayList<>(entries.size());
    entries.forEach(
        (k, v) -> {
          keys.add(key.toBytes(k));
          values.add(value.toBytes(v));
        });
    map.updateAll(keys, values, mode);
  }

  /** Removes many entries in few calls; those that are not there do not matter. */
  public void deleteAll(Collection<K> keys) {
    map.deleteAll(keys.stream().map(key::toBytes).toList());
  }
}
