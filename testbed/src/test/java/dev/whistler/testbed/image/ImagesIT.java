package dev.whistler.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/**
 * The operator's image, built as {@code ./whistler images} does, and run from its own files. The
 * digest of a second build is compared with {@code -Dwhistler.images.builds=2}.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class ImagesIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final long TARGET_BYTES = 120L << 20;

  @TempDir private static Path folder;

  @BeforeAll
  void build() {
    assumeTrue("root".equals(System.getProperty("user.name")), "not root");
    build(Component.OPERATOR, "first");
  }

  private static void build(Component component, String name) {
    System.setProperty("whistler.root", Repository.find().root().toString());
    int exitCode =
        new CommandLine(new Images())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(
                "--only",
                component.imageName(),
                "--unpacked",
                "-o",
                folder.resolve(name).toString());
    assertThat(exitCode).isZero();
  }

  @Test
  void isSmallEnough() throws IOException {
    long bytes = Files.size(folder.resolve("first/operator.tar"));

    assertThat(bytes).isLessThan(TARGET_BYTES).isGreaterThan(10L << 20);
  }

  /** {@code AOTMode=on} refuses to start where the cache does not fit the JVM and the jars. */
  @Test
  void theClassCacheFitsTheRunTimeAndTheJarsInside() {
    Outcome chore =
        runInside(
            List.of(
                "/opt/java/bin/java", "-XX:AOTMode=on", "@/" + ImageRoot.CHORES, "no-such-chore"));
    assertThat(chore.output()).contains("Usage: Chores").doesNotContain("ERROR");
    assertThat(chore.exitCode()).isEqualTo(2);
  }

  @Test
  void theBillOfMaterialsNamesWhatIsInside() throws IOException {
    JsonNode sbom = new ObjectMapper().readTree(folder.resolve("first/operator.cdx.json").toFile());
    List<String> parts =
        StreamSupport.stream(sbom.path("components").spliterator(), false)
            .map(part -> part.path("purl").asText())
            .toList();

    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(parts)
        .anyMatch(purl -> purl.startsWith("pkg:deb/debian/libc6@"))
        .anyMatch(purl -> purl.startsWith("pkg:generic/openjdk@25"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/io.fabric8/kubernetes-client@"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/dev.whistler/compiler@"));
    assertThat(folder.resolve("first/operator.root").resolve(ImageRoot.SBOM))
        .hasSameBinaryContentAs(folder.resolve("first/operator.cdx.json"));
  }

  @ParameterizedTest
  @EnumSource
  void aSecondBuildHasTheSameDigest(Component component) throws IOException {
    assumeTrue(
        Integer.getInteger("whistler.images.builds", 1) > 1,
        "one build only: pass -Dwhistler.images.builds=2");

    String index = component.imageName() + "/index.json";
    build(component, "one");
    build(component, "other");

    assertThat(Files.readString(folder.resolve("other").resolve(index)))
        .isEqualTo(Files.readString(folder.resolve("one").resolve(index)));
  }

  private record Outcome(int exitCode, String output) {}

  private Outcome runInside(List<String> command) {
    ImageRoot root = new ImageRoot(folder.resolve("first/operator.root"), List.of());
    try (ChildProcess process =
        ChildProcess.start(
            "java in the image",
            folder.resolve(command.hashCode() + ".log"),
            Map.of(),
            InsideImage.command(root, command))) {
      Waiting.until("the end of " + command, LIMIT, () -> !process.alive());
      return new Outcome(process.exitCode(), process.logTail(50));
    }
  }
}
