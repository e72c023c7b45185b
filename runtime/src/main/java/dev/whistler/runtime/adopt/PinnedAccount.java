package dev.whistler.runtime.adopt;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapFlags;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Mapping;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Words that survive SIGKILL at any instruction, as a whole: two slots in the memory of a pinned
 * array, written in turn. A slot counts when its sequence number is set, which happens last; the
 * slot with the higher number is the newer. Memory of a map belongs to the kernel, so what is
 * written is there for the next process, whatever becomes of this one.
 */
public final class PinnedAccount implements AutoCloseable {
  private static final int WORD = 8;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final BpfMap map;
  private final Mapping memory;
  private final int words;

  private PinnedAccount(BpfMap map, int words) {
    this.map = map;
    this.words = words;
    try {
      memory = map.map(true);
    } catch (BpfException e) {
      map.close();
      throw e;
    }
  }

  /** The number of the newest slot: read anew, since a former reader may have written meanwhile. */
  private long sequence() {
    return Math.max(memory.getLongAcquire(slot(0)), memory.getLongAcquire(slot(1)));
  }

  /** A new account that holds nothing yet. */
  public static PinnedAccount create(int words) {
    int bytes = 2 * WORD * (1 + words);
    BpfMap map =
        BpfMap.create(
            MapSpec.of("whistler_acct", MapType.ARRAY, 4, bytes, 1).withFlags(MapFlags.MMAPABLE));
    return new PinnedAccount(map, words);
  }

  /**
   * The account that an earlier process left.
   *
   * @param map owned from now on
   * @return empty if the map has another shape
   */
  public static Optional<PinnedAccount> open(BpfMap map, int words) {
    if (map.type() != MapType.ARRAY
        || map.valueSize() != 2 * WORD * (1 + words)
        || (map.info().flags() & MapFlags.MMAPABLE) == 0) {
      map.close();
      return Optional.empty();
    }
    return Optional.of(new PinnedAccount(map, words));
  }

  /** The same account for a reader that goes on with it once this one has ended. */
  public PinnedAccount again() {
    return new PinnedAccount(BpfMap.of(map.fd().duplicate()), words);
  }

  private int slot(long number) {
    return (int) (number & 1) * WORD * (1 + words);
  }

  /** The map, to be pinned. */
  public BpfMap map() {
    return map;
  }

  /** The newest whole set of words; all 0 if none was written. */
  public long[] read() {
    long[] values = new long[words];
    long sequence = sequence();
    if (sequence != 0) {
      for (int i = 0; i < words; i++) {
        values[i] = memory.segment().get(LONG, slot(sequence) + (long) WORD * (1 + i));
      }
    }
    return values;
  }

  /** Replaces the words; on a crash within, the former ones count. */
  public void write(long[] values) {
    long sequence = sequence();
    int at = slot(sequence + 1);
    memory.setLongRelease(at, 0);
    for (int i = 0; i < words; i++) {
      memory.setLongRelease(at + WORD * (1 + i), values[i]);
    }
    memory.setLongRelease(at, sequence + 1);
  }

  @Override
  public void close() {
    memory.close();
    map.close();
  }
}
