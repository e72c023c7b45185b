package dev.whistler.runtime.decode;

import dev.whistler.bpf.sys.Errno;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Results of kernel functions by the name of their error number, 1 to 133. */
public final class ErrnoText {
  private static final byte[] @Nullable [] QUOTED = quoted();

  private ErrnoText() {}

  private static byte[] @Nullable [] quoted() {
    byte[] @Nullable [] quoted = new byte[Errno.EHWPOISON.number() + 1][];
    for (int number = 1; number < quoted.length; number++) {
      Errno errno = Errno.of(number);
      if (errno != Errno.UNKNOWN) {
        quoted[number] = ('"' + errno.name() + '"').getBytes(StandardCharsets.US_ASCII);
      }
    }
    return quoted;
  }

  /** The number of a name, positive. */
  public static OptionalInt number(String name) {
    for (Errno errno : Errno.values()) {
      if (errno.name().equals(name) && isError(-errno.number())) {
        return OptionalInt.of(errno.number());
      }
    }
    return OptionalInt.empty();
  }

  /** Whether the value is a negative error number with a name. */
  static boolean isError(long value) {
    return value < 0 && value > -QUOTED.length && QUOTED[(int) -value] != null;
  }

  /** The name in quotes where the value is a negative error number, else the number. */
  static void write(long value, JsonBuffer out) {
    byte[] quoted = value < 0 && value > -QUOTED.length ? QUOTED[(int) -value] : null;
    if (quoted != null) {
      out.append(quoted);
    } else {
      out.signed(value);
    }
  }
}
