package dev.whistler.cli;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.SuppliedKernel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that the user chose with {@code --kernel}.
 *
 * @param name what messages call it: the release, or {@code none}
 * @param description what the compiler asks, or null for {@code none}
 * @param architecture the machine it runs on
 */
record KernelChoice(
    String name, @Nullable KernelDescription description, Architecture architecture) {
  static final String OPTION_HELP =
      "kernel to compile for: 'host' (default), 'none', or a file written by 'whistler profile'";

  static KernelChoice of(String option) {
    return switch (option) {
      case "host" -> host();
      case "none" -> new KernelChoice("none", null, HostKernel.architecture());
      default -> file(Path.of(option));
    };
  }

  /** The running kernel. Formats are read only when the program asks for them. */
  private static KernelChoice host() {
    HostKernel host = HostKernel.open();
    return new KernelChoice(
        host.release(),
        new SuppliedKernel(HostKernel.architecture(), host.formats(), host.btf(), null, null),
        HostKernel.architecture());
  }

  private static KernelChoice file(Path file) {
    byte[] bytes = SourceFiles.bytes(file, KernelFile.FILE_LIMIT, "a kernel file");
    KernelFile kernel;
    try {
      kernel = KernelFile.parse(bytes);
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailure.badInput(
          file
              + " is not a kernel file ("
              + e.getMessage()
              + "); write one with: whistler profile");
    }
    Architecture architecture =
        Architecture.named(kernel.arch())
            .orElseThrow(
                () ->
                    CommandFailure.badInput(
                        file + " describes the unknown architecture " + kernel.arch()));
    return new KernelChoice(
        kernel.release(),
        new SuppliedKernel(
            architecture,
            kernel.formats(),
            kernel.btf(),
            null,
            kernel.features() == null ? null : new HashSet<>(kernel.features())),
        architecture);
  }
}
