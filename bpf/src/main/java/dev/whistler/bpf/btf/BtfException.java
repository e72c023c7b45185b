package dev.whistler.bpf.btf;

import dev.whistler.bpf.sys.BpfException;

/** Type information is damaged, or the kernel refused it. */
public final class BtfException extends BpfException {
  private final String log;

  /** Damage found here. */
  public BtfException(String message) {
    this(message, "");
  }

  /**
   * Refused by the kernel.
   *
   * @param log the kernel's text
   */
  public BtfException(String message, String log) {
    super(message);
    this.log = log;
  }

  /** The kernel's text, or empty. */
  public String log() {
    return log;
  }
}
