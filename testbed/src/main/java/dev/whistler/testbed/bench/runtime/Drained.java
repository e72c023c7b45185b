package dev.whistler.testbed.bench.runtime;

/**
 * What one measurement yields.
 *
 * @param nanos that it took, the filling of the ring not included
 * @param records that were taken, or calls that were made
 * @param bytes of the lines that were written; 0 where none are
 * @param lost records that did not fit into the ring
 * @param allocated bytes of Java objects that the measured thread made; 0 in C
 */
public record Drained(long nanos, long records, long bytes, long lost, long allocated) {
  /** Nanoseconds for each record. */
  public double nanosEach() {
    return (double) nanos / records;
  }
}
