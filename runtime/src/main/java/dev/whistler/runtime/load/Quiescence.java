package dev.whistler.runtime.load;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.BpfException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until every invocation of a BPF program that was running when the wait began has ended, on
 * all CPUs.
 *
 * <p>For those that cannot sleep the kernel does that wait for whoever changes a map of maps
 * (kernel/bpf/syscall.c, maybe_wait_bpf_programs), which needs no right beyond CAP_BPF. For those
 * that may sleep it offers none that has a bound: what waits (closing uprobes since Linux 6.13)
 * cannot be interrupted, not even by SIGKILL, as long as a process keeps its memory from being
 * read. But it frees a program that may sleep only when all of them that ran have ended
 * (__bpf_prog_put_noref, call_rcu_tasks_trace), and the maps of it with it; so a program is made
 * and closed, and its map is looked for until it is gone.
 */
public final class Quiescence {
  /** Longer than any program runs that was not preempted. */
  private static final Duration INSTEAD = Duration.ofMillis(200);

  private static final Duration INTERVAL = Duration.ofMillis(2);

  /** r1 = the map of slot 0; r0 = 0; exit. */
  private static final byte[] CODE =
      HexFormat.ofDelimiter(" ")
          .parseHex(
              "18 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
                  + " b7 00 00 00 00 00 00 00"
                  + " 95 00 00 00 00 00 00 00");

  private Quiescence() {}

  /**
   * Returns after a grace period; some milliseconds. Where the kernel has no room for the maps that
   * the wait needs, it is a fixed time: what follows releases memory and must not fail for it.
   */
  public static void await() {
    try {
      changeMapOfMaps();
    } catch (BpfException _) {
      LockSupport.parkNanos(INSTEAD.toNanos());
    }
  }

  /**
   * Waits for the invocations of programs that may sleep.
   *
   * @param limit how long at most; they run as long as the memory that they read is not there
   * @return whether all have ended; false also where that cannot be told: without CAP_SYS_ADMIN,
   *     which looking for a map needs, and before Linux 5.14
   */
  public static boolean awaitSleepers(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      int witness = closedWithProgram();
      while (exists(witness)) {
        if (System.nanoTime() - end >= 0) {
          return false;
        }
        LockSupport.parkNanos(INTERVAL.toNanos());
      }
      return true;
    } catch (BpfException _) {
      return false;
    }
  }

  /** The id of a map that only a program holds which is about to be freed. */
  private static int closedWithProgram() {
    try (BpfMap map = BpfMap.create(MapSpec.of("quiet", MapType.ARRAY, 4, 4, 1));
        BpfProgram _ =
            BpfProgram.load(
                ProgramSpec.of("whistler_quiet", ProgramType.SYSCALL, CODE, "GPL")
                    .withFlags(ProgramFlags.SLEEPABLE)
                    .withDescriptors(Map.of(0, map.fd())))) {
      return map.id();
    }
  }

  private static boolean exists(int id) {
    try (BpfMap map = BpfMap.open(id)) {
      return map != null;
    }
  }

  private static void changeMapOfMaps() {
    try (BpfMap inner = BpfMap.create(MapSpec.of("quiet", MapType.ARRAY, 4, 4, 1));
        BpfMap outer =
            BpfMap.create(MapSpec.of("quiet", MapType.ARRAY_OF_MAPS, 4, 4, 1).withInner(inner))) {
      outer.update(new byte[4], inner.fd());
    }
  }
}
