package dev.whistler.bpf.sys;

/** A system call failed with an error number. */
public final class SystemCallException extends BpfException {
  private final Errno errno;
  private final int number;

  /**
   * @param action what was tried, as "create map hits" or "mmap"
   * @param number errno as captured after the call
   */
  public SystemCallException(String action, int number) {
    this(action, number, advice(action, Errno.of(number)));
  }

  /**
   * @param action what was tried
   * @param number errno as captured after the call
   * @param advice what to do about it, in place of what the number alone suggests; starts with "; "
   */
  SystemCallException(String action, int number, String advice) {
    super(message(action, number) + advice);
    this.number = number;
    this.errno = Errno.of(number);
  }

  /** The error; {@link Errno#UNKNOWN} if Linux has no name for the number. */
  public Errno errno() {
    return errno;
  }

  /** The error number as captured. */
  public int number() {
    return number;
  }

  private static String message(String action, int number) {
    Errno errno = Errno.of(number);
    String name = errno == Errno.UNKNOWN ? "errno " + number : errno.name();
    return action + ": " + name + " (" + errno.description() + ")";
  }

  private static String advice(String action, Errno errno) {
    return switch (errno) {
      case E2BIG ->
          action.startsWith("create map")
              ? "; the kernel makes no map whose entries take 4 GiB or more: lower its max-entries"
              : "";
      case EPERM, EACCES ->
          "; run as root or give the process CAP_BPF and CAP_PERFMON"
              + " (CAP_NET_ADMIN for network programs)";
      case EMFILE -> "; raise the limit of open files (ulimit -n)";
      case ENOMEM -> "; the kernel or the cgroup of this process has no memory left for it";
      case ENOSYS -> "; this kernel is built without the system call";
      default -> "";
    };
  }
}
