package dev.whistler.testbed.install;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.cluster.TestCluster;
import dev.whistler.testbed.guest.GuestException;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.TemporaryDirectory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What {@code helm install} does in a cluster with nodes, done with local processes: the chart's
 * accounts, rights and policies are there, and operator and agents have the tokens of their
 * accounts. The chart is here as Helm renders it with default values ({@code chart.yaml}; a test
 * compares it).
 */
public final class Installation implements AutoCloseable {

  /** Kinds of the chart that need a kubelet. */
  private static final Set<String> IN_PODS = Set.of("Deployment", "DaemonSet", "Job", "Pod");

  /** The namespace of operator and agents. */
  public static final String NAMESPACE = "whistler-system";

  private final TestCluster cluster;
  private final Repository repository;
  private final Path directory;
  private final Path logs;
  private final Teardown teardown;
  private final GuestNodes guests;

  private Installation(
      TestCluster cluster, Repository repository, Path directory, Path logs, Teardown teardown) {
    this.cluster = cluster;
    this.repository = repository;
    this.directory = directory;
    this.logs = logs;
    this.teardown = teardown;
    this.guests = new GuestNodes(cluster, repository, NAMESPACE, directory, logs);
  }

  /**
   * Creates the namespace and the custom resource definitions; nothing runs yet.
   *
   * @param logs an existing directory for the logs of operator and agents, which stay there
   */
  public static Installation on(TestCluster cluster, Repository repository, Path logs) {
    Teardown teardown = new Teardown();
    try {
      TemporaryDirectory directory = TemporaryDirectory.create("whistler-install-");
      teardown.add("state", directory::close);
      Installation installation =
          new Installation(cluster, repository, directory.path(), logs, teardown);
      installation.createNamespace();
      installation.createDefinitions();
      installation.createRights();
      teardown.add("guests", installation.guests::close);
      return installation;
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  private void createNamespace() {
    KubernetesClient client = cluster.client();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    teardown.add("namespace", () -> client.namespaces().withName(NAMESPACE).delete());
  }

  private void createDefinitions() {
    KubernetesClient client = cluster.client();
    Path folder = repository.root().resolve("helm/whistler/crds");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        for (HasMetadata definition : load(client, file)) {
          client.resource(definition).serverSideApply();
          teardown.add(
              definition.getMetadata().getName(), () -> client.resource(definition).delete());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the custom resources in " + folder + ".", e);
    }
    client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(definition -> definition.getMetadata().getName().endsWith(".whistler.dev"))
        .forEach(
            definition ->
                client
                    .resource(definition)
                    .waitUntilCondition(
                        it ->
                            it != null
                                && it.getStatus() != null
                                && it.getStatus().getConditions().stream()
                                    .anyMatch(
                                        c ->
                                            c.getType().equals("Established")
                                                && c.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS));
  }

  /** Everything in the chart but what would run in pods. */
  private void createRights() {
    KubernetesClient client = cluster.client();
    try (InputStream chart =
        Objects.requireNonNull(Installation.class.getResourceAsStream("chart.yaml"))) {
      for (HasMetadata resource : client.load(chart).items()) {
        if (!IN_PODS.contains(resource.getKind()) && !isHook(resource)) {
          client.resource(resource).serverSideApply();
          teardown.add(
              resource.getKind() + " " + resource.getMetadata().getName(),
              () -> client.resource(resource).delete());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the rendered chart.", e);
    }
  }

  /** Hooks are there only while Helm runs them. */
  private static boolean isHook(HasMetadata resource) {
    return Objects.requireNonNullElse(
            resource.getMetadata().getAnnotations(), Map.<String, String>of())
        .containsKey("helm.sh/hook");
  }

  private static List<HasMetadata> load(KubernetesClient client, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return client.load(in).items();
    }
  }

  /** Starts the operator; {@link QuarkusProcess#awaitReady} waits for it. */
  public QuarkusProcess startOperator() {
    return startOperator("operator", Map.of());
  }

  /**
   * Starts an operator with settings of its own.
   *
   * @param name of the process, for messages and its log
   */
  public QuarkusProcess startOperator(String name, Map<String, String> settings) {
    return startOperator(name, ProcessOptions.NONE.with(settings));
  }

  /** The same with options of its own, which win. */
  public QuarkusProcess startOperator(String name, ProcessOptions options) {
    QuarkusProcess operator =
        QuarkusProcess.start(
            name,
            QuarkusProcess.jar(repository.root(), "operator"),
            new ProcessOptions(
                    Map.of(
                        "whistler.namespace", NAMESPACE,
                        "whistler.replica", name,
                        // By which the audit log tells one from another.
                        "kubernetes.user.agent", name),
                    options.wrapper(),
                    options.jvm())
                .with(options.settings()),
            cluster.serviceAccountKubeconfig(NAMESPACE, "whistler-operator"),
            logs);
    teardown.add(name, operator::close);
    return operator;
  }

  /** Starts an agent for a new node of this name on this machine. */
  public AgentProcess startAgent(String nodeName, Map<String, String> labels) {
    return startAgent(nodeName, labels, ProcessOptions.NONE);
  }

  /** The same with options of its own, which win. */
  public AgentProcess startAgent(
      String nodeName, Map<String, String> labels, ProcessOptions options) {
    Node node = cluster.addNode(nodeName, labels);
    Path state = directory.resolve("node-" + nodeName);
    QuarkusProcess process =
        QuarkusProcess.start(
            "agent-" + node.getMetadata().getName(),
            QuarkusProcess.jar(repository.root(), "node-agent"),
            new ProcessOptions(
                    Map.of(
                        "whistler.node-name", nodeName,
                        "whistler.namespace", NAMESPACE,
                        "whistler.directory", state.toString()),
                    options.wrapper(),
                    options.jvm())
                .with(options.settings()),
            agentKubeconfig(node.getMetadata().getName()),
            logs);
    teardown.add("agent on " + nodeName, process::close);
    return new AgentProcess(nodeName, process, state);
  }

  /**
   * Makes a node that will be a machine of its own; {@link GuestNode#start} switches it on.
   *
   * @throws GuestException when its disks cannot be made
   */
  public GuestNode addGuest(String nodeName, Map<String, String> labels) throws GuestException {
    return guests.add(nodeName, labels);
  }

  /** A kubeconfig with the rights of the agent of a node. */
  public Path agentKubeconfig(String node) {
    return cluster.nodeKubeconfig(
        NAMESPACE, "whistler-agent", cluster.client().nodes().withName(node).require());
  }

  @Override
  public void close() {
    teardown.close();
  }
}
