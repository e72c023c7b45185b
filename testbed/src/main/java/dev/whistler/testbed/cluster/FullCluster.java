package dev.whistler.testbed.cluster;

import dev.whistler.testbed.cluster.ControlPlane.Identity;
import dev.whistler.testbed.cluster.ControlPlane.Place;
import dev.whistler.testbed.cluster.KubernetesBuild.Server;
import dev.whistler.testbed.process.Progress;
import dev.whistler.testbed.process.Teardown;
import dev.whistler.testbed.process.TemporaryDirectory;
import dev.whistler.testbed.sandbox.Sandbox;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A control plane with scheduler and one node, all in one {@link Sandbox}: the machine keeps no
 * mount, route, socket or container of it. The API server is reached from this machine and from
 * pods at the sandbox's address.
 */
final class FullCluster implements RunningCluster {

  private static final int API_PORT = 6443;
  private static final int ETCD_PORT = 2379;
  private static final int ETCD_PEER_PORT = 2380;
  private static final Identity SCHEDULER = new Identity("system:kube-scheduler", "");
  private static final Identity PROXY = new Identity("system:kube-proxy", "");
  private static final Identity KUBELET =
      new Identity("system:node:" + SandboxedNode.NAME, "system:nodes");

  private final Sandbox sandbox;
  private final ControlPlane controlPlane;
  private final SandboxedNode node;
  private final Teardown teardown;

  private FullCluster(
      Sandbox sandbox, ControlPlane controlPlane, SandboxedNode node, Teardown teardown) {
    this.sandbox = sandbox;
    this.controlPlane = controlPlane;
    this.node = node;
    this.teardown = teardown;
  }

  /**
   * Starts everything; on failure nothing is left.
   *
   * @param state for data, keys, logs and configurations; goes with the cluster
   */
  static FullCluster start(KubernetesBuild binaries, TemporaryDirectory state, Progress progress) {
    Teardown teardown = new Teardown();
    try {
      teardown.add("state of the cluster in " + state.path(), state::close);
      Sandbox sandbox = Sandbox.start(state.path());
      teardown.add("sandbox " + sandbox.name(), sandbox::close);
      progress.say("sandbox " + sandbox.name() + " at " + sandbox.address());
      return start(binaries, state.path(), sandbox, teardown, progress);
    } catch (RuntimeException e) {
      teardown.close();
      throw e;
    }
  }

  private static FullCluster start(
      KubernetesBuild binaries, Path state, Sandbox sandbox, Teardown teardown, Progress progress) {
    SelfSignedCertificate apiServer =
        SelfSignedCertificate.create(
            state, "kubelet-client", "CN=api-server,O=system:masters", "dns:api-server");
    SelfSignedCertificate kubelet =
        SelfSignedCertificate.create(
            state,
            "kubelet",
            "CN=" + KUBELET.user() + ",O=" + KUBELET.group(),
            "dns:" + SandboxedNode.NAME + ",ip:" + sandbox.address());
    Place place =
        new Place(
            sandbox::launch,
            sandbox.address(),
            API_PORT,
            ETCD_PORT,
            ETCD_PEER_PORT,
            List.of(
                "--kubelet-preferred-address-types=InternalIP",
                "--kubelet-certificate-authority=" + kubelet.certificate(),
                "--kubelet-client-certificate=" + apiServer.certificate(),
                "--kubelet-client-key=" + apiServer.key()),
            List.of());
    ControlPlane controlPlane =
        ControlPlane.start(
            binaries,
            state,
            place,
            List.of(Identity.ADMIN, SCHEDULER, PROXY, KUBELET),
            teardown,
            progress);
    var _ =
        sandbox.launch(
            "scheduler",
            state.resolve("scheduler.log"),
            Map.of(),
            List.of(
                binaries.binary(Server.SCHEDULER).toString(),
                "--kubeconfig=" + controlPlane.kubeconfigOf(SCHEDULER),
                "--leader-elect=false",
                "--secure-port=0"));
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(controlPlane.kubeconfig().toFile()))
            .build();
    teardown.add("client", client::close);
    SandboxedNode node =
        SandboxedNode.start(
            binaries,
            sandbox,
            state,
            new SandboxedNode.Credentials(
                controlPlane.kubeconfigOf(KUBELET),
                controlPlane.kubeconfigOf(PROXY),
                kubelet,
                apiServer),
            client,
            progress);
    return new FullCluster(sandbox, controlPlane, node, teardown);
  }

  @Override
  public Path kubeconfig() {
    return controlPlane.kubeconfig();
  }

  @Override
  public Optional<ApiServerSwitch> apiServer() {
    return controlPlane.apiServer();
  }

  @Override
  public Optional<ClusterNode> node() {
    return Optional.of(node);
  }

  /** The sandbox first: one blow ends what would otherwise be waited for one by one. */
  @Override
  public void close() {
    try {
      sandbox.close();
    } finally {
      teardown.close();
    }
  }
}
