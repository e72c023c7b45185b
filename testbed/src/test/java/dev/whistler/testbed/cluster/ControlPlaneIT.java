package dev.whistler.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.process.Progress;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Kubernetes from Go modules: comes up, restarts its API server, leaves nothing. */
final class ControlPlaneIT {

  @Test
  void comesUpRestartsAndLeavesNothing() {
    List<Long> childrenBefore = children();
    Path kubeconfig;
    try (TestCluster cluster =
        TestCluster.start(
            List.of(new ModulesCluster(Repository.find(), ClusterSize.CONTROL_PLANE)),
            Progress.timed(System.err))) {
      kubeconfig = cluster.kubeconfig();
      assertThat(since(childrenBefore)).as("etcd, API server, controller-manager").hasSize(3);

      Node node = cluster.addNode("node-a", Map.of("zone", "left"));
      Path token = cluster.nodeKubeconfig("default", "default", node);
      try (KubernetesClient client =
          new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(token.toFile())).build()) {
        SelfSubjectReview me = client.resource(new SelfSubjectReview()).create();
        assertThat(me.getStatus().getUserInfo().getUsername())
            .isEqualTo("system:serviceaccount:default:default");
        assertThat(me.getStatus().getUserInfo().getExtra())
            .as("the name by which admission policies tell one agent from another")
            .containsEntry("authentication.kubernetes.io/node-name", List.of("node-a"));
      }

      KubernetesClient admin = cluster.client();
      admin
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("kept")
                  .withNamespace("default")
                  .endMetadata()
                  .build())
          .create();
      RunningCluster.ApiServerSwitch apiServer = cluster.apiServer().orElseThrow();
      apiServer.stop();
      assertThat(since(childrenBefore)).hasSize(2);
      apiServer.start();
      assertThat(admin.configMaps().inNamespace("default").withName("kept").get()).isNotNull();
    }
    assertThat(since(childrenBefore)).isEmpty();
    assertThat(Files.exists(kubeconfig.getParent())).isFalse();
  }

  /** Other tests of this JVM may have processes of their own. */
  private static List<Long> since(List<Long> before) {
    return children().stream().filter(pid -> !before.contains(pid)).toList();
  }

  private static List<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).sorted().toList();
  }
}
