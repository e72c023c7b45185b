package dev.whistler.bpf.sys;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * Changes of directories as single system calls: each happens as a whole or not at all, whatever
 * becomes of the process, and {@link Faults} comes between any two.
 */
public final class Directories {
  private static final int AT_FDCWD = -100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int RENAME_EXCHANGE = 2;
  private static final int LOCK_EX_NB = 2 | 4;
  private static final int OWNER_ONLY = 0700;

  private static final Architecture.FileNumbers NUMBERS = Architecture.CURRENT.files;

  private Directories() {}

  /**
   * Makes a directory for this user only: whoever could write it could put things of his own there.
   *
   * @throws SystemCallException EEXIST if the name is taken
   */
  public static void make(Path directory) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.call(
          "make the directory " + directory,
          NUMBERS.makeDirectory(),
          AT_FDCWD,
          arena.allocateFrom(directory.toString()).address(),
          OWNER_ONLY,
          0,
          0);
    }
  }

  /** Removes an entry that is no directory; false if it was not there. */
  public static boolean unlink(Path entry) {
    return remove(entry, 0);
  }

  /** Removes an empty directory; false if it was not there. */
  public static boolean removeEmpty(Path directory) {
    return remove(directory, AT_REMOVEDIR);
  }

  private static boolean remove(Path entry, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.call(
          "remove " + entry,
          NUMBERS.unlink(),
          AT_FDCWD,
          arena.allocateFrom(entry.toString()).address(),
          flags,
          0,
          0);
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Gives a directory another name, in place of an empty directory if there is one.
   *
   * @throws SystemCallException ENOTEMPTY or EEXIST if the name is taken otherwise
   */
  public static void rename(Path from, Path to) {
    rename("rename " + from + " to " + to, from, to, 0);
  }

  /**
   * Lets two directories exchange their names.
   *
   * @throws SystemCallException EINVAL if the file system cannot: a BPF file system before Linux
   *     5.16 (simple_rename of fs/libfs.c)
   */
  public static void exchange(Path one, Path other) {
    rename("exchange " + one + " and " + other, one, other, RENAME_EXCHANGE);
  }

  private static void rename(String action, Path from, Path to, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      LibC.call(
          action,
          NUMBERS.rename(),
          AT_FDCWD,
          arena.allocateFrom(from.toString()).address(),
          AT_FDCWD,
          arena.allocateFrom(to.toString()).address(),
          flags);
    }
  }

  /**
   * Locks a directory or file against everybody else, also in this process. The kernel gives the
   * lock back when the descriptor is closed, and so when the process ends in whatever way.
   *
   * @return whether the lock was free
   */
  public static boolean lock(Fd file) {
    try {
      file.call(
          number -> LibC.call("lock a directory", NUMBERS.lock(), number, LOCK_EX_NB, 0, 0, 0));
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EAGAIN) {
        return false;
      }
      throw e;
    }
  }
}
