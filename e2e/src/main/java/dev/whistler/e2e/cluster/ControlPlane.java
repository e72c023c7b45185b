package dev.whistler.e2e.cluster;

import dev.whistler.e2e.cluster.KubernetesBuild.Server;
import dev.whistler.e2e.process.ChildProcess;
import dev.whistler.e2e.process.LoopbackPorts;
import dev.whistler.e2e.process.Progress;
import dev.whistler.e2e.process.Teardown;
import dev.whistler.e2e.process.TemporaryDirectory;
import dev.whistler.e2e.process.Waiting;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * etcd, API server and controller-manager as child processes on loopback ports: no root, no mounts,
 * no name spaces. The API server makes its own serving certificate; the keys of service account
 * tokens come from the JDK.
 */
final class ControlPlane implements RunningCluster, RunningCluster.ApiServerSwitch {

  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final String SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc";

  private final KubernetesBuild binaries;
  private final Path state;
  private final Teardown teardown;
  private final int etcdPort;
  private final int etcdPeerPort;
  private final int apiPort;
  private final String adminToken;
  private final Path kubeconfig;
  private @Nullable ChildProcess apiServer;

  private ControlPlane(KubernetesBuild binaries, Path state, Teardown teardown) {
    this.binaries = binaries;
    this.state = state;
    this.teardown = teardown;
    List<Integer> ports = LoopbackPorts.free(3);
    this.etcdPort = ports.get(0);
    this.etcdPeerPort = ports.get(1);
    this.apiPort = ports.get(2);
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    this.adminToken = HexFormat.of().formatHex(secret);
    this.kubeconfig = state.resolve("admin.kubeconfig");
  }

  /** Starts the three servers; on failure nothing is left but the logs, whose ends are shown. */
  static ControlPlane start(KubernetesBuild binaries, Progress progress) {
    Teardown teardown = new Teardown("control-plane");
    try {
      TemporaryDirectory state = TemporaryDirectory.create("whistler-cluster-");
      teardown.add("state of the cluster in " + state.path(), state::close);
      ControlPlane cluster = new ControlPlane(binaries, state.path(), teardown);
      cluster.startAll(progress);
      return cluster;
    } catch (IOException e) {
      teardown.close();
      throw new UncheckedIOException("Cannot write the cluster's keys.", e);
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  private void startAll(Progress progress) throws IOException {
    writeCredentials();
    launch(
        Server.ETCD,
        "etcd",
        List.of(
            "--data-dir=" + state.resolve("etcd"),
            "--unsafe-no-fsync",
            "--listen-client-urls=http://127.0.0.1:" + etcdPort,
            "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
            "--listen-peer-urls=http://127.0.0.1:" + etcdPeerPort,
            "--initial-advertise-peer-urls=http://127.0.0.1:" + etcdPeerPort,
            "--initial-cluster=default=http://127.0.0.1:" + etcdPeerPort));
    start();
    progress.say("API server ready on 127.0.0.1:" + apiPort);
    launch(
        Server.CONTROLLER_MANAGER,
        "controller-manager",
        List.of(
            "--kubeconfig=" + kubeconfig,
            "--leader-elect=false",
            "--secure-port=0",
            "--service-account-private-key-file=" + state.resolve("sa.key"),
            "--root-ca-file=" + servingCertificate(),
            "--use-service-account-credentials"));
    try (KubernetesClient client = client()) {
      Waiting.until(
          "the default service account",
          READY_LIMIT,
          () -> client.serviceAccounts().inNamespace("default").withName("default").get() != null);
    }
    progress.say("controller-manager works");
  }

  private void writeCredentials() throws IOException {
    KeyPair pair;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      pair = generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has RSA.", e);
    }
    writePem("sa.key", "PRIVATE KEY", pair.getPrivate().getEncoded());
    writePem("sa.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
    Files.writeString(
        state.resolve("tokens.csv"), adminToken + ",admin,admin,\"system:masters\"\n");
  }

  private void writePem(String file, String label, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        state.resolve(file),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private Path servingCertificate() {
    return state.resolve("serving").resolve("apiserver.crt");
  }

  private ChildProcess launch(Server server, String name, List<String> arguments) {
    List<String> command =
        Stream.concat(Stream.of(binaries.binary(server).toString()), arguments.stream()).toList();
    ChildProcess process =
        ChildProcess.start(name, state.resolve(name + ".log"), Map.of(), command);
    teardown.add(name, process::close);
    return process;
  }

  @Override
  public void start() {
    ChildProcess process =
        launch(
            Server.API_SERVER,
            "apiserver",
            List.of(
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                // A loopback address is none that Endpoints may name: nothing is to be published.
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--cert-dir=" + state.resolve("serving"),
                "--token-auth-file=" + state.resolve("tokens.csv"),
                "--service-account-issuer=" + SERVICE_ACCOUNT_ISSUER,
                "--service-account-key-file=" + state.resolve("sa.pub"),
                "--service-account-signing-key-file=" + state.resolve("sa.key"),
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--enable-aggregator-routing",
                "--allow-privileged",
                // The default of 60 s would keep a restart waiting for open watches.
                "--shutdown-delay-duration=0s",
                "--shutdown-send-retry-after"));
    apiServer = process;
    Waiting.until(
        "the API server's certificate",
        READY_LIMIT,
        () -> {
          process.requireAlive();
          return Files.exists(servingCertificate());
        });
    writeKubeconfig();
    try (KubernetesClient client = client()) {
      Waiting.until(
          "the API server",
          READY_LIMIT,
          () -> {
            process.requireAlive();
            return ready(client);
          });
    } catch (Waiting.TimeoutException e) {
      throw new ClusterException(
          e.getMessage() + " The end of its log:\n" + process.logTail(30), e);
    }
  }

  private static boolean ready(KubernetesClient client) {
    try {
      return "ok".equals(client.raw("/readyz"));
    } catch (KubernetesClientException notYet) {
      return false;
    }
  }

  @Override
  public void stop() {
    ChildProcess process = apiServer;
    if (process != null) {
      process.close();
      apiServer = null;
    }
  }

  private void writeKubeconfig() {
    try {
      byte[] pem = Files.readAllBytes(servingCertificate());
      // Names what the API server presents: its certificate, followed by the CA it made for it.
      if (!new String(pem, StandardCharsets.US_ASCII).contains("BEGIN CERTIFICATE")) {
        throw new ClusterException("The API server wrote no certificate; see its log.");
      }
      var _ =
          new Kubeconfig(
                  "https://127.0.0.1:" + apiPort,
                  Base64.getEncoder().encodeToString(pem),
                  adminToken)
              .write(kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the API server's certificate.", e);
    }
  }

  private KubernetesClient client() {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout(2_000);
    config.setRequestTimeout(2_000);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Optional<ApiServerSwitch> apiServer() {
    return Optional.of(this);
  }

  @Override
  public void keep() {
    teardown.abandon();
  }

  @Override
  public void close() {
    teardown.close();
  }
}
