package dev.whistler.runtime.consume;

import java.util.List;

/**
 * What the reading thread says of itself now and then, and a last time when it ends: counts and
 * positions that belong together, unlike those read beside it.
 *
 * @param rings in the reader's order
 */
record ReaderReport(List<Ring> rings) {

  /**
   * One ring.
   *
   * @param position end of the last record that is counted here
   * @param decoded records decoded up to there
   * @param undecodable records up to there that fit no type
   */
  record Ring(long position, long decoded, long undecodable) {
    long read() {
      return decoded + undecodable;
    }
  }
}
