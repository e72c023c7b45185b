package dev.whistler.runtime.encode;

import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.schema.Kind;
import java.time.DateTimeException;
import java.time.Instant;

/** Times given as RFC 3339 text, as readings of a kernel clock. */
final class Times {
  private static final long NANOS = 1_000_000_000L;
  // so that nanoseconds since 1970 fit 64 bits
  private static final long MAX_SECOND = Long.divideUnsigned(-1, NANOS) - 1;

  private Times() {}

  static long parse(Kind kind, String text, WallClock clock, String path) throws EncodeException {
    try {
      Instant instant = Instant.parse(text);
      if (instant.getEpochSecond() >= 0 && instant.getEpochSecond() <= MAX_SECOND) {
        long wall = instant.getEpochSecond() * NANOS + instant.getNano();
        return kind == Kind.KTIME ? clock.toMonotonic(wall) : clock.toBoot(wall);
      }
    } catch (DateTimeException _) {
      // said below
    }
    throw new EncodeException(
        path, "is no time such as 2026-11-22T01:45:00.000000001Z after 1970: '" + text + "'.");
  }
}
