package dev.whistler.testbed.cluster;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.TemporaryDirectory;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A real Kubernetes from the first provider that this machine can serve. In the control-plane size
 * nodes are names: the programs that act for a node run as local processes with tokens that the API
 * server has bound to that name. In the full size there is a {@link #node} that runs pods.
 */
public final class TestCluster implements AutoCloseable {

  private static final Duration TOKEN_LIFE = Duration.ofHours(8);

  private final RunningCluster cluster;
  private final KubernetesClient client;
  private final Path credentials;
  private final String description;
  private final Teardown teardown;

  private TestCluster(
      RunningCluster cluster,
      KubernetesClient client,
      Path credentials,
      String description,
      Teardown teardown) {
    this.cluster = cluster;
    this.client = client;
    this.credentials = credentials;
    this.description = description;
    this.teardown = teardown;
  }

  /**
   * The providers in the order in which they are tried. Pods of the full size run images that no
   * registry has, so the user's cluster, into whose nodes nothing can be loaded, is none of them.
   */
  public static List<ClusterProvider> providers(Repository repository, ClusterSize size) {
    ClusterProvider modules = new ModulesCluster(repository, size);
    return switch (size) {
      case CONTROL_PLANE -> List.of(UserCluster.fromEnvironment(), new K3sCluster(), modules);
      case FULL -> List.of(new K3sCluster(), modules);
    };
  }

  /** Starts the first of {@link #providers} of the control-plane size that is available. */
  public static TestCluster start(Repository repository, Progress progress) {
    return start(repository, ClusterSize.CONTROL_PLANE, progress);
  }

  /** Starts the first of {@link #providers} of that size that is available. */
  public static TestCluster start(Repository repository, ClusterSize size, Progress progress) {
    return start(providers(repository, size), progress);
  }

  /**
   * Starts the first available provider.
   *
   * @throws ClusterException if none is; the message names each with its reason
   */
  public static TestCluster start(List<ClusterProvider> providers, Progress progress) {
    List<String> reasons = new ArrayList<>();
    for (ClusterProvider provider : providers) {
      switch (provider.availability()) {
        case ClusterProvider.Availability.Available(String what) -> {
          progress.say("cluster: " + what);
          return start(provider, what, progress);
        }
        case ClusterProvider.Availability.Unavailable(String reason) ->
            reasons.add("%d. %s".formatted(reasons.size() + 1, reason));
      }
    }
    throw new ClusterException(
        "No Kubernetes to run on. One of these would do:\n" + String.join("\n", reasons));
  }

  private static TestCluster start(ClusterProvider provider, String what, Progress progress) {
    RunningCluster running = provider.start(progress);
    // Made after that of the cluster, which must be there while what is in it is removed.
    Teardown teardown = new Teardown();
    try {
      teardown.add(what, running::close);
      KubernetesClient client =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(running.kubeconfig().toFile()))
              .build();
      teardown.add("client", client::close);
      TemporaryDirectory credentials = TemporaryDirectory.create("whistler-credentials-");
      teardown.add("credentials", credentials::close);
      return new TestCluster(running, client, credentials.path(), what, teardown);
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  /** What kind of cluster this is, for people. */
  public String description() {
    return description;
  }

  /** The administrator's kubeconfig file. */
  public Path kubeconfig() {
    return cluster.kubeconfig();
  }

  /** A client with administrator rights, closed with the cluster. */
  public KubernetesClient client() {
    return client;
  }

  /** The switch of the API server, where the provider has one. */
  public Optional<RunningCluster.ApiServerSwitch> apiServer() {
    return cluster.apiServer();
  }

  /** The API server's audit log, see {@link RunningCluster#auditLog}. */
  public Optional<Path> auditLog() {
    return cluster.auditLog();
  }

  /**
   * The node that runs pods on this machine.
   *
   * @throws ClusterException in the control-plane size
   */
  public ClusterNode node() {
    return cluster
        .node()
        .orElseThrow(() -> new ClusterException("No pods run in this cluster: " + description));
  }

  /** Makes the cluster know a node of this name; there is no kubelet behind it. */
  public Node addNode(String name, Map<String, String> labels) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/hostname", name)
            .addToLabels(labels)
            .endMetadata()
            .build();
    Node created = client.nodes().resource(node).create();
    teardown.add("node " + name, () -> client.nodes().withName(name).delete());
    return created;
  }

  /** A kubeconfig file with a token of a service account. */
  public Path serviceAccountKubeconfig(String namespace, String serviceAccount) {
    return write(serviceAccount, token(namespace, serviceAccount, new TokenRequestBuilder()));
  }

  /**
   * A kubeconfig file with a token of a service account, bound to {@code node} as the kubelet binds
   * the tokens of its pods: the API server adds the node's name to the user's attributes.
   */
  public Path nodeKubeconfig(String namespace, String serviceAccount, Node node) {
    return write(
        serviceAccount + "-" + node.getMetadata().getName(),
        nodeToken(namespace, serviceAccount, node));
  }

  /**
   * The content of such a kubeconfig for a machine to which this machine's loopback has another
   * name.
   *
   * @param loopback the name, one that the API server's certificate has
   */
  public String nodeKubeconfigFor(
      String namespace, String serviceAccount, Node node, String loopback) {
    Kubeconfig here = kubeconfig(nodeToken(namespace, serviceAccount, node));
    String server =
        here.server()
            .replaceFirst("//(127\\.0\\.0\\.1|localhost|\\[::1\\])(?=[:/]|$)", "//" + loopback);
    return new Kubeconfig(server, here.caData(), here.token()).text();
  }

  private String nodeToken(String namespace, String serviceAccount, Node node) {
    TokenRequestBuilder request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(node.getMetadata().getName())
            .withUid(node.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec();
    return token(namespace, serviceAccount, request);
  }

  private String token(String namespace, String serviceAccount, TokenRequestBuilder request) {
    TokenRequest answer =
        client
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(serviceAccount)
            .tokenRequest(
                request
                    .editOrNewSpec()
                    .withExpirationSeconds(TOKEN_LIFE.toSeconds())
                    .endSpec()
                    .build());
    return Objects.requireNonNull(answer, "TokenRequest has no answer").getStatus().getToken();
  }

  private Path write(String name, String token) {
    return kubeconfig(token).write(credentials.resolve(name + ".kubeconfig"));
  }

  private Kubeconfig kubeconfig(String token) {
    Config admin = client.getConfiguration();
    return new Kubeconfig(admin.getMasterUrl().replaceAll("/$", ""), admin.getCaCertData(), token);
  }

  @Override
  public void close() {
    teardown.close();
  }
}
