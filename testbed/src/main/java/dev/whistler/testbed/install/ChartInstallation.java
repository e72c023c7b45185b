package dev.whistler.testbed.install;

import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The chart in a cluster of full size: operator and agent run in pods of its node. */
public final class ChartInstallation {

  /** The namespace in which {@link #install} puts operator and agents. */
  public static final String NAMESPACE = "whistler";

  /** The name of the release. */
  public static final String RELEASE = "whistler";

  /** On a machine without a class cache in the image, operator and agent start one by one. */
  private static final Duration READY_LIMIT = Duration.ofMinutes(5);

  private static final Duration GONE_LIMIT = Duration.ofSeconds(90);

  private static final String OPERATOR = "whistler-operator";
  private static final String AGENT = "whistler-agent";
  private static final int AGENT_PORT = 9464;
  private static final String DIRECTORY = "/var/lib/whistler";
  private static final int LOG_LINES = 20;

  private final TestCluster cluster;
  private final KubernetesClient client;
  private final Repository repository;
  private final HelmRelease release;

  private ChartInstallation(TestCluster cluster, Repository repository, HelmRelease release) {
    this.cluster = cluster;
    this.client = cluster.client();
    this.repository = repository;
    this.release = release;
  }

  /** Prepares the node: it has the images then, and nothing is installed yet. */
  public static ChartInstallation on(
      TestCluster cluster, Repository repository, Progress progress) {
    LocalImages.find(repository, progress).loadInto(cluster.node(), progress);
    Helm helm = Helm.find(repository, progress);
    return new ChartInstallation(
        cluster, repository, new HelmRelease(helm, cluster.kubeconfig(), NAMESPACE, RELEASE));
  }

  /** What {@code kubectl apply -f helm/whistler/crds} does. */
  public void applyDefinitions() {
    Path folder = repository.root().resolve("helm/whistler/crds");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          for (HasMetadata definition : client.load(in).serverSideApply()) {
            awaitEstablished(definition.getMetadata().getName());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the custom resources in " + folder + ".", e);
    }
  }

  private void awaitEstablished(String definition) {
    Waiting.until(
        definition + " served",
        READY_LIMIT,
        () ->
            now(
                    () ->
                        client
                            .apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .withName(definition)
                            .get())
                .map(CustomResourceDefinition::getStatus)
                .map(CustomResourceDefinitionStatus::getConditions)
                .stream()
                .flatMap(List::stream)
                .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True")));
  }

  /** {@code helm install}, and waits until operator and agent are Ready. */
  public void install(String... settings) {
    release.install(List.of(settings));
    awaitReady();
  }

  /** {@code helm upgrade}, and waits until operator and agent are those of the new release. */
  public void upgrade(String... settings) {
    release.upgrade(List.of(settings));
    awaitReady();
  }

  /** {@code helm test}: the chart's own check of what is installed. */
  public void test() {
    release.test();
  }

  /**
   * {@code helm uninstall}: returns when no node runs a program any more and every object of the
   * release is gone.
   *
   * @return what Helm printed, with what the chart says remains on nodes
   */
  public String uninstall() {
    return release.uninstall();
  }

  /** Waits until both are Ready in the newest form that was asked for. */
  public void awaitReady() {
    try {
      Waiting.until(
          "operator and agents Ready", READY_LIMIT, () -> operatorIsReady() && agentsAreReady());
    } catch (Waiting.TimeoutException e) {
      throw new IllegalStateException(e.getMessage() + "\n" + describe(), e);
    }
  }

  private boolean operatorIsReady() {
    return now(() -> client.apps().deployments().inNamespace(NAMESPACE).withName(OPERATOR).get())
        .filter(operator -> isObserved(operator, operator.getStatus().getObservedGeneration()))
        .filter(ChartInstallation::isRolledOut)
        .isPresent();
  }

  private static boolean isRolledOut(Deployment operator) {
    int wanted = operator.getSpec().getReplicas();
    DeploymentStatus status = operator.getStatus();
    return is(status.getReadyReplicas(), wanted)
        && is(status.getReplicas(), wanted)
        && is(status.getUpdatedReplicas(), wanted);
  }

  private boolean agentsAreReady() {
    return now(() -> client.apps().daemonSets().inNamespace(NAMESPACE).withName(AGENT).get())
        .filter(agents -> isObserved(agents, agents.getStatus().getObservedGeneration()))
        .map(DaemonSet::getStatus)
        .filter(status -> is(status.getNumberReady(), status.getDesiredNumberScheduled()))
        .filter(status -> is(status.getUpdatedNumberScheduled(), status.getNumberReady()))
        .filter(status -> status.getNumberReady() > 0)
        .isPresent();
  }

  private static boolean isObserved(HasMetadata object, @Nullable Long observed) {
    return object.getMetadata().getGeneration().equals(observed);
  }

  private static boolean is(@Nullable Integer number, @Nullable Integer wanted) {
    return number != null && number.equals(wanted);
  }

  /** What the API server says at this moment, if it says anything. */
  private static <T> Optional<T> now(Supplier<@Nullable T> question) {
    try {
      return Optional.ofNullable(question.get());
    } catch (KubernetesClientException notNow) {
      return Optional.empty();
    }
  }

  /** A pod of the operator. */
  public Pod operator() {
    return pod("operator");
  }

  /** The pod of the one agent. */
  public Pod agent() {
    return pod("agent");
  }

  private Pod pod(String component) {
    return pods(component).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no pod of the " + component + "."));
  }

  private List<Pod> pods(String component) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/component", component)
        .list()
        .getItems();
  }

