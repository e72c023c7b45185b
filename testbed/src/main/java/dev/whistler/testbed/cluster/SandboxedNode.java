package dev.whistler.testbed.cluster;

import dev.whistler.testbed.cluster.KubernetesBuild.Server;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.sandbox.Sandbox;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** containerd, kubelet and kube-proxy in a {@link Sandbox}. */
final class SandboxedNode implements ClusterNode, ClusterNode.Power {

  static final String NAME = "node-a";

  private static final Duration READY_LIMIT = Duration.ofSeconds(120);
  private static final String PODS = "10.244.0.0/24";

  private final KubernetesBuild binaries;
  private final Sandbox sandbox;
  private final Path state;
  private final KubernetesClient client;
  private @Nullable ChildProcess kubelet;

  private SandboxedNode(
      KubernetesBuild binaries, Sandbox sandbox, Path state, KubernetesClient client) {
    this.binaries = binaries;
    this.sandbox = sandbox;
    this.state = state;
    this.client = client;
  }

  /**
   * Files that the node needs.
   *
   * @param kubeletKubeconfig with the rights of this node
   * @param proxyKubeconfig with the rights of kube-proxy
   * @param serving the kubelet's own certificate
   * @param apiServer the certificate by which the kubelet knows the API server
   */
  record Credentials(
      Path kubeletKubeconfig,
      Path proxyKubeconfig,
      SelfSignedCertificate serving,
      SelfSignedCertificate apiServer) {}

  /**
   * Starts all three and waits until the node is Ready. Its processes end with the sandbox.
   *
   * @param state an existing directory for configurations and logs
   */
  static SandboxedNode start(
      KubernetesBuild binaries,
      Sandbox sandbox,
      Path state,
      Credentials credentials,
      KubernetesClient client,
      Progress progress) {
    SandboxedNode node = new SandboxedNode(binaries, sandbox, state, client);
    try {
      node.startRuntime();
      progress.say("container runtime ready");
      node.startProxy(credentials);
      node.configureKubelet(credentials);
      node.on();
      progress.say("node " + NAME + " Ready");
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the node's configuration.", e);
    }
  }

  private void startRuntime() throws IOException {
    Path plugins =
        NodeTools.pluginDirectory()
            .orElseThrow(() -> new ClusterException("The CNI plugins are gone."));
    Path networks = Files.createDirectory(state.resolve("networks"));
    // Point to point and not a bridge: what a service's address was before it was translated is
    // translated back only in packets that are routed.
    var _ =
        Files.writeString(
            networks.resolve("10-pods.conflist"),
            """
            {"cniVersion": "0.4.0", "name": "pods", "plugins": [
              {"type": "ptp", "ipam": {"type": "host-local", "dataDir": "/run/cni-addresses",
                "ranges": [[{"subnet": "%s"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
            """
                .formatted(PODS));
    Path configuration =
        Files.writeString(
            state.resolve("containerd.toml"),
            """
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "%s"
              disable_apparmor = true
              restrict_oom_score_adj = true
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "%s"
                conf_dir = "%s"
            """
                .formatted(BusyboxImage.NAME, plugins, networks));
    ChildProcess containerd =
        launch("containerd", List.of("containerd", "--config", configuration.toString()));
    Waiting.until(
        "containerd",
        READY_LIMIT,
        () -> {
          containerd.requireAlive();
          return Files.exists(sandbox.path("/run/containerd/containerd.sock"));
        });
    Path busybox = BusyboxImage.write(state.resolve("busybox.tar"));
    load(busybox);
    Files.delete(busybox);
  }

  private void startProxy(Credentials credentials) throws IOException {
    Path configuration =
        Files.writeString(
            state.resolve("kube-proxy.yaml"),
            """
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            mode: iptables
            clientConnection: {kubeconfig: %s}
            clusterCIDR: %s
            hostnameOverride: %s
            # The limits of connection tracking are the machine's.
            conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
            """
                .formatted(credentials.proxyKubeconfig(), PODS, NAME));
    var _ =
        launch(
            "kube-proxy",
            List.of(binaries.binary(Server.PROXY).toString(), "--config=" + configuration));
  }

