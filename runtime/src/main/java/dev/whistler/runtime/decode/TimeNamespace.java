package dev.whistler.runtime.decode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How far the clocks of this process's time namespace are ahead of the kernel's own, which programs
 * read (time_namespaces(7)).
 *
 * @param monotonicNanos of the monotonic clock
 * @param bootNanos of the boot clock
 */
public record TimeNamespace(long monotonicNanos, long bootNanos) {
  /** Absent on kernels without time namespaces, on which all clocks are the kernel's. */
  private static final Path OFFSETS = Path.of("/proc/self/timens_offsets");

  private static final long NANOS = 1_000_000_000L;

  /** Of this process. */
  static TimeNamespace own() {
    try {
      return parse(Files.readAllLines(OFFSETS, StandardCharsets.US_ASCII));
    } catch (IOException _) {
      return new TimeNamespace(0, 0);
    }
  }

  /** Lines of a clock, seconds and nanoseconds; what is none of the two clocks is passed over. */
  static TimeNamespace parse(List<String> lines) {
    long monotonic = 0;
    long boot = 0;
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      if (words.length == 3) {
        switch (words[0]) {
          case "monotonic" -> monotonic = nanos(words);
          case "boottime" -> boot = nanos(words);
          default -> {}
        }
      }
    }
    return new TimeNamespace(monotonic, boot);
  }

  private static long nanos(String[] words) {
    try {
      return Long.parseLong(words[1]) * NANOS + Long.parseLong(words[2]);
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
