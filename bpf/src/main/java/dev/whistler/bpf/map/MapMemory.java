package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.Mapping;

/**
 * How much kernel memory a map takes once it is full, which its cgroup is charged for. The sizes of
 * the kernel's structures are those of a 64-bit Linux 6.18 (kernel/bpf), where they follow from the
 * functions {@code *_map_mem_usage}; a map without {@code BPF_F_NO_PREALLOC} takes nearly all of it
 * when it is made, others as entries come.
 */
public final class MapMemory {
  private static final long POINTER = 8;

  /** The map's own structure, of any type, with what the allocator adds. */
  private static final long MAP = 1024;

  /** struct bucket of hashtab.c: a list head and a lock. */
  private static final long HASH_BUCKET = 16;

  /** struct htab_elem of hashtab.c, without key and value. */
  private static final long HASH_ELEMENT = 48;

  /** The allocator of elements on demand (memalloc.c) links them by this. */
  private static final long LIST_NODE = 8;

  /** Per-CPU locks of a hash table before Linux 6.18 (HASHTAB_MAP_LOCK_COUNT × int). */
  private static final long HASH_LOCKS = 8 * 4;

  /** struct lpm_trie_node of lpm_trie.c. */
  private static final long TRIE_NODE = 40;

  /** Pages of a ring beside its data: its structure, consumer and producer position. */
  private static final long RING_PAGES = 3;

  /** struct stack_map_bucket of stackmap.c. */
  private static final long STACK_BUCKET = 24;

  /** Entries that point to something: devices, sockets, CPUs; with their hash links. */
  private static final long REFERENCE = 128;

  private MapMemory() {}

  /**
   * An upper bound, close to the truth for arrays, hash tables and rings.
   *
   * @return bytes, at most {@link Long#MAX_VALUE}
   */
  public static long bytes(MapSpec spec) {
    long entries = Integer.toUnsignedLong(spec.maxEntries());
    long key = rounded(Integer.toUnsignedLong(spec.keySize()));
    long value = rounded(Integer.toUnsignedLong(spec.valueSize()));
    long cpus = PossibleCpus.count();
    try {
      return Math.addExact(
          MAP,
          switch (spec.type()) {
            case ARRAY -> array(spec, Math.multiplyExact(entries, value));
            case PERCPU_ARRAY ->
                Math.multiplyExact(
                    entries, Math.addExact(POINTER, Math.multiplyExact(value, cpus)));
            case PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS, REUSEPORT_SOCKARRAY ->
                entries * POINTER;
            case HASH, LRU_HASH -> hash(spec, entries, Math.addExact(key, value), 0);
            case HASH_OF_MAPS -> hash(spec, entries, Math.addExact(key, POINTER), 0);
            case PERCPU_HASH, LRU_PERCPU_HASH ->
                hash(spec, entries, Math.addExact(key, POINTER), Math.multiplyExact(value, cpus));
            // Besides the entries there may be as many nodes between them.
            case LPM_TRIE -> Math.multiplyExact(2 * entries, TRIE_NODE + LIST_NODE + key + value);
            case RINGBUF, USER_RINGBUF ->
                pages(entries)
                    + RING_PAGES * Mapping.PAGE_BYTES
                    + (RING_PAGES + 2 * pages(entries) / Mapping.PAGE_BYTES) * POINTER;
            case QUEUE, STACK -> Math.multiplyExact(entries + 1, value);
            case STACK_TRACE ->
                powerOfTwo(entries) * POINTER + Math.multiplyExact(entries, STACK_BUCKET + value);
            // 7 bits for 5 entries and each hash function, as a power of two.
            case BLOOM_FILTER -> powerOfTwo(entries * Math.max(5, spec.extra() & 15) * 7 / 5) / 8;
            case ARENA -> Math.multiplyExact(entries, (long) Mapping.PAGE_BYTES);
            case DEVMAP, DEVMAP_HASH, SOCKMAP, SOCKHASH, CPUMAP, XSKMAP ->
                Math.multiplyExact(powerOfTwo(entries), REFERENCE + key + value);
            // What hangs on sockets, tasks, inodes and cgroups is charged to those.
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                powerOfTwo(cpus) * HASH_BUCKET;
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> Math.multiplyExact(value, cpus);
            case STRUCT_OPS, UNSPEC ->
                Math.multiplyExact(Math.max(1, entries), REFERENCE + key + value);
          });
    } catch (ArithmeticException beyondAllMemory) {
      return Long.MAX_VALUE;
    }
  }

  private static long array(MapSpec spec, long bytes) {
    return (spec.flags() & MapFlags.MMAPABLE) == 0 ? bytes : pages(bytes) + Mapping.PAGE_BYTES;
  }

  /**
   * @param element bytes of key and value, or of what stands for it, in an element
   * @param beside bytes of the values of an element, on all CPUs
   */
  private static long hash(MapSpec spec, long entries, long element, long beside) {
    boolean onDemand = (spec.flags() & MapFlags.NO_PREALLOC) != 0;
    long cpus = PossibleCpus.count();
    long one = Math.addExact(Math.addExact(HASH_ELEMENT, element), beside);
    if (onDemand) {
      one = Math.addExact(one, LIST_NODE + (beside > 0 ? LIST_NODE + POINTER : 0));
    }
    // Elements in flight of each CPU are there besides those of the table.
    long elements = Math.multiplyExact(Math.addExact(entries, cpus), one);
    long table = powerOfTwo(entries) * HASH_BUCKET + cpus * (HASH_LOCKS + POINTER);
    return Math.addExact(elements, table);
  }

  private static long rounded(long bytes) {
    return (bytes + 7) & ~7L;
  }

  private static long pages(long bytes) {
    return (bytes + Mapping.PAGE_BYTES - 1) / Mapping.PAGE_BYTES * Mapping.PAGE_BYTES;
  }

  /** The next power of two. */
  private static long powerOfTwo(long number) {
    return number <= 1 ? 1 : Long.highestOneBit(number - 1) << 1;
  }
}
