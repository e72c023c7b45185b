package dev.whistler.runtime.decode;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Names of Linux error numbers 1 to 133, from include/uapi/asm-generic/errno-base.h and errno.h;
 * x86-64 and arm64 use them unchanged. 41 and 58 are not assigned.
 */
public final class Errno {
  private static final String NAMES =
      """
      EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT \
      ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG \
      ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY \
      ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR \
      EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE \
      ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD \
      EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK \
      EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP \
      EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET \
      ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT \
      ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL \
      EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED \
      EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON\
      """;

  private static final byte[] @Nullable [] QUOTED;
  private static final Map<String, Integer> NUMBERS = new HashMap<>();

  static {
    String[] names = NAMES.split(" ");
    QUOTED = new byte[names.length + 1][];
    for (int i = 0; i < names.length; i++) {
      if (!names[i].equals("-")) {
        QUOTED[i + 1] = ('"' + names[i] + '"').getBytes(StandardCharsets.US_ASCII);
        NUMBERS.put(names[i], i + 1);
      }
    }
  }

  private Errno() {}

  /** The number of a name, positive. */
  public static OptionalInt number(String name) {
    Integer number = NUMBERS.get(name);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** Whether the value is a negative error number with a name. */
  static boolean isError(long value) {
    return value < 0 && value >= -(QUOTED.length - 1) && QUOTED[(int) -value] != null;
  }

  /** The name in quotes where the value is a negative error number, else the number. */
  static void write(long value, JsonBuffer out) {
    byte[] quoted = value < 0 && value >= -(QUOTED.length - 1) ? QUOTED[(int) -value] : null;
    if (quoted != null) {
      out.append(quoted);
    } else {
      out.signed(value);
    }
  }
}
