package dev.whistler.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small images: what is in their layers and their configuration. */
final class ImageFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> LABELS =
      Map.of("org.opencontainers.image.title", "whistler-operator");

  @TempDir Path folder;

  @Test
  void whenAndWhereItIsBuiltDoesNotMatter() throws IOException {
    ImageFiles.Written first = write("first", Instant.EPOCH);
    ImageFiles.Written second = write("second", Instant.parse("2031-01-01T00:00:00Z"));

    assertThat(second).isEqualTo(first);
    assertThat(folder.resolve("second/operator.tar"))
        .hasSameBinaryContentAs(folder.resolve("first/operator.tar"));
  }

  @Test
  void theConfigurationSaysHowItIsRun() throws IOException {
    write("image", Instant.EPOCH);
    JsonNode manifest = manifest();
    JsonNode image = JSON.readTree(blob(manifest.path("config")).toFile());

    assertThat(image.path("os").asText()).isEqualTo("linux");
    assertThat(image.path("architecture").asText()).isEqualTo(ImageFiles.architecture());
    assertThat(image.path("config").path("User").asText()).isEqualTo("65532:65532");
    assertThat(image.path("config").path("Entrypoint").path(0).asText())
        .isEqualTo("/opt/java/bin/java");
    assertThat(image.path("config").path("Labels").path("org.opencontainers.image.title").asText())
        .isEqualTo("whistler-operator");
    assertThat(image.path("created").asText()).isEqualTo(ImageRoot.TIME.toString());
  }

  @Test
  void whatChangesOftenLiesAboveWhatChangesSeldom() throws IOException {
    write("image", Instant.EPOCH);
    List<List<String>> layers = new ArrayList<>();
    for (JsonNode layer : manifest().path("layers")) {
      layers.add(files(blob(layer)));
    }

    assertThat(layers)
        .containsExactly(
            List.of("etc/passwd"),
            List.of("opt/java/bin/java"),
            List.of("opt/whistler/lib/main/other.jar"),
            List.of("opt/whistler/lib/main/dev.whistler.crds.jar", "opt/whistler/quarkus-run.jar"),
            List.of("opt/whistler/classes.aot"));
  }

  private ImageFiles.Written write(String name, Instant time) throws IOException {
    Path root = folder.resolve(name + ".root");
    for (String file :
        List.of(
            "etc/passwd",
            "opt/java/bin/java",
            "opt/whistler/lib/main/other.jar",
            "opt/whistler/lib/main/dev.whistler.crds.jar",
            "opt/whistler/quarkus-run.jar",
            "opt/whistler/classes.aot")) {
      Path path = root.resolve(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.writeString(path, "content of " + file);
      Files.setLastModifiedTime(path, FileTime.from(time));
    }
    return new ImageFiles(Optional.empty(), folder.resolve(name + ".cache"))
        .write(
            new ImageRoot(root, List.of()),
            Component.OPERATOR,
            "whistler/operator:test",
            LABELS,
            Files.createDirectories(folder.resolve(name)));
  }

  private JsonNode manifest() throws IOException {
    JsonNode index = JSON.readTree(folder.resolve("image/operator/index.json").toFile());
    return JSON.readTree(blob(index.path("manifests").path(0)).toFile());
  }

  private Path blob(JsonNode descriptor) {
    return folder
        .resolve("image/operator/blobs")
        .resolve(descriptor.path("digest").asText().replace(':', '/'));
  }

  private static List<String> files(Path layer) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream packed = Files.newInputStream(layer);
        InputStream bytes = new GZIPInputStream(packed);
        TarArchiveInputStream in = new TarArchiveInputStream(bytes)) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        assertThat(entry.getLongUserId()).isZero();
        assertThat(entry.getLastModifiedDate().toInstant())
            .isIn(ImageRoot.TIME, Instant.EPOCH.plusSeconds(1));
        if (!entry.isDirectory()) {
          names.add(entry.getName());
        }
      }
    }
    return names;
  }
}
