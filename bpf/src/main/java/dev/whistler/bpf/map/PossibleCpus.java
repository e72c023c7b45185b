package dev.whistler.bpf.map;

import dev.whistler.bpf.sys.BpfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many CPUs this machine may ever have: so many values a per-CPU map shows. */
public final class PossibleCpus {
  private static final Path SOURCE = Path.of("/sys/devices/system/cpu/possible");
  private static final int COUNT = read();

  private PossibleCpus() {}

  /** The number of possible CPUs, at least 1; fixed since boot. */
  public static int count() {
    return COUNT;
  }

  private static int read() {
    try {
      return parse(Files.readString(SOURCE).strip());
    } catch (IOException e) {
      throw new BpfException("cannot read " + SOURCE + "; mount sysfs at /sys", e);
    }
  }

  /** The kernel numbers possible CPUs from 0, so the highest number of a list as 0-3,5 decides. */
  static int parse(String list) {
    int from = Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1;
    try {
      return Integer.parseInt(list.substring(from)) + 1;
    } catch (NumberFormatException e) {
      throw new BpfException(SOURCE + " holds '" + list + "', which is no list of CPUs", e);
    }
  }
}
