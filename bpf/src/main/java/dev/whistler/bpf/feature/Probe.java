package dev.whistler.bpf.feature;

import dev.whistler.bpf.sys.SystemCallException;

/**
 * The outcome of a probe.
 *
 * @param support what was found out
 * @param reason in a few words; for tests that skip and for reports
 */
public record Probe(Support support, String reason) {
  /** Three outcomes. */
  public enum Support {
    YES,
    NO,
    /** The probe itself was not possible, as without privileges. */
    UNKNOWN
  }

  static Probe yes() {
    return new Probe(Support.YES, "supported");
  }

  static Probe no(String reason) {
    return new Probe(Support.NO, reason);
  }

  static Probe unknown(String reason) {
    return new Probe(Support.UNKNOWN, reason);
  }

  /** Whether a refusal comes from this process or this moment: another time it may be different. */
  static boolean isSilentAboutTheKernel(SystemCallException e) {
    return switch (e.errno()) {
      case EPERM, EACCES, ENOMEM, EMFILE, ENFILE, EAGAIN, EINTR -> true;
      default -> false;
    };
  }

  /** Whether the kernel has it for certain. */
  public boolean isSupported() {
    return support == Support.YES;
  }
}
