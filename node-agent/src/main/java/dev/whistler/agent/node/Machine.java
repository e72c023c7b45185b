package dev.whistler.agent.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This machine since its last boot.
 *
 * @param kernelRelease as {@code uname -r} prints it
 * @param architecture {@code x86-64} or {@code arm64}
 * @param bootId random UUID of this boot (proc(5), {@code random/boot_id})
 */
public record Machine(String kernelRelease, String architecture, String bootId) {

  private static final Path PROC = Path.of("/proc/sys/kernel");

  /** The machine on which this process runs. */
  public static Machine read() {
    try {
      return new Machine(
          Files.readString(PROC.resolve("osrelease")).strip(),
          architectureOf(System.getProperty("os.arch")),
          Files.readString(PROC.resolve("random/boot_id")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "This is no Linux, or /proc is not mounted; agents run on Linux nodes only.", e);
    }
  }

  /** From the JVM's name of an architecture to ours. */
  static String architectureOf(String jvmName) {
    return switch (jvmName) {
      case "amd64", "x86_64" -> "x86-64";
      case "aarch64" -> "arm64";
      default ->
          throw new IllegalStateException(
              "Agents run on x86-64 and arm64; this machine is " + jvmName + ".");
    };
  }
}
