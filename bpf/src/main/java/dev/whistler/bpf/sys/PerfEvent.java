package dev.whistler.bpf.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** perf_event_open(2), for events that BPF programs attach to. */
public final class PerfEvent {
  /** PERF_TYPE_HARDWARE. */
  public static final int HARDWARE = 0;

  /** PERF_TYPE_SOFTWARE. */
  public static final int SOFTWARE = 1;

  /** PERF_TYPE_TRACEPOINT. */
  public static final int TRACEPOINT = 2;

  private static final int ATTRIBUTE_BYTES = 112; // PERF_ATTR_SIZE_VER5
  private static final int PERF_FLAG_FD_CLOEXEC = 8;
  private static final long PERF_EVENT_IOC_ENABLE = 0x2400;

  private PerfEvent() {}

  /**
   * What to open (struct perf_event_attr).
   *
   * @param type PERF_TYPE_*, or the number of a dynamic event source
   * @param config meaning by type
   * @param samplePeriod events between two samples, 0 for none
   * @param frequency whether the period is a frequency in Hz
   * @param path config1 as text (the file of a uprobe, the function of a kprobe), or null
   * @param offset config2
   */
  public record Request(
      int type,
      long config,
      long samplePeriod,
      boolean frequency,
      @Nullable String path,
      long offset) {}

  /**
   * Distributions restrict perf events beyond the kernel's own levels: above this one Debian and
   * Ubuntu let nobody without CAP_SYS_ADMIN open any.
   */
  private static final int HIGHEST_KERNEL_LEVEL = 2;

  private static final Path PARANOID = Path.of("/proc/sys/kernel/perf_event_paranoid");

  /**
   * Opens an event, disabled for tracepoints and probes until {@link #enable}.
   *
   * @param pid process, or -1 for all
   * @param cpu CPU, or -1 for all (with a process)
   */
  public static Fd open(Request request, int pid, int cpu, String action) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, 8);
      attributes.set(JAVA_INT, 0, request.type);
      attributes.set(JAVA_INT, 4, ATTRIBUTE_BYTES);
      attributes.set(JAVA_LONG, 8, request.config);
      attributes.set(JAVA_LONG, 16, request.samplePeriod);
      attributes.set(JAVA_LONG, 40, request.frequency ? 1L << 10 : 0);
      if (request.path != null) {
        attributes.set(JAVA_LONG, 56, arena.allocateFrom(request.path).address());
      }
      attributes.set(JAVA_LONG, 64, request.offset);
      return new Fd(
          (int)
              LibC.call(
                  action,
                  Architecture.CURRENT.perfEventOpenCall,
                  attributes.address(),
                  pid,
                  cpu,
                  -1,
                  PERF_FLAG_FD_CLOEXEC));
    } catch (SystemCallException e) {
      throw e.errno() == Errno.EACCES ? explained(action, e, paranoidLevel()) : e;
    }
  }

  /** A refusal that more capabilities of the ordinary kind would not mend is told as such. */
  static SystemCallException explained(String action, SystemCallException refusal, int level) {
    return level <= HIGHEST_KERNEL_LEVEL
        ? refusal
        : new SystemCallException(
            action,
            refusal.number(),
            ("; kernel.perf_event_paranoid is %d on this machine, which keeps out even CAP_PERFMON:"
                    + " set it to %d (sysctl -w kernel.perf_event_paranoid=%d)")
                .formatted(level, HIGHEST_KERNEL_LEVEL, HIGHEST_KERNEL_LEVEL));
  }

  private static int paranoidLevel() {
    try {
      return Integer.parseInt(Files.readString(PARANOID).strip());
    } catch (IOException | NumberFormatException unknown) {
      return HIGHEST_KERNEL_LEVEL;
    }
  }

  /** PERF_EVENT_IOC_ENABLE. */
  public static void enable(Fd event) {
    event.call(number -> LibC.ioctl("enable a perf event", number, PERF_EVENT_IOC_ENABLE, 0));
  }
}
