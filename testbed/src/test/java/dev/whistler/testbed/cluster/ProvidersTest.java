package dev.whistler.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.testbed.cluster.ClusterProvider.Availability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which provider serves, and what the user reads when none does. */
final class ProvidersTest {

  @TempDir Path directory;

  @Test
  void theUsersClusterIsTakenFirst() throws Exception {
    Path kubeconfig =
        new Kubeconfig("https://127.0.0.1:1", "", "t").write(directory.resolve("config"));
    try (TestCluster cluster =
        TestCluster.start(List.of(new UserCluster(Optional.of(kubeconfig))), line -> {})) {
      assertThat(cluster.kubeconfig()).isEqualTo(kubeconfig);
      assertThat(cluster.description()).contains("WHISTLER_KUBECONFIG");
      assertThat(cluster.apiServer()).isEmpty();
    }
    assertThat(Files.exists(kubeconfig)).as("what the user gave stays").isTrue();
  }

  @Test
  void withoutAnyProviderTheMessageNamesEachWithItsReason() {
    List<ClusterProvider> none =
        List.of(
            new UserCluster(Optional.empty()),
            new UserCluster(Optional.of(directory.resolve("absent"))));
    assertThatThrownBy(() -> TestCluster.start(none, line -> {}))
        .isInstanceOf(ClusterException.class)
        .hasMessageContaining("1. WHISTLER_KUBECONFIG is not set")
        .hasMessageContaining("2. WHISTLER_KUBECONFIG names " + directory.resolve("absent"));
  }

  @ParameterizedTest
  @CsvSource({"go1.23.12,true", "go1.24,false", "go1.26.8,false", "go2.0,false", "devel,true"})
  void goMustBeNewEnough(String version, boolean refused) {
    Optional<String> sentence = KubernetesBuild.checkGoVersion(version);
    assertThat(sentence.isPresent()).isEqualTo(refused);
    sentence.ifPresent(s -> assertThat(s).contains(version).contains("install Go 1.24 or newer"));
  }

  @Test
  void k3sSaysWhyItCannot() {
    switch (new K3sCluster().availability()) {
      case Availability.Available(String what) -> assertThat(what).contains("rancher/k3s");
      case Availability.Unavailable(String reason) ->
          assertThat(reason).contains("Docker").endsWith(".");
    }
  }
}
