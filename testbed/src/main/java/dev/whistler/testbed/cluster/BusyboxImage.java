package dev.whistler.testbed.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An image of this machine's static busybox and nothing else. It sleeps, so that it holds pods
 * together, and its shell serves in tests.
 */
public final class BusyboxImage {

  /** The name under which {@link #write} archives it. */
  public static final String NAME = "localhost/busybox:1";

  /** Where Debian's package busybox-static has it. */
  static final Path BINARY = Path.of("/bin/busybox");

  private static final List<String> COMMANDS = List.of("sh", "cat", "sleep", "ls", "nc");
  private static final int EXECUTABLE = 0100755;
  private static final ObjectMapper JSON = new ObjectMapper();

  private BusyboxImage() {}

  /** Writes the image as {@code docker save} does and yields the file. */
  public static Path write(Path file) throws IOException {
    byte[] layer = layer();
    String layerName = sha256(layer) + "/layer.tar";
    byte[] config =
        JSON.writeValueAsBytes(
            Map.of(
                "architecture",
                System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64",
                "os",
                "linux",
                "config",
                Map.of("Entrypoint", List.of("/bin/sleep", "2147483647")),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of("sha256:" + sha256(layer)))));
    String configName = sha256(config) + ".json";
    byte[] manifest =
        JSON.writeValueAsBytes(
            List.of(
                Map.of(
                    "Config",
                    configName,
                    "RepoTags",
                    List.of(NAME),
                    "Layers",
                    List.of(layerName))));
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      add(tar, configName, config);
      add(tar, layerName, layer);
      add(tar, "manifest.json", manifest);
    }
    return file;
  }

  private static byte[] layer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String directory : List.of("bin/", "tmp/")) {
        tar.putArchiveEntry(new TarArchiveEntry(directory));
        tar.closeArchiveEntry();
      }
      add(tar, "bin/busybox", Files.readAllBytes(BINARY));
      for (String command : COMMANDS) {
        TarArchiveEntry link = new TarArchiveEntry("bin/" + command, TarConstants.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setMode(EXECUTABLE);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
