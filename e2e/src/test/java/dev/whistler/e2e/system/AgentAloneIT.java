package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.KernelProfileRequestSpec;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.Feature;
import dev.whistler.crds.WhistlerNodeStatus.Support;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.AgentProcess;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an agent says of its node before anybody wants anything of it. */
final class AgentAloneIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void reportsItsNodeAndUploadsTheProfileOnlyWhenWanted() throws Exception {
    Repository repository = Repository.find();
    try (TestCluster cluster = TestCluster.start(repository, Progress.timed(System.err));
        Installation installation = Installation.on(cluster, repository, Logs.directory("alone"))) {
      KubernetesClient client = cluster.client();
      AgentProcess agent = installation.startAgent("node-alone", Map.of());
      agent.process().awaitReady();

      WhistlerNode node =
          Waiting.get(
              "WhistlerNode",
              LIMIT,
              () ->
                  Optional.ofNullable(
                          client.resources(WhistlerNode.class).withName("node-alone").get())
                      .filter(n -> n.getStatus() != null));
      assertThat(node.getStatus().kernelRelease())
          .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
      assertThat(node.getStatus().programs()).isEmpty();
      assertThat(node.getStatus().features())
          .contains(new Feature("RingBuffer", Support.SUPPORTED, null));
      assertThat(node.getStatus().conditions())
          .extracting(ResourceCondition::status)
          .containsExactly(ResourceCondition.Status.TRUE);
      Waiting.until(
          "Lease",
          LIMIT,
          () ->
              client.leases().inNamespace(Installation.NAMESPACE).withName("node-alone").get()
                  != null);

      String profile = node.getStatus().kernel().profile();
      assertThat(client.resources(KernelProfile.class).withName(profile).get())
          .as("nobody wants it yet")
          .isNull();
      refusedToTheAgentOf(installation.agentKubeconfig("node-alone"));
      // As a policy does that has not heard yet of what is wanted.
      try (Refusal refusal = Refusal.of(client, "kernelprofiles", "CREATE", "true")) {
        // One that the chart's policy would let in: of two denials only one is told.
        KernelProfile made = profileOf("made/up");
        client.resource(wanting(made.getMetadata().getName())).forceConflicts().serverSideApply();
        refusal.awaitInForce(made);
        client.resource(wanting(profile)).forceConflicts().serverSideApply();
        Waiting.until(
            "the denial in the status",
            LIMIT,
            () -> denial(client).filter(it -> it.message().contains(Refusal.MESSAGE)).isPresent());
      }
      KernelProfile uploaded =
          Waiting.get(
              "KernelProfile",
              LIMIT,
              () ->
                  Optional.ofNullable(
                      client.resources(KernelProfile.class).withName(profile).get()));
      KernelProfileContent content = KernelProfileContent.read(uploaded.getSpec());
      assertThat(content.formats()).containsKey("sched/sched_process_fork");
      Waiting.until("no denial in the status", LIMIT, () -> denial(client).isEmpty());
    }
  }

  private static Optional<ResourceCondition> denial(KubernetesClient client) {
    return client
        .resources(WhistlerNode.class)
        .withName("node-alone")
        .require()
        .getStatus()
        .conditions()
        .stream()
        .filter(it -> it.reason().equals(NodeReason.PROFILE_DENIED))
        .findFirst();
  }

  /** What a stolen node's token cannot do. */
  private static void refusedToTheAgentOf(Path kubeconfig) throws Exception {
    try (KubernetesClient thief =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build()) {
      WhistlerNode another = new WhistlerNode();
      another.setMetadata(new ObjectMetaBuilder().withName("node-of-others").build());
      assertThatThrownBy(() -> thief.resource(another).create())
          .hasMessageContaining("an agent writes only the objects of its own node");

      KernelProfile profile = profileOf("made/up");
      assertThatThrownBy(() -> thief.resource(profile).create())
          .hasMessageContaining("wanted-profiles");

      assertThatThrownBy(() -> thief.resources(WhistlerProgram.class).list())
          .as("sources are not for agents")
          .hasMessageContaining("forbidden");
    }
  }

  private static KernelProfile profileOf(String tracepoint) throws MalformedContentException {
    KernelProfileContent content =
        KernelProfileContent.of("x86-64", Map.of(tracepoint, "format:"), Set.of());
    KernelProfile profile = new KernelProfile();
    profile.setMetadata(new ObjectMetaBuilder().withName(content.digest().name()).build());
    profile.setSpec(content.toSpec());
    return profile;
  }

  private static KernelProfileRequest wanting(String profile) {
    KernelProfileRequest request = new KernelProfileRequest();
    request.setMetadata(new ObjectMetaBuilder().withName(KernelProfileRequest.NAME).build());
    request.setSpec(new KernelProfileRequestSpec(List.of(profile), List.of()));
    return request;
  }
}
