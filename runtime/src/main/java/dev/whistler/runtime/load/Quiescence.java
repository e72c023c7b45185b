package dev.whistler.runtime.load;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until every invocation of a BPF program that was running when the wait began has ended, on
 * all CPUs; but for those that may sleep, for which nobody can wait without owning their memory.
 * The kernel does that wait for whoever changes a map of maps (kernel/bpf/syscall.c,
 * maybe_wait_bpf_programs), which needs no right beyond CAP_BPF.
 */
public final class Quiescence {
  /** Longer than any program runs that was not preempted. */
  private static final Duration INSTEAD = Duration.ofMillis(200);

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

  private static void changeMapOfMaps() {
    try (BpfMap inner = BpfMap.create(MapSpec.of("quiet", MapType.ARRAY, 4, 4, 1));
        BpfMap outer =
            BpfMap.create(MapSpec.of("quiet", MapType.ARRAY_OF_MAPS, 4, 4, 1).withInner(inner))) {
      outer.update(new byte[4], inner.fd());
    }
  }
}
