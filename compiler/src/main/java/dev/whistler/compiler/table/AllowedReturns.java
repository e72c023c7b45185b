package dev.whistler.compiler.table;

import java.util.List;
import java.util.stream.Stream;

/**
 * The return values that mean something to the kernel (section 15.5).
 *
 * @param ranges of signed numbers
 */
public record AllowedReturns(List<Range> ranges) {
  public AllowedReturns {
    ranges = List.copyOf(ranges);
  }

  /** Numbers from a least to a greatest one, both included. */
  public record Range(long least, long greatest) {
    private static Range parse(String text) {
      String[] ends = text.split("\\.\\.");
      return new Range(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }
  }

  /** Reads a cell of the table: {@code any}, or numbers and ranges such as {@code 0,2..4}. */
  static AllowedReturns parse(String cell) {
    return new AllowedReturns(
        cell.equals("any")
            ? List.of(new Range(Long.MIN_VALUE, Long.MAX_VALUE))
            : Stream.of(cell.split(",")).map(Range::parse).toList());
  }

  public boolean allow(long value) {
    return ranges.stream().anyMatch(range -> range.least() <= value && value <= range.greatest());
  }
}
