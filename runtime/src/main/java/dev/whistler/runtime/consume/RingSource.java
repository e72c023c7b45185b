package dev.whistler.runtime.consume;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.decode.RingDecoder;

/**
 * A ring and what reads it.
 *
 * @param map the ring buffer
 * @param statsIndex index in the statistics map, −1 where it is not counted there
 */
public record RingSource(BpfMap map, int statsIndex, RingDecoder decoder, RingAccount account) {
  /** Whether the programs count what they produce and lose. */
  boolean isCounted() {
    return statsIndex >= 0;
  }
}
