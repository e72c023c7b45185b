package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.MapCalls;
import dev.whistler.bpf.sys.Mapping;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A map in the kernel, held by a file descriptor. Operations may be called from any thread; they
 * fail with {@link SystemCallException}, or with {@link IllegalStateException} after {@link
 * #close()}. The map itself lives on while a program, a pin or another descriptor holds it.
 *
 * <p>A value is {@link #valueBytes()} long. For per-CPU maps that is one value for each possible
 * CPU, each padded to 8 bytes, in the order of CPUs ({@link #perCpu(byte[])} takes it apart).
 */
public final class BpfMap implements AutoCloseable {
  private final Fd fd;
  private final MapInfo info;
  private final MapType type;
  private final int valueBytes;

  private BpfMap(Fd fd, MapInfo info) {
    this.fd = fd;
    this.info = info;
    this.type = MapType.known(info.typeNumber());
    int size = info.valueSize();
    this.valueBytes = type.isPerCpu() ? roundUp(size) * PossibleCpus.count() : size;
  }

  /**
   * Creates a map.
   *
   * @throws SystemCallException EINVAL if the kernel does not know the type or refuses sizes or
   *     flags, E2BIG or ENOMEM if it is too large, EPERM without CAP_BPF
   */
  public static BpfMap create(MapSpec spec) {
    MapSpec.Types types = spec.types();
    BpfMap inner = spec.inner();
    return of(
        MapCalls.create(
            spec.type().number(),
            spec.name(),
            spec.keySize(),
            spec.valueSize(),
            spec.maxEntries(),
            spec.flags(),
            inner == null ? null : inner.fd(),
            types == null ? null : types.btf(),
            types == null ? 0 : types.key(),
            types == null ? 0 : types.value(),
            spec.extra(),
            (spec.flags() & MapFlags.NUMA_NODE) == 0 ? 0 : spec.numaNode()));
  }

  /**
   * Takes over a descriptor of a map, as one opened from a pin.
   *
   * @throws SystemCallException if it is no map; the descriptor is closed then
   */
  public static BpfMap of(Fd fd) {
    try {
      return new BpfMap(fd, MapInfo.parse(ObjectCalls.info(ObjectCalls.Kind.MAP, fd)));
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** Opens a map by its id, or returns null if it is gone. Needs CAP_SYS_ADMIN. */
  public static @Nullable BpfMap open(int id) {
    Fd fd = ObjectCalls.open(ObjectCalls.Kind.MAP, id);
    return fd == null ? null : of(fd);
  }

  /** The ids of all maps of the machine. Needs CAP_SYS_ADMIN. */
  public static List<Integer> ids() {
    List<Integer> ids = new ArrayList<>();
    int id = 0;
    while ((id = ObjectCalls.nextId(ObjectCalls.Kind.MAP, id)) != 0) {
      ids.add(id);
    }
    return ids;
  }

  /** The descriptor, which this map goes on owning. */
  public Fd fd() {
    return fd;
  }

  /** What the map is, as it was when opened. */
  public MapInfo info() {
    return info;
  }

  /** The name as the kernel keeps it. */
  public String name() {
    return info.name();
  }

  /** The type; {@link MapType#UNSPEC} for one that is newer than this library. */
  public MapType type() {
    return type;
  }

  /** The id, unique while the map lives. */
  public int id() {
    return info.id();
  }

  /** Bytes of a key. */
  public int keySize() {
    return info.keySize();
  }

  /** Bytes of a value as programs see it. */
  public int valueSize() {
    return info.valueSize();
  }

  /** Bytes of a value as these operations take and give it. */
  public int valueBytes() {
    return valueBytes;
  }

  /** Entries, or bytes of a ring buffer. */
  public int maxEntries() {
    return info.maxEntries();
  }

  /**
   * The value of a key, or null if there is none.
   *
   * @throws BpfException for a bloom filter, which gives no values: see {@link #contains}
   */
  public byte @Nullable [] lookup(byte[] key) {
    if (type == MapType.BLOOM_FILTER) {
      throw new BpfException(this + " gives no values; ask whether it contains one");
    }
    byte[] value = new byte[valueBytes];
    return lookup(key, value) ? value : null;
  }

  /**
   * Reads a value into an array, without allocating. Of queues and stacks, which have no keys, it
   * is the value that would be taken next. A bloom filter is asked for the value in the array,
   * which stays as it is.
   *
   * @return whether the key was there
   */
  public boolean lookup(byte[] key, byte[] value) {
    checkKey(key);
    checkValue(value);
    return type == MapType.BLOOM_FILTER
        ? MapCalls.contains(fd, value)
        : MapCalls.lookup(fd, key.length == 0 ? null : key, value, 0);
  }

  /**
   * Asks a bloom filter.
   *
   * @return false if the value was certainly never added
   */
  public boolean contains(byte[] value) {
    if (type != MapType.BLOOM_FILTER) {
      throw new BpfException(this + " is no bloom filter");
    }
    return lookup(new byte[0], value.clone());
  }

  /** The value of a key, removed in the same step, or null if there was none. */
  public byte @Nullable [] take(byte[] key) {
    checkKey(key);
    byte[] value = new byte[valueBytes];
    return MapCalls.lookupAndDelete(fd, key.length == 0 ? null : key, value, 0) ? value : null;
  }

  /** Inserts or replaces. */
  public void update(byte[] key, byte[] value) {
    update(key, value, UpdateMode.ANY);
  }

  /**
   * Inserts or replaces as the mode says.
   *
   * @throws SystemCallException EEXIST or ENOENT by the mode, E2BIG if the map is full
   */
  public void update(byte[] key, byte[] value, UpdateMode mode) {
    checkKey(key);
    checkValue(value);
    check(MapCalls.update(fd, key.length == 0 ? null : key, value, mode.ordinal()));
  }

  /**
   * Puts a program into a program array, a map into a map of maps, or a socket into an array of
   * sockets, in place of what is there.
   *
   * @param value descriptor of it, which the caller goes on owning
   * @throws SystemCallException EINVAL if the map does not take it, EBUSY if another array has the
   *     socket
   */
  public void update(byte[] key, Fd value) {
    checkKey(key);
    if (valueBytes != Integer.BYTES) {
      throw new IllegalArgumentException(this + " holds no programs, maps or sockets");
    }
    check(MapCalls.update(fd, key, value, UpdateMode.ANY.ordinal()));
  }

  private void check(int errno) {
    if (errno != 0) {
      String full = errno == Errno.E2BIG.number() ? " (" + maxEntries() + " entries)" : "";
      throw new SystemCallException("update map " + name() + full, errno);
    }
  }

  /**
   * Removes an entry.
   *
   * @return whether it was there
   */
  public boolean delete(byte[] key) {
    checkKey(key);
    return MapCalls.delete(fd, key);
  }

  /** The value parts of the possible CPUs, each {@link #valueSize()} long. */
  public List<byte[]> perCpu(byte[] value) {
    checkValue(value);
    int size = valueSize();
    int step = roundUp(size);
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at + size <= value.length; at += step) {
      parts.add(Arrays.copyOfRange(value, at, at + size));
    }
    return parts;
  }

  /**
   * Visits each entry once. While programs change the map, an entry that is there from beginning to
   * end is always visited, one that comes or goes meanwhile perhaps. The walk ends in any case.
   */
  public void forEach(BiConsumer<byte[], byte[]> visitor) {
    walk(
        (key, value) -> {
          visitor.accept(key, value);
          return true;
        });
  }

  /**
   * The same, until the visitor has seen enough.
   *
   * @param visitor whether to go on
   */
  public void walk(BiPredicate<byte[], byte[]> visitor) {
    if (!MapBatch.isFor(type) || !MapBatch.walk(this, visitor)) {
      MapWalk.walk(this, visitor);
    }
  }

  /** The number of entries visited by a walk. */
  public int count() {
    int[] count = {0};
    forEach((key, value) -> count[0]++);
    return count[0];
  }

  /**
   * Writes many entries, in batches where the kernel has them for this map type, else one by one.
   *
   * @throws SystemCallException at the first entry that fails; those before it are written
   */
  public void updateAll(List<byte[]> keys, List<byte[]> values, UpdateMode mode) {
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(keys.size() + " keys but " + values.size() + " values");
    }
    MapBatch.update(this, keys, values, mode);
  }

  /** Removes many entries; those that are not there do not matter. */
  public void deleteAll(List<byte[]> keys) {
    MapBatch.delete(this, keys);
  }

  /** Forbids writes from user space for ever. */
  public void freeze() {
    MapCalls.freeze(fd);
  }

  /**
   * Maps the values of an array created with {@link MapFlags#MMAPABLE} into memory: element i at i
   * times the value size rounded up to 8 bytes.
   *
   * @param writable false also works for a frozen map
   */
  public Mapping map(boolean writable) {
    if (type != MapType.ARRAY || (info.flags() & MapFlags.MMAPABLE) == 0) {
      throw new BpfException(
          "map " + name() + " is no memory-mappable array; create it with MapFlags.MMAPABLE");
    }
    long bytes = (long) roundUp(valueSize()) * maxEntries();
    return Mapping.shared(fd, 0, bytes, writable);
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return "map " + name() + " (" + type + ", id " + id() + ")";
  }

  private void checkKey(byte[] key) {
    if (key.length != keySize()) {
      throw new IllegalArgumentException(
          "a key of map " + name() + " has " + keySize() + " bytes, not " + key.length);
    }
  }

  private void checkValue(byte[] value) {
    if (value.length != valueBytes) {
      throw new IllegalArgumentException(
          "a value of map " + name() + " has " + valueBytes + " bytes here, not " + value.length);
    }
  }

  /** Values of CPUs, and elements in memory, begin at multiples of 8 bytes. */
  static int roundUp(int bytes) {
    return (bytes + 7) & ~7;
  }
}
