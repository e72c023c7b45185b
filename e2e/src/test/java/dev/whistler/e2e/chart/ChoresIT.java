package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Group;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.Helm;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the chart's Jobs and {@code helm test} do, as processes with the rights that the chart gives
 * them and no others. No operator runs here.
 */
@ExtendWith(ApiServerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class ChoresIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String PROGRAMS = "whistlerprograms.whistler.dev";

  @TempDir private Path folder;

  private final List<HasMetadata> installed = new ArrayList<>();
  private TestCluster cluster;
  private KubernetesClient admin;

  @BeforeAll
  void installWhatHelmInstallsForHooks(TestCluster given) {
    cluster = given;
    admin = given.client();
    String rendered =
        Helm.find(Repository.find(), Progress.timed(System.err))
            .template("whistler", Installation.NAMESPACE)
            .output();
    for (String document : rendered.split("\n---\n")) {
      HasMetadata resource = Serialization.unmarshal(document);
      Map<String, String> annotations = resource.getMetadata().getAnnotations();
      boolean isHook = annotations != null && annotations.containsKey("helm.sh/hook");
      if (isHook && !(resource instanceof Job) && !(resource instanceof Pod)) {
        var _ = admin.resource(resource).serverSideApply();
        installed.add(resource);
      }
    }
  }

  @AfterAll
  void uninstall() {
    installed.reversed().forEach(resource -> admin.resource(resource).delete());
  }

  private record Outcome(int exitCode, String output) {}

  private Outcome run(String chore, int seconds) {
    Path jar = Repository.find().root().resolve("operator/target/quarkus-app/quarkus-run.jar");
    Path kubeconfig = cluster.serviceAccountKubeconfig(Installation.NAMESPACE, "whistler-" + chore);
    try (ChildProcess process =
        ChildProcess.start(
            chore,
            folder.resolve(chore + ".log"),
            Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "WHISTLER_NAMESPACE", Installation.NAMESPACE,
                "WHISTLER_TIME_LIMIT", Integer.toString(seconds)),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                jar.toString(),
                "dev.whistler.operator.chore.Chores",
                chore))) {
      Waiting.until(chore, LIMIT, () -> !process.alive());
      return new Outcome(process.exitCode(), process.logTail(100));
    }
  }

  @Test
  void anUpgradeOfDefinitionsKeepsTheObjects() {
    create(program("kept"), List.of());
    String uid =
        admin.resources(WhistlerProgram.class).withName("kept").require().getMetadata().getUid();
    int columns = columns().size();
    var _ =
        admin
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName(PROGRAMS)
            .edit(
                definition -> {
                  version(definition).setAdditionalPrinterColumns(List.of());
                  return definition;
                });
    assertThat(columns()).isEmpty();

    Outcome outcome = run("upgrade-definitions", 60);

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains(PROGRAMS + " is up to date");
    assertThat(columns()).hasSize(columns);
    assertThat(
            admin
                .resources(WhistlerProgram.class)
                .withName("kept")
                .require()
                .getMetadata()
                .getUid())
        .isEqualTo(uid);
    admin.resources(WhistlerProgram.class).withName("kept").delete();
  }

  private List<?> columns() {
    return version(
            admin.apiextensions().v1().customResourceDefinitions().withName(PROGRAMS).require())
        .getAdditionalPrinterColumns();
  }

  private static CustomResourceDefinitionVersion version(CustomResourceDefinition definition) {
    return definition.getSpec().getVersions().getFirst();
  }

  @Test
  void uninstallationEndsInTimeWithoutAnOperatorAndSaysWhatRemains() {
    create(program("orphan"), List.of(Group.FINALIZER));
    WhistlerNode node = new WhistlerNode();
    node.getMetadata().setName("node-that-is-down");
    create(node, List.of());
    reportRunning("node-that-is-down", "orphan");

    Outcome outcome = run("uninstall", 3);

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(admin.resources(WhistlerProgram.class).list().getItems()).isEmpty();
    assertThat(outcome.output())
        .contains("deleting orphan")
        .contains("the operator did not finish the deletion of orphan in time")
        .contains("node node-that-is-down may still run orphan");
    admin.resources(WhistlerNode.class).withName("node-that-is-down").delete();
  }

  @Test
  void uninstallationLeavesTheProgramsOfAnotherInstallationAlone() {
    create(program("theirs"), List.of());
    hold("production/whistler");
    try {
      Outcome outcome = run("uninstall", 30);

      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      assertThat(outcome.output()).contains("another installation, production/whistler");
      assertThat(admin.resources(WhistlerProgram.class).withName("theirs").get()).isNotNull();
      assertThat(holder()).isEqualTo("production/whistler");

      hold(Installation.NAMESPACE + "/whistler");
      outcome = run("uninstall", 30);

      assertThat(outcome.output()).contains("deleting theirs");
      assertThat(admin.resources(WhistlerProgram.class).list().getItems()).isEmpty();
      assertThat(holder()).as("the next may begin").isNullOrEmpty();
    } finally {
      HolderLease.in(admin).delete();
      admin.resources(WhistlerProgram.class).withName("theirs").delete();
    }
  }

  private void hold(String identity) {
    var _ = admin.resource(HolderLease.of(identity)).createOr(NonDeletingOperation::update);
  }

  private String holder() {
    return HolderLease.in(admin).require().getSpec().getHolderIdentity();
  }

  @Test
  void theCheckSaysWhatIsMissing() {
    Outcome outcome = run("check", 1);

    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("ok    " + PROGRAMS + " is served")
        .contains("FAILS the operator is ready: there is no Deployment whistler-operator");
  }

  private void create(HasMetadata resource, List<String> finalizers) {
    resource.getMetadata().setFinalizers(finalizers);
    var _ = admin.resource(resource).create();
  }

  private static HasMetadata program(String name) {
    return Serialization.unmarshal(
        "apiVersion: whistler.dev/v1alpha1\nkind: WhistlerProgram\nmetadata: {name: "
            + name
            + "}\nspec: {source: x}\n",
        GenericKubernetesResource.class);
  }

  private void reportRunning(String name, String program) {
    WhistlerNode node = admin.resources(WhistlerNode.class).withName(name).require();
    node.setStatus(
        new WhistlerNodeStatus(
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            List.of(new NodeProgram(program, "1", new Running(1, "a", null, null, null), null)),
            List.of()));
    var _ = admin.resource(node).subresource("status").update();
  }
}
