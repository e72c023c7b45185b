package dev.whistler.testbed.cluster;

import dev.whistler.testbed.cluster.KubernetesBuild.Server;
import dev.whistler.testbed.process.ChildProcess;
import dev.whistler.testbed.process.LoopbackPorts;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.TemporaryDirectory;
import dev.whistler.testbed.process.Waiting;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * etcd, API server and controller-manager as child processes, at a {@link Place}. The API server
 * makes its own serving certificate; the keys of service account tokens come from the JDK.
 */
final class ControlPlane implements RunningCluster, RunningCluster.ApiServerSwitch {

  /**
   * Who may use the API server with a token of its own.
   *
   * @param user user name, which names the kubeconfig file too
   * @param group the group that it is in; empty for none
   */
  record Identity(String user, String group) {
    static final Identity ADMIN = new Identity("admin", "system:masters");
  }

  /**
   * Where the servers run and listen.
   *
   * @param launcher starts a process there
   * @param address the API server's address, as clients and certificate name it
   * @param apiPort port of the API server
   * @param etcdPort loopback port of etcd for clients
   * @param etcdPeerPort loopback port of etcd for its peers, of which it has none
   * @param apiServerOptions what the API server is told beyond what all places share
   * @param controllerOptions what the controller manager is told beyond that
   */
  record Place(
      Launcher launcher,
      String address,
      int apiPort,
      int etcdPort,
      int etcdPeerPort,
      List<String> apiServerOptions,
      List<String> controllerOptions) {

    /** On free loopback ports of this machine: no root, no mounts, no name spaces. */
    static Place loopback() {
      List<Integer> ports = LoopbackPorts.free(3);
      return new Place(
          ChildProcess::start,
          "127.0.0.1",
          ports.get(0),
          ports.get(1),
          ports.get(2),
          List.of(
              "--bind-address=127.0.0.1",
              // A loopback address is none that Endpoints may name: nothing is to be published.
              "--endpoint-reconciler-type=none"),
          // No kubelet says that its node is well: thousands would be marked, minute after minute.
          List.of("--controllers=*,-node-lifecycle-controller,-taint-eviction-controller"));
    }

    String url() {
      return "https://" + address + ":" + apiPort;
    }
  }

