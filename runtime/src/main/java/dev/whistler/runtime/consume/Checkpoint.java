package dev.whistler.runtime.consume;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.account.SinkCounters;
import dev.whistler.runtime.adopt.PinnedAccount;
import java.util.List;

/**
 * Counts and positions of all rings and sinks as words of a {@link PinnedAccount}. Written when
 * every record read so far is settled, and before the room in the rings is given back: a process
 * that takes over finds counts that are exact for its starting position.
 */
public final class Checkpoint {
  private static final int RING_WORDS = 4;
  private static final int SINK_WORDS = 2 + LossReason.values().length;

  private final PinnedAccount account;
  private final List<RingSource> rings;
  private final List<SinkAccount> sinks;

  public Checkpoint(PinnedAccount account, List<RingSource> rings, List<SinkAccount> sinks) {
    this.account = account;
    this.rings = rings;
    this.sinks = sinks;
  }

  /** Words needed for so many rings and sinks; at least 1. */
  public static int words(int rings, int sinks) {
    return Math.max(1, rings * (RING_WORDS + sinks * SINK_WORDS));
  }

  /**
   * Sets the accounts to what was written last.
   *
   * @return position of each ring
   */
  long[] restore(long[] lossTold) {
    return restore(account.read(), rings, sinks, lossTold);
  }

  /** Sets accounts to what the words say; returns the position of each ring. */
  static long[] restore(
      long[] words, List<RingSource> rings, List<SinkAccount> sinks, long[] lossTold) {
    long[] positions = new long[rings.size()];
    int at = 0;
    for (int ring = 0; ring < rings.size(); ring++) {
      positions[ring] = words[at];
      rings.get(ring).account().restore(words[at + 1], words[at + 2]);
      lossTold[ring] = words[at + 3];
      at += RING_WORDS;
      for (SinkAccount sink : sinks) {
        long[] lost = new long[LossReason.values().length];
        System.arraycopy(words, at + 2, lost, 0, lost.length);
        sink.restore(ring, words[at], words[at + 1], lost);
        at += SINK_WORDS;
      }
    }
    return positions;
  }

  /** Writes the accounts as they are. */
  void write(long[] positions, long[] lossTold) {
    account.write(words(rings, sinks, positions, lossTold));
  }

  /** The accounts as they are, as words. */
  static long[] words(
      List<RingSource> rings, List<SinkAccount> sinks, long[] positions, long[] lossTold) {
    long[] words = new long[words(rings.size(), sinks.size())];
    int at = 0;
    for (int ring = 0; ring < rings.size(); ring++) {
      words[at] = positions[ring];
      words[at + 1] = rings.get(ring).account().decodedTotal();
      words[at + 2] = rings.get(ring).account().undecodableTotal();
      words[at + 3] = lossTold[ring];
      at += RING_WORDS;
      for (SinkAccount sink : sinks) {
        SinkCounters counters = sink.counters(ring);
        words[at] = counters.filtered();
        words[at + 1] = counters.delivered();
        for (LossReason reason : LossReason.values()) {
          words[at + 2 + reason.ordinal()] = counters.lost().getOrDefault(reason, 0L);
        }
        at += SINK_WORDS;
      }
    }
    return words;
  }
}