  private void configureKubelet(Credentials credentials) throws IOException {
    var _ =
        Files.writeString(
            state.resolve("kubelet.yaml"),
            """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            authentication: {anonymous: {enabled: false}, x509: {clientCAFile: %s}, webhook: {enabled: true}}
            authorization: {mode: Webhook}
            tlsCertFile: %s
            tlsPrivateKeyFile: %s
            cgroupDriver: cgroupfs
            cgroupRoot: /%s
            containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
            volumePluginDir: /var/lib/kubelet/plugins
            failSwapOn: false
            readOnlyPort: 0
            enforceNodeAllocatable: []
            # The machine has other users: their memory and disk are not this node's concern.
            evictionHard: {memory.available: 10Mi, nodefs.available: 1%%, imagefs.available: 1%%}
            nodeStatusUpdateFrequency: 2s
            # Nobody answers there; without any the kubelet complains of every pod.
            clusterDNS: [10.96.0.10]
            clusterDomain: cluster.local
            """
                .formatted(
                    credentials.apiServer().certificate(),
                    credentials.serving().certificate(),
                    credentials.serving().key(),
                    sandbox.name()));
    var _ = Files.copy(credentials.kubeletKubeconfig(), state.resolve("kubelet.kubeconfig"));
  }

  private ChildProcess launch(String name, List<String> command) {
    return sandbox.launch(name, state.resolve(name + ".log"), Map.of(), command);
  }

  @Override
  public void on() {
    ChildProcess process =
        launch(
            "kubelet",
            List.of(
                binaries.binary(Server.KUBELET).toString(),
                "--config=" + state.resolve("kubelet.yaml"),
                "--kubeconfig=" + state.resolve("kubelet.kubeconfig"),
                "--hostname-override=" + NAME,
                "--node-ip=" + sandbox.address()));
    kubelet = process;
    try {
      Waiting.until(
          "node " + NAME + " Ready",
          READY_LIMIT,
          () -> {
            process.requireAlive();
            return isReady();
          });
    } catch (Waiting.TimeoutException e) {
      throw new ClusterException(
          e.getMessage() + " The end of the kubelet's log:\n" + process.logTail(30), e);
    }
  }

  private boolean isReady() {
    try {
      return Optional.ofNullable(client.nodes().withName(NAME).get()).stream()
          .flatMap(node -> node.getStatus().getConditions().stream())
          .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    } catch (KubernetesClientException notYet) {
      return false;
    }
  }

  @Override
  public void off() {
    ChildProcess process = kubelet;
    if (process == null) {
      return;
    }
    try {
      process.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Interrupted while the kubelet ended.", e);
    }
    kubelet = null;
    ctr("tasks", "ls", "-q")
        .lines()
        .forEach(container -> ctr("tasks", "kill", "--signal", "SIGKILL", container));
  }

  private String ctr(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ctr", "--namespace", "k8s.io"));
    command.addAll(List.of(arguments));
    return sandbox.run(command);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void load(Path dockerArchive) {
    var _ = ctr("images", "import", dockerArchive.toAbsolutePath().toString());
  }

  @Override
  public Optional<String> read(String path) {
    try {
      return Optional.of(Files.readString(sandbox.path(path)));
    } catch (NoSuchFileException notYet) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + " of node " + NAME + ".", e);
    }
  }

  @Override
  public String mode(String path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(sandbox.path(path)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look at " + path + " of node " + NAME + ".", e);
    }
  }

  @Override
  public void write(String path, String text) {
    Path file = sandbox.path(path);
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + path + " of node " + NAME + ".", e);
    }
  }

  @Override
  public List<String> list(String directory) {
    String[] names = sandbox.path(directory).toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  @Override
  public Optional<Power> power() {
    return Optional.of(this);
  }
}
