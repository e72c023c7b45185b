package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.BpfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How many CPUs this machine may ever have: so many values a per-CPU map shows. */
public final class PossibleCpus {
  private static final Path SYSFS = Path.of("/sys");

  /** More than any kernel can have (CONFIG_NR_CPUS is 8192 at most). */
  private static final int MAXIMUM = 1 << 16;

  private static final int COUNT = read(SYSFS);

  private PossibleCpus() {}

  /** The number of possible CPUs, at least 1; fixed since boot. */
  public static int count() {
    return COUNT;
  }

  /**
   * The number that a file system tells.
   *
   * @param sysfs its root
   */
  static int read(Path sysfs) {
    Path source = sysfs.resolve("devices/system/cpu/possible");
    String list;
    try {
      list = Files.readString(source).strip();
    } catch (IOException e) {
      throw new BpfException("cannot read " + source + "; mount sysfs at /sys", e);
    }
    // The kernel numbers CPUs from 0, so the highest number of a list as 0-3,5 decides.
    int from = Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1;
    try {
      int highest = Integer.parseInt(list.substring(from));
      if (highest < MAXIMUM && Character.isDigit(list.charAt(0))) {
        return highest + 1;
      }
    } catch (NumberFormatException e) {
      throw noList(source, list, e);
    }
    throw noList(source, list, null);
  }

  private static BpfException noList(Path source, String list, @Nullable Exception cause) {
    return new BpfException(source + " holds '" + list + "', which is no list of CPUs", cause);
  }
}
