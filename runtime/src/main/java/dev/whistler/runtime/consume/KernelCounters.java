package dev.whistler.runtime.consume;

import dev.whistler.bpf.map.BpfMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The counters that the compiled programs keep in the hidden per-CPU statistics map (language
 * §11.6): for each ring {@code produced} u64 at 0 and {@code lost} u64 at 8.
 */
public final class KernelCounters {
  private final @Nullable BpfMap stats;

  /**
   * @param stats the statistics map, or null where the object has none
   */
  public KernelCounters(@Nullable BpfMap stats) {
    this.stats = stats;
  }

  /** Sums over all CPUs, modulo 2^64. */
  public record Counts(long produced, long lost) {}

  /**
   * @param ring index in the statistics map; −1 where the ring is not counted there
   */
  public Counts read(int ring) {
    BpfMap map = stats;
    if (map == null || ring < 0) {
      return new Counts(0, 0);
    }
    ByteBuffer key = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(ring);
    byte[] value = Objects.requireNonNull(map.lookup(key.array()), "an array has every index");
    long produced = 0;
    long lost = 0;
    for (byte[] cpu : map.perCpu(value)) {
      ByteBuffer words = ByteBuffer.wrap(cpu).order(ByteOrder.LITTLE_ENDIAN);
      produced += words.getLong(0);
      lost += words.getLong(8);
    }
    return new Counts(produced, lost);
  }
}
