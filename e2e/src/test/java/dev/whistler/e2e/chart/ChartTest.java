package dev.whistler.e2e.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.e2e.Repository;
import dev.whistler.e2e.install.Helm;
import dev.whistler.e2e.process.Progress;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the chart renders. After a change run with {@code -Dwhistler.approve=true} and look at the
 * difference that it writes.
 */
final class ChartTest {
  private static final Path APPROVED =
      Repository.find().root().resolve("e2e/src/test/resources/chart/rendered.yaml");

  private final Helm helm = Helm.find(Repository.find(), Progress.timed(System.err));

  @Test
  void lintFindsNothing() {
    Helm.Result result = helm.lint();

    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void theDefaultsRenderAsApproved() throws IOException {
    Helm.Result result = helm.template("whistler", "whistler-system");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    if (Boolean.getBoolean("whistler.approve")) {
      Files.writeString(APPROVED, result.output());
    }

    assertThat(result.output()).isEqualTo(Files.readString(APPROVED, UTF_8));
  }

  @Test
  void theAgentHasTwoCapabilitiesAndNoMore() {
    Container agent =
        rendered().stream()
            .filter(DaemonSet.class::isInstance)
            .map(DaemonSet.class::cast)
            .flatMap(set -> set.getSpec().getTemplate().getSpec().getContainers().stream())
            .findFirst()
            .orElseThrow();

    assertThat(agent.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(agent.getSecurityContext().getCapabilities().getAdd())
        .containsExactly("BPF", "PERFMON");
    assertThat(agent.getSecurityContext().getPrivileged()).isFalse();
    assertThat(agent.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
  }

  @Test
  void nobodyMayReadSecrets() {
    assertThat(helm.template("whistler", "whistler-system").output()).doesNotContain("secrets");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense=1",
        "agent.nonsense=1",
        "agent.directory=relative",
        "image.pullPolicy=Sometimes",
        "operator.wantedProfiles=0",
        "operator.compileTimeLimit=soon"
      })
  void aValueThatMeansNothingIsRefused(String setting) {
    Helm.Result result = helm.template("whistler", "whistler-system", setting);

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors())
        .contains(setting.substring(setting.indexOf('.') + 1, setting.indexOf('=')));
  }

  private List<HasMetadata> rendered() {
    return List.of(helm.template("whistler", "whistler-system").output().split("\n---\n")).stream()
        .<HasMetadata>map(Serialization::unmarshal)
        .toList();
  }
}