  /** Starts a process; both of its outputs are appended to the log. */
  @FunctionalInterface
  interface Launcher {
    ChildProcess launch(
        String name, Path log, Map<String, String> environment, List<String> command);
  }

  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
        - level: Metadata
          userGroups: ["system:serviceaccounts"]
        - level: None
      """;
  private static final String SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc";

  private final KubernetesBuild binaries;
  private final Path state;
  private final Teardown teardown;
  private final Place place;
  private final Map<Identity, String> tokens;
  private @Nullable ChildProcess apiServer;

  private ControlPlane(
      KubernetesBuild binaries,
      Path state,
      Teardown teardown,
      Place place,
      Map<Identity, String> tokens) {
    this.binaries = binaries;
    this.state = state;
    this.teardown = teardown;
    this.place = place;
    this.tokens = tokens;
  }

  /** Starts the three servers on loopback ports; on failure nothing is left. */
  static ControlPlane start(KubernetesBuild binaries, Progress progress) {
    Teardown teardown = new Teardown();
    try {
      TemporaryDirectory state = TemporaryDirectory.create("whistler-cluster-");
      teardown.add("state of the cluster in " + state.path(), state::close);
      return start(
          binaries, state.path(), Place.loopback(), List.of(Identity.ADMIN), teardown, progress);
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  /**
   * Starts the three servers.
   *
   * @param state an existing directory for data, keys, logs and kubeconfigs
   * @param identities who gets a token, {@link Identity#ADMIN} among them
   * @param teardown learns how to undo each step; the caller closes it after a failure
   */
  static ControlPlane start(
      KubernetesBuild binaries,
      Path state,
      Place place,
      List<Identity> identities,
      Teardown teardown,
      Progress progress) {
    Map<Identity, String> tokens = new LinkedHashMap<>();
    identities.forEach(identity -> tokens.put(identity, newToken()));
    ControlPlane cluster = new ControlPlane(binaries, state, teardown, place, tokens);
    try {
      cluster.startAll(progress);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the cluster's keys.", e);
    }
    return cluster;
  }

  private static String newToken() {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private void startAll(Progress progress) throws IOException {
    writeCredentials();
    launch(
        Server.ETCD,
        "etcd",
        List.of(
            "--data-dir=" + state.resolve("etcd"),
            "--unsafe-no-fsync",
            "--listen-client-urls=http://127.0.0.1:" + place.etcdPort(),
            "--advertise-client-urls=http://127.0.0.1:" + place.etcdPort(),
            "--listen-peer-urls=http://127.0.0.1:" + place.etcdPeerPort(),
            "--initial-advertise-peer-urls=http://127.0.0.1:" + place.etcdPeerPort(),
            "--initial-cluster=default=http://127.0.0.1:" + place.etcdPeerPort()));
    start();
    progress.say("API server ready on " + place.address() + ":" + place.apiPort());
    launch(
        Server.CONTROLLER_MANAGER,
        "controller-manager",
        Stream.concat(
                Stream.of(
                    "--kubeconfig=" + kubeconfig(),
                    "--leader-elect=false",
                    "--secure-port=0",
                    "--service-account-private-key-file=" + state.resolve("sa.key"),
                    "--root-ca-file=" + servingCertificate(),
                    "--use-service-account-credentials"),
                place.controllerOptions().stream())
            .toList());
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
    var _ = Pem.write(state.resolve("sa.key"), "PRIVATE KEY", pair.getPrivate().getEncoded());
    var _ = Pem.write(state.resolve("sa.pub"), "PUBLIC KEY", pair.getPublic().getEncoded());
    Files.writeString(state.resolve("audit-policy.yaml"), AUDIT_POLICY);
    StringBuilder known = new StringBuilder();
    tokens.forEach(
        (identity, token) ->
            known.append(
                "%s,%s,%s,\"%s\"%n"
                    .formatted(token, identity.user(), identity.user(), identity.group())));
    Files.writeString(state.resolve("tokens.csv"), known);
  }

  private Path servingCertificate() {
    return state.resolve("serving").resolve("apiserver.crt");
  }

  private ChildProcess launch(Server server, String name, List<String> arguments) {
    List<String> command =
        Stream.concat(Stream.of(binaries.binary(server).toString()), arguments.stream()).toList();
    ChildProcess process =
        place.launcher().launch(name, state.resolve(name + ".log"), Map.of(), command);
    teardown.add(name, process::close);
    return process;
  }

  @Override
  public void start() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--etcd-servers=http://127.0.0.1:" + place.etcdPort(),
                "--secure-port=" + place.apiPort(),
                "--advertise-address=" + place.address(),
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
                "--audit-policy-file=" + state.resolve("audit-policy.yaml"),
                "--audit-log-path=" + auditFile(),
                // The default of 60 s would keep a restart waiting for open watches.
                "--shutdown-delay-duration=0s",
                "--shutdown-send-retry-after"));
    options.addAll(place.apiServerOptions());
    ChildProcess process = launch(Server.API_SERVER, "apiserver", options);
    apiServer = process;
    Waiting.until(
        "the API server's certificate",
        READY_LIMIT,
        () -> {
          process.requireAlive();
          return Files.exists(servingCertificate());
        });
    tokens.forEach(this::writeKubeconfig);
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

  @Override
  public void kill() {
    ChildProcess process = apiServer;
    if (process != null) {
      try {
        process.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while the API server is killed.", e);
      }
      apiServer = null;
    }
  }

  private void writeKubeconfig(Identity identity, String token) {
    try {
      byte[] pem = Files.readAllBytes(servingCertificate());
      // Names what the API server presents: its certificate, followed by the CA it made for it.
      if (!new String(pem, StandardCharsets.US_ASCII).contains("BEGIN CERTIFICATE")) {
        throw new ClusterException("The API server wrote no certificate; see its log.");
      }
      var _ =
          new Kubeconfig(place.url(), Base64.getEncoder().encodeToString(pem), token)
              .write(kubeconfigOf(identity));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the API server's certificate.", e);
    }
  }

  private KubernetesClient client() {
    Config config = Config.fromKubeconfig(kubeconfig().toFile());
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout(2_000);
    config.setRequestTimeout(2_000);
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  @Override
  public Path kubeconfig() {
    return kubeconfigOf(Identity.ADMIN);
  }

  /** The kubeconfig file of one of the identities, with the token it was given. */
  Path kubeconfigOf(Identity identity) {
    return state.resolve(identity.user().replace(':', '-') + ".kubeconfig");
  }

  @Override
  public Optional<ApiServerSwitch> apiServer() {
    return Optional.of(this);
  }

  private Path auditFile() {
    return state.resolve("audit.log");
  }

  @Override
  public Optional<Path> auditLog() {
    return Optional.of(auditFile());
  }

  @Override
  public Optional<ClusterNode> node() {
    return Optional.empty();
  }

  @Override
  public void close() {
    teardown.close();
  }
}
