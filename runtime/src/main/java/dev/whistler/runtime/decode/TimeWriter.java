package dev.whistler.runtime.decode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * RFC 3339 texts in UTC with nine fractional digits. The text of the last second is kept, since
 * records of one second come together. Used by one thread.
 */
final class TimeWriter {
  private static final long NANOS = 1_000_000_000L;
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("\"uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

  private long second = -1;
  private byte[] text = {};

  /**
   * Appends the quoted text.
   *
   * @param nanos nanoseconds since 1970, unsigned: up to the year 2554
   */
  void quoted(long nanos, JsonBuffer out) {
    long newSecond = Long.divideUnsigned(nanos, NANOS);
    if (newSecond != second) {
      second = newSecond;
      text = SECONDS.format(Instant.ofEpochSecond(newSecond)).getBytes(StandardCharsets.US_ASCII);
    }
    out.append(text);
    out.nineDigits((int) (nanos - newSecond * NANOS));
    out.append('Z');
    out.append('"');
  }
}
