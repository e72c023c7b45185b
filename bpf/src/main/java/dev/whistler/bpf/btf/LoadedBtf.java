package dev.whistler.bpf.btf;

import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.ProgramCalls;
import dev.whistler.bpf.sys.SystemCallException;

/** Type information in the kernel, for maps and programs to refer to. */
public final class LoadedBtf implements AutoCloseable {
  private static final int LOG_BYTES = 256 << 10;

  private final Fd fd;

  private LoadedBtf(Fd fd) {
    this.fd = fd;
  }

  /**
   * Loads type information into the kernel.
   *
   * @throws BtfException if the kernel refuses it, with the kernel's text
   */
  public static LoadedBtf load(byte[] bytes) {
    ProgramCalls.BtfResult result = ProgramCalls.loadBtf(bytes, 0);
    Fd fd = result.fd();
    if (fd == null) {
      result = ProgramCalls.loadBtf(bytes, LOG_BYTES);
      fd = result.fd();
    }
    if (fd == null && result.errno() == Errno.EPERM.number()) {
      throw new SystemCallException("load type information", result.errno());
    }
    if (fd == null) {
      String[] lines = result.log().strip().split("\n");
      throw new BtfException(
          "the kernel refused the type information ("
              + Errno.of(result.errno())
              + "): "
              + lines[lines.length - 1],
          result.log());
    }
    return new LoadedBtf(fd);
  }

  /** The descriptor, which this object goes on owning. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