  /** The agent's page of metrics, through the API server. */
  public String agentMetrics() {
    return client.raw(
        "/api/v1/namespaces/%s/pods/%s:%d/proxy/metrics"
            .formatted(NAMESPACE, agent().getMetadata().getName(), AGENT_PORT));
  }

  /** The text of a file sink of that bare name; empty while there is none. */
  public Optional<String> sink(String name) {
    return cluster.node().read("%s/files/%s/%s".formatted(DIRECTORY, name, name));
  }

  /**
   * Everything in the API that is the release's or a custom resource of ours, as {@code Kind/name}.
   * Definitions of custom resources are none: Helm keeps them.
   */
  public List<String> objects() {
    List<HasMetadata> found = new ArrayList<>();
    found.addAll(ours(client.rbac().clusterRoles()));
    found.addAll(ours(client.rbac().clusterRoleBindings()));
    found.addAll(ours(client.rbac().roles().inAnyNamespace()));
    found.addAll(ours(client.rbac().roleBindings().inAnyNamespace()));
    found.addAll(ours(client.admissionRegistration().v1().validatingAdmissionPolicies()));
    found.addAll(ours(client.admissionRegistration().v1().validatingAdmissionPolicyBindings()));
    found.addAll(ours(client.scheduling().v1().priorityClasses()));
    found.addAll(ours(client.serviceAccounts().inAnyNamespace()));
    found.addAll(ours(client.configMaps().inAnyNamespace()));
    found.addAll(ours(client.services().inAnyNamespace()));
    found.addAll(ours(client.secrets().inAnyNamespace()));
    found.addAll(ours(client.services().inAnyNamespace()));
    found.addAll(ours(client.pods().inAnyNamespace()));
    found.addAll(ours(client.batch().v1().jobs().inAnyNamespace()));
    found.addAll(client.resources(WhistlerProgram.class).list().getItems());
    found.addAll(client.resources(WhistlerRevision.class).list().getItems());
    found.addAll(client.resources(WhistlerArtifact.class).list().getItems());
    return found.stream()
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static <T extends HasMetadata> List<T> ours(
      FilterWatchListDeletable<T, ? extends KubernetesResourceList<T>, ?> all) {
    return all.withLabel("app.kubernetes.io/instance", RELEASE).list().getItems();
  }

  /**
   * Waits until nothing of {@link #objects} is left: the garbage collector takes its time.
   *
   * @throws IllegalStateException when something stays; the message names it
   */
  public void awaitGone() {
    try {
      Waiting.until("every object of the release gone", GONE_LIMIT, () -> objects().isEmpty());
    } catch (Waiting.TimeoutException e) {
      throw new IllegalStateException(e.getMessage() + " There are still: " + objects() + ".", e);
    }
  }

  /** States and the ends of the logs of all pods, for a failure's message. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (Pod pod : client.pods().inNamespace(NAMESPACE).list().getItems()) {
      text.append(pod.getMetadata().getName()).append(": ").append(pod.getStatus().getPhase());
      pod.getStatus()
          .getContainerStatuses()
          .forEach(c -> text.append(' ').append(c.getName()).append(' ').append(c.getState()));
      text.append('\n').append(log(pod)).append('\n');
    }
    return text.toString();
  }

  private String log(Pod pod) {
    try {
      return client.pods().resource(pod).tailingLines(LOG_LINES).getLog();
    } catch (KubernetesClientException none) {
      return "(no log: " + none.getMessage() + ")";
    }
  }
}
