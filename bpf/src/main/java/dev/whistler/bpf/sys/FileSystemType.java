package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * What kind of file system a path lies in, by statfs(2): also where nothing is listed as mounted.
 */
public final class FileSystemType {
  private static final long BPF_FS_MAGIC = 0xcafe4a11L; // include/uapi/linux/magic.h
  private static final long CGROUP2_SUPER_MAGIC = 0x63677270L;
  private static final int STATFS_BYTES = 120;

  private FileSystemType() {}

  /** Whether the path lies in a BPF file system. */
  public static boolean isBpf(Path path) {
    return magic(path) == BPF_FS_MAGIC;
  }

  /** Whether the path is a control group of version 2. */
  public static boolean isCgroup(Path path) {
    return magic(path) == CGROUP2_SUPER_MAGIC;
  }

  private static long magic(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATFS_BYTES, 8);
      LibC.statfs(arena.allocateFrom(path.toString()), state, path.toString());
      return state.get(JAVA_LONG, 0) & 0xffffffffL;
    }
  }
}
