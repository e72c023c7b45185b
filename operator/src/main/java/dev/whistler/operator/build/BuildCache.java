package dev.whistler.operator.build;

import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.operator.cache.WeighedCache;
import dev.whistler.operator.model.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was built, by build digest. What a compilation asks is known only afterwards, so each build
 * is kept with the trace of its questions, and a further kernel that answers them alike takes that
 * build. Safe for use by several threads.
 */
final class BuildCache {
  /** A program with many kernels may not have the memory to itself. */
  private static final int SHARE = 4;

  /** Kernels come and go; which of them took which build is asked anew now and then. */
  private static final int MAX_KERNELS = 512;

  private final long maxUnitBytes;
  private final WeighedCache<String, Unit> units;

  /** The builds of one unit. */
  private record Unit(List<TracedBuild> builds, Map<String, TracedBuild> byKernel) {
    static final Unit EMPTY = new Unit(List.of(), Map.of());
    private static final long BYTES_PER_KERNEL = 128;

    long bytes() {
      return builds.stream().mapToLong(TracedBuild::bytes).sum()
          + byKernel.size() * BYTES_PER_KERNEL
          + byKernel.values().stream()
              .filter(build -> build.trace().isEmpty())
              .mapToLong(TracedBuild::bytes)
              .sum();
    }

    Unit with(String kernel, TracedBuild build) {
      List<TracedBuild> all = builds;
      if (build.trace().isPresent() && !builds.contains(build)) {
        all = new ArrayList<>(builds);
        all.add(build);
      }
      Map<String, TracedBuild> taken =
          byKernel.size() < MAX_KERNELS ? new HashMap<>(byKernel) : new HashMap<>();
      taken.put(kernel, build);
      return new Unit(List.copyOf(all), Map.copyOf(taken));
    }
  }

  BuildCache(long maxBytes) {
    this.maxUnitBytes = maxBytes / SHARE;
    this.units = new WeighedCache<>(maxBytes, Unit::bytes);
  }

  /** The outcome for a kernel of which it has been found out before. */
  Optional<BuildOutcome> taken(String buildDigest, String kernel) {
    return units.get(buildDigest).map(unit -> unit.byKernel.get(kernel)).map(TracedBuild::outcome);
  }

  /**
   * The outcome for a kernel, if it or one that answers alike was built for.
   *
   * @param kernel names what the description says: the same name never stands for another one
   */
  Optional<BuildOutcome> find(String buildDigest, String kernel, KernelDescription description) {
    return taken(buildDigest, kernel)
        .or(
            () -> {
              Optional<TracedBuild> alike =
                  units.get(buildDigest).stream()
                      .flatMap(unit -> unit.builds.stream())
                      .filter(build -> build.isTrueOf(description))
                      .findFirst();
              alike.ifPresent(build -> put(buildDigest, kernel, build));
              return alike.map(TracedBuild::outcome);
            });
  }

  /** Remembers a build. */
  synchronized void put(String buildDigest, String kernel, TracedBuild build) {
    Unit before = units.get(buildDigest).orElse(Unit.EMPTY);
    Unit after = before.with(kernel, build);
    // Forgotten at once, it would be built again for ever.
    units.put(
        buildDigest,
        after.bytes() <= maxUnitBytes ? after : before.with(kernel, tooMuch(maxUnitBytes)));
  }

  private static TracedBuild tooMuch(long bytes) {
    return new TracedBuild(
        new BuildOutcome.Impossible(
            Reason.OBJECT_TOO_LARGE,
            "The objects for all kernels of the selected nodes together have more than "
                + bytes
                + " bytes, which is as much as the operator keeps of one program. Raise"
                + " operator.buildCacheMiB, make the program smaller, or select fewer kernels."),
        Optional.<Trace>empty());
  }

  /** Bytes of what is remembered. */
  long bytes() {
    return units.bytes();
  }
}
