package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Fd;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a map is to be.
 *
 * @param name shown by the kernel, cut to 15 bytes there
 * @param keySize bytes; 0 for ring buffers, queues, stacks and bloom filters
 * @param valueSize bytes of one value (of one CPU's value for per-CPU maps); 0 for ring buffers
 * @param maxEntries entries; bytes for ring buffers: a power of two and a multiple of the page size
 * @param flags BPF_F_* of map creation, see {@link MapFlags}
 * @param inner template of the inner maps of a map of maps, else null
 * @param types BTF of key and value, or null
 * @param extra map_extra, as the number of hash functions of a bloom filter
 * @param numaNode node whose memory is used, with {@link MapFlags#NUMA_NODE}
 */
public record MapSpec(
    String name,
    MapType type,
    int keySize,
    int valueSize,
    int maxEntries,
    int flags,
    @Nullable BpfMap inner,
    @Nullable Types types,
    long extra,
    int numaNode) {

  /**
   * BTF of a map.
   *
   * @param btf loaded BTF, owned by someone else
   * @param key type id of the key, 0 if not described
   * @param value type id of the value
   */
  public record Types(Fd btf, int key, int value) {}

  /** A map without flags or type information. */
  public static MapSpec of(String name, MapType type, int keySize, int valueSize, int maxEntries) {
    return new MapSpec(name, type, keySize, valueSize, maxEntries, 0, null, null, 0, 0);
  }

  /**
   * A ring buffer.
   *
   * @param bytes a power of two and a multiple of the page size
   */
  public static MapSpec ring(String name, int bytes) {
    return of(name, MapType.RINGBUF, 0, 0, bytes);
  }

  /** The same with so many entries, or bytes of a ring buffer. */
  public MapSpec withMaxEntries(int maxEntries) {
    return new MapSpec(
        name, type, keySize, valueSize, maxEntries, flags, inner, types, extra, numaNode);
  }

  /** The same in the memory of a node. */
  public MapSpec withNumaNode(int node) {
    return new MapSpec(
        name,
        type,
        keySize,
        valueSize,
        maxEntries,
        flags | MapFlags.NUMA_NODE,
        inner,
        types,
        extra,
        node);
  }

  /** What every kernel refuses about it, as far as that can be known, in a sentence. */
  public Optional<String> problem() {
    return MapRules.problem(this);
  }

  /** The same with the given creation flags. */
  public MapSpec withFlags(int flags) {
    return new MapSpec(
        name, type, keySize, valueSize, maxEntries, flags, inner, types, extra, numaNode);
  }

  /** The same with type information. */
  public MapSpec withTypes(@Nullable Types types) {
    return new MapSpec(
        name, type, keySize, valueSize, maxEntries, flags, inner, types, extra, numaNode);
  }

  /** The same with a template for its inner maps. */
  public MapSpec withInner(@Nullable BpfMap inner) {
    return new MapSpec(
        name, type, keySize, valueSize, maxEntries, flags, inner, types, extra, numaNode);
  }

  /** The same with map_extra. */
  public MapSpec withExtra(long extra) {
    return new MapSpec(
        name, type, keySize, valueSize, maxEntries, flags, inner, types, extra, numaNode);
  }
}
