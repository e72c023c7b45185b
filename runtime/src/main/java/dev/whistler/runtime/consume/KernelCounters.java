package dev.whistler.runtime.consume;

import dev.whistler.bpf.codec.Codec;
import dev.whistler.bpf.codec.Codecs;
import dev.whistler.bpf.codec.RecordCodec;
import dev.whistler.bpf.codec.StructCodec;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.TypedMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The counters that the compiled programs keep in the hidden per-CPU statistics map (language
 * §11.6): for each ring {@code produced} u64 at 0 and {@code lost} u64 at 8.
 */
public final class KernelCounters {
  private static final Codec<Counts> COUNTS =
      RecordCodec.of(
          Counts.class,
          StructCodec.of(
              16,
              List.of(
                  new StructCodec.Field("produced", 0, Codecs.U64),
                  new StructCodec.Field("lost", 8, Codecs.U64))));

  private final @Nullable TypedMap<Long, List<Counts>> stats;

  /**
   * @param stats the statistics map, or null where the object has none
   */
  public KernelCounters(@Nullable BpfMap stats) {
    this.stats = stats == null ? null : TypedMap.perCpu(stats, Codecs.U32, COUNTS);
  }

  /** Sums over all CPUs, modulo 2^64. */
  public record Counts(long produced, long lost) {
    Counts plus(Counts other) {
      return new Counts(produced + other.produced, lost + other.lost);
    }
  }

  /**
   * @param ring index in the statistics map; −1 where the ring is not counted there
   */
  public Counts read(int ring) {
    Counts none = new Counts(0, 0);
    if (stats == null || ring < 0) {
      return none;
    }
    List<Counts> cpus =
        Objects.requireNonNull(stats.lookup((long) ring), "an array has every index");
    return cpus.stream().reduce(none, Counts::plus);
  }
}
