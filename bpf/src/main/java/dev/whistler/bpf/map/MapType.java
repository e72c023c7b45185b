package dev.whistler.bpf.map;

/**
 * Map types in the order of {@code enum bpf_map_type} (include/uapi/linux/bpf.h of Linux 6.18): the
 * ordinal is the kernel's number, with the kernel's names.
 */
public enum MapType {
  UNSPEC,
  HASH,
  ARRAY,
  PROG_ARRAY,
  PERF_EVENT_ARRAY,
  PERCPU_HASH,
  PERCPU_ARRAY,
  STACK_TRACE,
  CGROUP_ARRAY,
  LRU_HASH,
  LRU_PERCPU_HASH,
  LPM_TRIE,
  ARRAY_OF_MAPS,
  HASH_OF_MAPS,
  DEVMAP,
  SOCKMAP,
  CPUMAP,
  XSKMAP,
  SOCKHASH,
  CGROUP_STORAGE,
  REUSEPORT_SOCKARRAY,
  PERCPU_CGROUP_STORAGE,
  QUEUE,
  STACK,
  SK_STORAGE,
  DEVMAP_HASH,
  STRUCT_OPS,
  RINGBUF,
  INODE_STORAGE,
  TASK_STORAGE,
  BLOOM_FILTER,
  USER_RINGBUF,
  CGRP_STORAGE,
  ARENA;

  private static final MapType[] VALUES = values();

  /** The kernel's number. */
  public int number() {
    return ordinal();
  }

  /**
   * The map type of a kernel number.
   *
   * @throws IllegalArgumentException if this library does not know it
   */
  public static MapType of(int number) {
    if (number < 0 || number >= VALUES.length) {
      throw new IllegalArgumentException("unknown map type " + number);
    }
    return VALUES[number];
  }

  /** The same, with {@link #UNSPEC} for a number that this library does not know. */
  static MapType known(int number) {
    return number < 0 || number >= VALUES.length ? UNSPEC : VALUES[number];
  }

  /** Whether user space sees one value for each possible CPU. */
  public boolean isPerCpu() {
    return switch (this) {
      case PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE -> true;
      default -> false;
    };
  }

  /** Whether values are maps. */
  public boolean isMapOfMaps() {
    return this == ARRAY_OF_MAPS || this == HASH_OF_MAPS;
  }

  /** Whether the map is a ring buffer: no elements, read through memory. */
  public boolean isRing() {
    return this == RINGBUF || this == USER_RINGBUF;
  }

  /** Whether values are file descriptors when written and object ids when read. */
  public boolean holdsDescriptors() {
    return switch (this) {
      case PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY, ARRAY_OF_MAPS, HASH_OF_MAPS -> true;
      default -> false;
    };
  }
}
