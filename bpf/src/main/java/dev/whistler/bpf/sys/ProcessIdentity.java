package dev.whistler.bpf.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A process that no other can be taken for: numbers of processes are given again, and each pid name
 * space has its own.
 *
 * @param bootId of the machine's start in which it runs
 * @param pidNamespace inode of its pid name space
 * @param pid its number there
 * @param startTicks when it began, in clock ticks since the machine's start (field 22 of
 *     proc_pid_stat(5))
 */
public record ProcessIdentity(String bootId, long pidNamespace, long pid, long startTicks) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PID_NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final int STATE = 0;
  private static final int START_TICKS = 19;

  /** This process. */
  public static ProcessIdentity current() {
    long pid = ProcessHandle.current().pid();
    try {
      return new ProcessIdentity(
          bootIdOfMachine(), ownNamespace(), pid, Long.parseLong(stat(pid)[START_TICKS]));
    } catch (IOException e) {
      throw new BpfException("this process cannot be told from others: mount procfs at /proc", e);
    }
  }

  /**
   * Whether it may still run: true also for a process of another pid name space, which cannot be
   * seen from here.
   */
  public boolean mayRun() {
    try {
      if (!bootId.equals(bootIdOfMachine())) {
        return false;
      }
      if (pidNamespace != ownNamespace()) {
        return true;
      }
      String[] stat = stat(pid);
      boolean ended = stat[STATE].equals("Z") || stat[STATE].equals("X");
      return !ended && Long.parseLong(stat[START_TICKS]) == startTicks;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      // The file of a process that ends while it is read.
      return false;
    }
  }

  private static String bootIdOfMachine() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  private static long ownNamespace() throws IOException {
    return ((Number) Files.getAttribute(PID_NAMESPACE, "unix:ino")).longValue();
  }

  /** The fields behind the name, which may contain anything. */
  private static String[] stat(long pid) throws IOException {
    String text = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
  }

  @Override
  public String toString() {
    return "process " + pid + (mayRun() ? "" : ", which has ended");
  }
}
