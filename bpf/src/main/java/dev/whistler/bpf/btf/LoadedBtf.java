package dev.whistler.bpf.btf;

import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.sys.ProgramCalls;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Type information in the kernel, for maps and programs to refer to. */
public final class LoadedBtf implements AutoCloseable {
  private static final int LOG_BYTES = 256 << 10;

  /** Of struct bpf_btf_info: the pointer to the types comes first, then their size. */
  private static final int INFO_BYTES = 32;

  private static final int SIZE_OFFSET = 8;

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

  /**
   * Loads an object's type information as far as this kernel takes it: as compilers write it, then
   * in the kinds of Linux 5.15, then not at all, since programs run without.
   *
   * @return empty if the kernel refuses it in every form
   * @throws SystemCallException if the process may not load any
   */
  public static Optional<LoadedBtf> ofObject(Btf types) {
    for (byte[] form : List.of(KernelDialect.current(types), KernelDialect.old(types))) {
      ProgramCalls.BtfResult result = ProgramCalls.loadBtf(form, 0);
      Fd fd = result.fd();
      if (fd != null) {
        return Optional.of(new LoadedBtf(fd));
      }
      if (result.errno() != Errno.EINVAL.number()) {
        throw new SystemCallException("load type information", result.errno());
      }
    }
    return Optional.empty();
  }

  /**
   * Opens type information by its id, as that of a map, or returns null if it is gone. Needs
   * CAP_SYS_ADMIN.
   */
  public static @Nullable LoadedBtf open(int id) {
    Fd fd = ObjectCalls.open(ObjectCalls.Kind.BTF, id);
    return fd == null ? null : new LoadedBtf(fd);
  }

  /**
   * The types, read from the kernel.
   *
   * @throws BtfException if this library does not understand them
   */
  public Btf types() {
    Structure info = new Structure(ObjectCalls.info(ObjectCalls.Kind.BTF, fd));
    byte[] bytes = new byte[info.getInt(SIZE_OFFSET)];
    Structure template = new Structure(new byte[INFO_BYTES]).putInt(SIZE_OFFSET, bytes.length);
    ObjectCalls.info(ObjectCalls.Kind.BTF, fd, template.bytes(), 0, bytes);
    return Btf.parse(bytes);
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
