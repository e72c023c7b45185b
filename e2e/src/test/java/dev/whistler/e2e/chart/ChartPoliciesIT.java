package dev.whistler.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.crds.Digest;
import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.KernelProfileRequestSpec;
import dev.whistler.crds.KernelProfileSpec;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.install.Helm;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The chart's rights and admission policies, installed under a release and namespace of their own:
 * what a stolen agent and a user without rights can do.
 */
@ExtendWith(ApiServerExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
final class ChartPoliciesIT {
  private static final String RELEASE = "stolen";
  private static final String NAMESPACE = "chart-policies";
  private static final String NODE = "stolen-node";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<HasMetadata> installed = new ArrayList<>();
  private KubernetesClient admin;
  private KubernetesClient agent;

  @BeforeAll
  void installTheChartWithoutItsPods(TestCluster cluster) {
    admin = cluster.client();
    install(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build());
    Helm.Result rendered =
        Helm.find(Repository.find(), Progress.timed(System.err)).template(RELEASE, NAMESPACE);
    for (String document : rendered.output().split("\n---\n")) {
      HasMetadata resource = Serialization.unmarshal(document);
      if (resource instanceof DaemonSet
          || resource instanceof Deployment
          || resource instanceof Job
          || resource instanceof Pod) {
        // There is no kubelet here; the API server checks what would run.
        var _ = admin.resource(resource).dryRun().create();
      } else {
        install(resource);
      }
    }
    Node node = cluster.addNode(NODE, Map.of());
    Config config =
        Config.fromKubeconfig(cluster.nodeKubeconfig(NAMESPACE, "whistler-agent", node).toFile());
    agent = new KubernetesClientBuilder().withConfig(config).build();
    // Policies work a moment after they are created.
    Waiting.until(
        "the policies are in force",
        LIMIT,
        () -> isDenied(() -> dryRun(agent, node("another-node"))) && isDenied(this::actAsUser));
  }

  private void install(HasMetadata resource) {
    var _ = admin.resource(resource).createOr(NonDeletingOperation::update);
    installed.add(resource);
  }

  @AfterAll
  void uninstall() {
    if (agent != null) {
      agent.close();
    }
    installed.reversed().forEach(resource -> admin.resource(resource).delete());
  }

  @Test
  void anAgentWritesTheObjectsOfItsOwnNodeOnly() {
    assertThatCode(() -> dryRun(agent, node(NODE))).doesNotThrowAnyException();
    assertDenied(() -> dryRun(agent, node("another-node")), "own node, which is \"" + NODE + "\"");
    assertThatCode(() -> dryRun(agent, lease(NODE))).doesNotThrowAnyException();
    assertDenied(() -> dryRun(agent, lease("another-node")), "own node");
  }

  @Test
  void anAgentCreatesOnlyTheProfilesThatAreWanted() throws MalformedContentException {
    KernelProfile profile = profile("wanted");
    assertDenied(() -> dryRun(agent, profile), "wanted-profiles");

    admin.resource(request(profile.getMetadata().getName())).forceConflicts().serverSideApply();
    Waiting.until(
        "the policy knows what is wanted", LIMIT, () -> !isDenied(() -> dryRun(agent, profile)));
    KernelProfile another = profile("unwanted");
    assertDenied(() -> dryRun(agent, another), "did not ask for this profile");
  }

  @Test
  void anAgentCreatesOnlyThePiecesOfTypesThatAreWanted() throws MalformedContentException {
    KernelTypesContent content = KernelTypesContent.of(new byte[] {1}, new byte[] {2});
    KernelTypes types = piece(content, content.pieces().types().getFirst());
    KernelTypes functions = piece(content, content.pieces().functions().getFirst());
    KernelProfileRequest wanted = request("0".repeat(40));
    wanted.setSpec(
        new KernelProfileRequestSpec(
            // A profile of that name is none.
            List.of(functions.getMetadata().getName()), List.of(types.getMetadata().getName())));
    admin.resource(wanted).forceConflicts().serverSideApply();
    Waiting.until(
        "the policy knows what is wanted", LIMIT, () -> !isDenied(() -> dryRun(agent, types)));
    assertDenied(() -> dryRun(agent, functions), "did not ask for this profile, or piece");

    types.getMetadata().setName("0".repeat(40));
    assertDenied(() -> dryRun(admin, types), "first 40 digits of its digest");
  }

  private static KernelTypes piece(KernelTypesContent content, String name) {
    KernelTypes piece = new KernelTypes();
    piece.setMetadata(new ObjectMetaBuilder().withName(name).build());
    piece.setSpec(content.specs().get(name));
    return piece;
  }

  @Test
  void whileThereIsNoListAnAdministratorMayDeleteProfilesAndAgentsMayNot()
      throws MalformedContentException {
    admin.resources(KernelProfileRequest.class).withName(KernelProfileRequest.NAME).delete();
    KernelProfile profile = profile("listed");
    admin.resource(request(profile.getMetadata().getName())).forceConflicts().serverSideApply();
    Waiting.until("it can be created", LIMIT, () -> !isDenied(() -> dryRun(admin, profile)));
    var _ = admin.resource(profile).create();
    admin.resources(KernelProfileRequest.class).withName(KernelProfileRequest.NAME).delete();
    Waiting.until("no list", LIMIT, () -> isDenied(() -> dryRun(agent, profile("unlisted"))));

    assertDenied(() -> agent.resource(profile).delete(), "forbidden");
    var _ = admin.resource(profile).delete();
    assertThat(admin.resource(profile).get()).isNull();
  }

  @Test
  void aProfileIsNamedAfterItsDigest() throws MalformedContentException {
    KernelProfile misnamed = profile("a");
    misnamed.getMetadata().setName(Digest.ofText("b").name());

    assertDenied(() -> dryRun(admin, misnamed), "first 40 digits of its digest");
  }

  /** All that whoever holds an agent's token may ask of the API server, as it says itself. */
  @Test
  void aStolenTokenGivesTheseRightsAndNoOther() {
    List<String> everywhere =
        List.of(
            "create kernelprofiles",
            "create kerneltypes",
            "create whistlernodes",
            "get kernelprofiles",
            "get kerneltypes",
            "get whistlerartifacts",
            "get whistlernodes",
            "list kernelprofilerequests",
            "list nodes",
            "list whistlernodes",
            "list whistlerrevisions",
            "patch whistlernodes",
            "update whistlernodes/status",
            "watch kernelprofilerequests",
            "watch nodes",
            "watch whistlernodes",
            "watch whistlerrevisions");
    assertThat(rights("default")).containsExactlyElementsOf(everywhere);
    assertThat(rights("kube-system")).containsExactlyElementsOf(everywhere);
    Set<String> own = new TreeSet<>(everywhere);
    own.addAll(List.of("create leases", "get leases", "update leases"));
    assertThat(rights(NAMESPACE)).containsExactlyElementsOf(own);
  }

  /** What it may write of others is nothing, whatever its rights say. */
  @Test
  void aStolenTokenChangesNothingOfAnotherNode() {
    install(node("another-node"));
    install(lease("another-node"));
    WhistlerNode another = admin.resources(WhistlerNode.class).withName("another-node").require();
    another.setStatus(
        new WhistlerNodeStatus(
            "9.9.9", null, null, null, null, null, List.of(), List.of(), List.of()));
    assertDenied(() -> agent.resource(another).updateStatus(), "own node");
    another.getMetadata().setLabels(Map.of("a", "b"));
    assertDenied(() -> agent.resource(another).serverSideApply(), "own node");
    assertDenied(() -> agent.resource(another).delete(), "forbidden");
    Lease lease = admin.leases().inNamespace(NAMESPACE).withName("another-node").require();
    lease.getMetadata().setLabels(Map.of("a", "b"));
    assertDenied(() -> agent.resource(lease).update(), "own node");
    assertDenied(() -> agent.resource(lease).delete(), "forbidden");
  }

  /** Verb and resource of each rule for the agent, without what everybody may. */
  private Set<String> rights(String namespace) {
    SelfSubjectRulesReview review =
        new SelfSubjectRulesReviewBuilder()
            .withNewSpec()
            .withNamespace(namespace)
            .endSpec()
            .build();
    return agent.resource(review).create().getStatus().getResourceRules().stream()
        .filter(rule -> rule.getResources().stream().noneMatch(it -> it.startsWith("selfsubject")))
        .flatMap(
            rule ->
                rule.getVerbs().stream()
                    .flatMap(verb -> rule.getResources().stream().map(it -> verb + " " + it)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void agentsNeverSeeProgramsOrSecrets() {
    assertDenied(() -> agent.resources(WhistlerProgram.class).list(), "forbidden");
    assertDenied(() -> agent.secrets().inNamespace(NAMESPACE).list(), "forbidden");
  }

  @Test
  void aTierNeedsItsVerb() {
    try (KubernetesClient user = userWith(NAMESPACE + "-" + RELEASE + "-edit")) {
      assertThatCode(() -> dryRun(user, program(Tier.OBSERVE))).doesNotThrowAnyException();
      assertDenied(() -> dryRun(user, program(Tier.ACT)), "needs the verb use-act");
    }
    install(binding("user-acts", NAMESPACE + "-" + RELEASE + "-use-act"));
    try (KubernetesClient user = userWith(NAMESPACE + "-" + RELEASE + "-edit")) {
      Waiting.until(
          "the right is known", LIMIT, () -> !isDenied(() -> dryRun(user, program(Tier.ACT))));
      assertDenied(() -> dryRun(user, program(Tier.UNRESTRICTED)), "use-unrestricted");
    }
  }

  private void actAsUser() {
    try (KubernetesClient user = userWith(NAMESPACE + "-" + RELEASE + "-edit")) {
      dryRun(user, program(Tier.UNRESTRICTED));
    }
  }

  private KubernetesClient userWith(String role) {
    install(binding("user-edits", role));
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(admin.getConfiguration()).withImpersonateUsername("jane").build())
        .build();
  }

  private static HasMetadata binding(String name, String role) {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName(NAMESPACE + "-" + name)
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
        .addNewSubject("rbac.authorization.k8s.io", "User", "jane", null)
        .build();
  }

  private static void dryRun(KubernetesClient client, HasMetadata resource) {
    var _ = client.resource(resource).dryRun().create();
  }

  private static boolean isDenied(ThrowingCallable call) {
    try {
      call.call();
      return false;
    } catch (KubernetesClientException denied) {
      return denied.getMessage().contains("ValidatingAdmissionPolicy");
    } catch (Throwable other) {
      throw new AssertionError(other);
    }
  }

  private static void assertDenied(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(why);
  }

  private static WhistlerNode node(String name) {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(new ObjectMetaBuilder().withName(name).build());
    return node;
  }

  private static HasMetadata lease(String name) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .build();
  }

  private static KernelProfile profile(String format) throws MalformedContentException {
    KernelProfileSpec spec =
        KernelProfileContent.of("x86-64", Map.of("a/b", format), Set.of()).toSpec();
    KernelProfile profile = new KernelProfile();
    profile.setMetadata(new ObjectMetaBuilder().withName(new Digest(spec.digest()).name()).build());
    profile.setSpec(spec);
    return profile;
  }

  private static WhistlerProgram program(Tier tier) {
    return Serialization.unmarshal(
        "apiVersion: whistler.dev/v1alpha1\nkind: WhistlerProgram\nmetadata: {name: tiered}\n"
            + "spec: {source: x, tier: "
            + tier.name().toLowerCase(Locale.ROOT)
            + "}\n",
        WhistlerProgram.class);
  }

  private static KernelProfileRequest request(String profile) {
    KernelProfileRequest request = new KernelProfileRequest();
    request.setMetadata(new ObjectMetaBuilder().withName(KernelProfileRequest.NAME).build());
    request.setSpec(new KernelProfileRequestSpec(List.of(profile), List.of()));
    return request;
  }
}
