package dev.whistler.e2e.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.e2e.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rendered chart that local installations use is what Helm renders. After a change of the chart
 * run this test with {@code -Dwhistler.approve=true} and look at the difference that it writes.
 */
final class RenderedChartTest {

  @TempDir Path directory;

  @Test
  void theRenderedChartIsCurrent() throws Exception {
    Optional<Path> helm = helm();
    assumeTrue(helm.isPresent(), "no Helm: neither WHISTLER_HELM nor the cache has one");
    Path root = Repository.find().root();
    Path output = directory.resolve("chart.yaml");
    Process process =
        new ProcessBuilder(
                helm.get().toString(),
                "template",
                "whistler",
                root.resolve("helm/whistler").toString(),
                "--namespace",
                Installation.NAMESPACE,
                "--kube-version",
                "v1.34.4")
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("errors").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("errors"))).isZero();
    Path approved =
        root.resolve("e2e/src/main/resources/dev/whistler/e2e/install").resolve("chart.yaml");
    if (Boolean.getBoolean("whistler.approve")) {
      Files.copy(output, approved, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(Files.readString(output)).isEqualTo(Files.readString(approved));
  }

  private static Optional<Path> helm() throws IOException {
    String named = System.getenv("WHISTLER_HELM");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Path cache = Path.of(System.getProperty("user.home"), ".cache/whistler/helm");
    if (!Files.isDirectory(cache)) {
      return Optional.empty();
    }
    try (var files = Files.find(cache, 3, (path, type) -> path.endsWith(Path.of("bin/helm")))) {
      List<Path> found = files.sorted().toList();
      return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
    }
  }
}
