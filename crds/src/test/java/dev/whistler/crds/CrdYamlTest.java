package dev.whistler.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The chart's CRDs are those that the types say. After a change of the types run this test with
 * {@code -Dwhistler.approve=true} and look at the difference that it writes.
 */
final class CrdYamlTest {
  private static final Path CHART = Path.of("..", "helm", "whistler", "crds");

  @Test
  void theChartHasTheCrdsOfTheTypes() throws IOException {
    Map<String, String> generated = CrdYaml.generate();
    if (Boolean.getBoolean("whistler.approve")) {
      for (Map.Entry<String, String> file : generated.entrySet()) {
        Files.writeString(CHART.resolve(file.getKey()), file.getValue());
      }
    }
    try (Stream<Path> files = Files.list(CHART)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(generated.keySet());
    }
    for (Map.Entry<String, String> file : generated.entrySet()) {
      assertThat(Files.readString(CHART.resolve(file.getKey()), UTF_8))
          .as(file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void everyFieldOfOursIsDescribed() throws IOException {
    assertThat(CrdYaml.generate().values())
        .allSatisfy(yaml -> assertThat(Undescribed.fields(yaml)).isEmpty());
  }
}
