package dev.whistler.bpf.map;

/** Flags of map creation (include/uapi/linux/bpf.h). */
public final class MapFlags {
  /** Hash entries are allocated when inserted; required by LPM tries. */
  public static final int NO_PREALLOC = 1;

  /** Each CPU has its own LRU list. */
  public static final int NO_COMMON_LRU = 1 << 1;

  /** The memory comes from the node that the map's definition names. */
  public static final int NUMA_NODE = 1 << 2;

  /** User space may only read. */
  public static final int RDONLY = 1 << 3;

  /** User space may only write. */
  public static final int WRONLY = 1 << 4;

  /** Programs may only read. */
  public static final int RDONLY_PROG = 1 << 7;

  /** Programs may only write. */
  public static final int WRONLY_PROG = 1 << 8;

  /** The values of an array can be mapped into memory. */
  public static final int MMAPABLE = 1 << 10;

  /** Inner arrays may differ in their number of entries. */
  public static final int INNER_MAP = 1 << 12;

  private MapFlags() {}
}
