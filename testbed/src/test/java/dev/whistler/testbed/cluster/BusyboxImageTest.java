package dev.whistler.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the nodes of a test get instead of images of a registry. */
final class BusyboxImageTest {
  @TempDir private Path directory;

  @Test
  void theArchiveHoldsACommandForEachName() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(BusyboxImage.BINARY), "needs the package busybox-static");
    Path image = BusyboxImage.write(directory.resolve("busybox.tar"));
    Map<String, byte[]> files = content(Files.newInputStream(image));
    JsonNode manifest = new ObjectMapper().readTree(files.get("manifest.json")).get(0);
    JsonNode config = new ObjectMapper().readTree(files.get(manifest.get("Config").asText()));
    byte[] layer = files.get(manifest.get("Layers").get(0).asText());
    Map<String, byte[]> layered =
        content(new GZIPInputStream(new ByteArrayInputStream(Objects.requireNonNull(layer))));

    assertThat(manifest.get("RepoTags")).hasToString("[\"" + BusyboxImage.NAME + "\"]");
    assertThat(config.get("config").get("Entrypoint"))
        .hasToString("[\"/bin/sleep\",\"2147483647\"]");
    assertThat(layered).containsKeys("bin/busybox", "bin/sh", "bin/sleep", "tmp/");
    assertThat(layered.get("bin/sh")).isEqualTo(Files.readAllBytes(BusyboxImage.BINARY));
    assertThat(BusyboxImage.write(directory.resolve("again.tar"))).hasSameBinaryContentAs(image);
  }

  private static Map<String, byte[]> content(InputStream tar) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (TarArchiveInputStream in = new TarArchiveInputStream(tar)) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        files.put(entry.getName(), in.readAllBytes());
      }
    }
    return files;
  }
}
