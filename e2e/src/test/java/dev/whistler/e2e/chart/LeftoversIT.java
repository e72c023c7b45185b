package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.Group;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.GoTool;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.process.Command;
import dev.whistler.testbed.process.Progress;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way out of an installation whose namespace was deleted without Helm. */
@ExtendWith(ApiServerExtension.class)
final class LeftoversIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Map<String, String> LABELS = Map.of("app.kubernetes.io/name", "whistler");

  @Test
  void whatIsLeftIsRemovedButNotWhatWorks(TestCluster cluster) {
    KubernetesClient admin = cluster.client();
    WhistlerProgram program = new WhistlerProgram();
    program.getMetadata().setName("left");
    program.getMetadata().setFinalizers(List.of(Group.FINALIZER));
    program.setSpec(WhistlerProgramSpec.ofSource("x"));
    var _ = admin.resource(program).create();
    var _ = admin.resource(HolderLease.of(Installation.NAMESPACE + "/whistler")).create();
    Deployment operator = operator();
    var _ = admin.resource(operator).create();

    assertThatThrownBy(() -> removeLeftovers(cluster))
        .hasMessageContaining("helm uninstall whistler --namespace " + Installation.NAMESPACE);
    assertThat(admin.resource(program).get()).isNotNull();

    var _ = admin.resource(operator).delete();
    var _ = removeLeftovers(cluster);

    assertThat(admin.resources(WhistlerProgram.class).list().getItems()).isEmpty();
    assertThat(admin.rbac().clusterRoles().withLabels(LABELS).list().getItems()).isEmpty();
    assertThat(admin.rbac().clusterRoleBindings().withLabels(LABELS).list().getItems()).isEmpty();
    assertThat(HolderLease.in(admin).get()).isNull();
    assertThat(removeLeftovers(cluster)).as("a second time it finds nothing").isNotNull();
  }

  private static String removeLeftovers(TestCluster cluster) {
    Repository repository = Repository.find();
    Path kubectl = GoTool.KUBECTL.find(repository, Progress.timed(System.err));
    return Command.run(
        LIMIT,
        null,
        Map.of(
            "KUBECONFIG",
            cluster.kubeconfig().toString(),
            "PATH",
            kubectl.getParent() + ":" + System.getenv("PATH")),
        List.of("/bin/sh", repository.root().resolve("helm/remove-leftovers.sh").toString()));
  }

  private static Deployment operator() {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(Installation.NAMESPACE)
        .withName("whistler-operator")
        .endMetadata()
        .withNewSpec()
        .withReplicas(0)
        .withNewSelector()
        .withMatchLabels(LABELS)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(LABELS)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("operator")
        .withImage("operator")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
