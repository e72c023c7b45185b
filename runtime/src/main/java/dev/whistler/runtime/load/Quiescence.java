package dev.whistler.runtime.load;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.SharedPort;
import dev.whistler.bpf.sys.SystemCallException;
import java.time.Duration;
import java.util.HexFormat;
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
 * (__bpf_prog_put_noref, call_rcu_tasks_trace), and the maps of it with it. To look for a map by
 * its id takes CAP_SYS_ADMIN, but everybody is told whether it is there if it is an array of
 * sockets: a socket is in one of them at a time (reuseport_array_update_check, EBUSY). So a program
 * is made that keeps such an array, both are closed, and the socket is offered to a second array
 * until that takes it.
 */
public final class Quiescence {
  /** Longer than any program runs that was not preempted. */
  private static final Duration INSTEAD = Duration.ofMillis(200);

  private static final Duration INTERVAL = Duration.ofMillis(2);

  private static final byte[] FIRST = new byte[Integer.BYTES];

  /** r0 = 0; exit. */
  private static final byte[] CODE =
      HexFormat.ofDelimiter(" ").parseHex("b7 00 00 00 00 00 00 00 95 00 00 00 00 00 00 00");

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
   * @return whether all have ended; false also where that cannot be told: before Linux 5.14
   */
  public static boolean awaitSleepers(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try (Fd socket = SharedPort.open();
        BpfMap second = sockets()) {
      giveToProgramThatEnds(socket);
      while (!takes(second, socket)) {
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

  /** Returns when nothing but a program that is about to be freed holds the array of the socket. */
  private static void giveToProgramThatEnds(Fd socket) {
    try (BpfMap first = sockets();
        BpfProgram program =
            BpfProgram.load(
                ProgramSpec.of("whistler_quiet", ProgramType.SYSCALL, CODE, "GPL")
                    .withFlags(ProgramFlags.SLEEPABLE))) {
      first.update(FIRST, socket);
      program.keep(first);
    }
  }

  private static BpfMap sockets() {
    return BpfMap.create(MapSpec.of("quiet", MapType.REUSEPORT_SOCKARRAY, 4, 4, 1));
  }

  private static boolean takes(BpfMap sockets, Fd socket) {
    try {
      sockets.update(FIRST, socket);
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EBUSY) {
        return false;
      }
      throw e;
    }
  }

  private static void changeMapOfMaps() {
    try (BpfMap inner = BpfMap.create(MapSpec.of("quiet", MapType.ARRAY, 4, 4, 1));
        BpfMap outer =
            BpfMap.create(MapSpec.of("quiet", MapType.ARRAY_OF_MAPS, 4, 4, 1).withInner(inner))) {
      outer.update(FIRST, inner.fd());
    }
  }
}
