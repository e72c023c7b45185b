package dev.whistler.bpf.btf;

import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Type information of the running kernel, read once when first asked for. */
public final class KernelBtf {
  private static final Path SOURCE = Path.of("/sys/kernel/btf/vmlinux");

  private static @Nullable Btf running;

  private KernelBtf() {}

  /** Whether this kernel has type information. */
  public static boolean isPresent() {
    return Files.isReadable(SOURCE);
  }

  /**
   * The running kernel's type information.
   *
   * @throws UnsupportedException if the kernel has none
   */
  public static synchronized Btf running() {
    Btf btf = running;
    if (btf == null) {
      btf = Btf.parse(bytes());
      running = btf;
    }
    return btf;
  }

  /**
   * The running kernel's type information as raw bytes.
   *
   * @throws UnsupportedException if the kernel has none
   */
  public static byte[] bytes() {
    try {
      return Files.readAllBytes(SOURCE);
    } catch (IOException e) {
      throw new UnsupportedException(
          SOURCE
              + " cannot be read: the kernel has no type information"
              + " (CONFIG_DEBUG_INFO_BTF) or sysfs is not mounted",
          e);
    }
  }
}
