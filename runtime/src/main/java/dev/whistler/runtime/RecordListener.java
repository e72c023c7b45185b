package dev.whistler.runtime;

/** Hears of every decoded record, on the thread that reads the rings. */
@FunctionalInterface
public interface RecordListener {
  RecordListener NONE = (ring, decoded) -> {};

  /**
   * One more record was decoded.
   *
   * @param ring name of its ring
   * @param decoded records of all rings of this program decoded so far, this one included
   */
  void decoded(String ring, long decoded);
}
