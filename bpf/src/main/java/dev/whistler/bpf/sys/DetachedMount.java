package dev.whistler.bpf.sys;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A file system that is mounted nowhere: only this process sees it, under {@link #path()}, and it
 * is gone with the descriptor. Works for tracefs and bpffs without touching the machine's mounts or
 * this process's mount namespace. Needs CAP_SYS_ADMIN.
 */
public final class DetachedMount implements AutoCloseable {
  // The same numbers on all architectures: arch/x86/entry/syscalls/syscall_64.tbl, asm-generic.
  private static final int FSOPEN = 430;
  private static final int FSCONFIG = 431;
  private static final int FSMOUNT = 432;
  private static final int CLOEXEC = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;

  private final Fd fd;

  private DetachedMount(Fd fd) {
    this.fd = fd;
  }

  /**
   * Makes one.
   *
   * @param type file system type, as {@code tracefs}: the machine's only one; {@code bpf}: a new
   *     one
   * @throws SystemCallException EPERM without CAP_SYS_ADMIN, ENODEV if the kernel lacks the type
   */
  public static DetachedMount of(String type) {
    String action = "mount " + type + " for this process";
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(type).address();
      try (Fd context = new Fd((int) LibC.call(action, FSOPEN, name, CLOEXEC, 0, 0, 0))) {
        return context.call(
            number -> {
              LibC.call(action, FSCONFIG, number, FSCONFIG_CMD_CREATE, 0, 0, 0);
              return new DetachedMount(
                  new Fd((int) LibC.call(action, FSMOUNT, number, CLOEXEC, 0, 0, 0)));
            });
      }
    }
  }

  /**
   * The root directory, for this process only and while this is open: whoever closes it sees to it
   * that nobody uses the path any more.
   *
   * @throws IllegalStateException if it is closed
   */
  public Path path() {
    return fd.call(number -> Path.of("/proc/self/fd/" + number));
  }

  @Override
  public void close() {
    fd.close();
  }
}
