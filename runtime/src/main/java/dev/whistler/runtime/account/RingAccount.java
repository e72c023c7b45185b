package dev.whistler.runtime.account;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the reader does with the records of one ring. Written by one thread. */
public final class RingAccount {
  /** Undecodable records of which the first bytes are kept. */
  private static final int MAX_SAMPLES = 8;

  /** Bytes kept of one. */
  public static final int SAMPLE_BYTES = 64;

  private final String ring;
  private final AtomicLong decoded = new AtomicLong();
  private final AtomicLong undecodable = new AtomicLong();
  private final List<UndecodableRecord> samples = new ArrayList<>();

  public RingAccount(String ring) {
    this.ring = ring;
  }

  /**
   * A record that fits no type of its ring.
   *
   * @param position where in the ring it was, in bytes since the ring was made
   * @param length bytes of it
   * @param firstBytes the first 64 at most, as hexadecimal text
   */
  public record UndecodableRecord(String ring, long position, int length, String firstBytes) {}

  public String ring() {
    return ring;
  }

  public void decoded() {
    decoded.setRelease(decoded.getPlain() + 1);
  }

  public void undecodable(long position, int length, byte[] firstBytes) {
    undecodable.setRelease(undecodable.getPlain() + 1);
    synchronized (samples) {
      if (samples.size() < MAX_SAMPLES) {
        samples.add(
            new UndecodableRecord(ring, position, length, HexFormat.of().formatHex(firstBytes)));
      }
    }
  }

  public long decodedTotal() {
    return decoded.getAcquire();
  }

  public long undecodableTotal() {
    return undecodable.getAcquire();
  }

  /** Goes on from the counts of an earlier reader; before the first record. */
  public void restore(long decodedBefore, long undecodableBefore) {
    decoded.setRelease(decodedBefore);
    undecodable.setRelease(undecodableBefore);
  }

  /** The first undecodable records. */
  public List<UndecodableRecord> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }
}
