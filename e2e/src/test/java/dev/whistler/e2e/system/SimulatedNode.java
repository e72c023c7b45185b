package dev.whistler.e2e.system;

import dev.whistler.crds.KernelIdentity;
import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileContent;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.testbed.process.Waiting;
import dev.whistler.testbed.simulator.SyntheticKernel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A node with another kernel, of which only the words exist: it says what an agent there would say
 * (the formats were recorded on a Debian 6.1 kernel) and runs nothing.
 *
 * @param name of the node
 * @param profile name of its KernelProfile
 */
record SimulatedNode(WhistlerSystem system, String name, String profile) implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Joins the cluster: Node, WhistlerNode and, once the operator wants it, KernelProfile. */
  static SimulatedNode linux61(WhistlerSystem system, String name, Map<String, String> labels) {
    SyntheticKernel kernel = SyntheticKernel.linux61();
    SimulatedNode node = new SimulatedNode(system, name, kernel.profile());
    var _ = system.cluster().addNode(name, labels);
    node.announce(kernel.release(), kernel.content().architecture());
    node.upload(kernel.content());
    return node;
  }

  /** Identity of its kernel, of whose types it says nothing. */
  String kernel() {
    return KernelIdentity.of(profile, null);
  }

  private void announce(String release, String architecture) {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(metadata(name));
    var created = client().resource(node).create();
    created.setStatus(
        new WhistlerNodeStatus(
            release,
            architecture,
            "simulated",
            "simulated",
            null,
            WhistlerNodeStatus.Kernel.of(profile, null),
            List.of(),
            List.of(),
            List.of()));
    var updated = client().resource(created).updateStatus();
    Objects.requireNonNull(updated);
  }

  private void upload(KernelProfileContent content) {
    Waiting.until(
        "the operator wants profile " + profile,
        LIMIT,
        () -> {
          KernelProfileRequest wanted =
              client()
                  .resources(KernelProfileRequest.class)
                  .withName(KernelProfileRequest.NAME)
                  .get();
          return wanted != null && wanted.getSpec().profiles().contains(profile);
        });
    KernelProfile resource = new KernelProfile();
    resource.setMetadata(metadata(profile));
    try {
      resource.setSpec(content.toSpec());
    } catch (MalformedContentException e) {
      throw new IllegalStateException(e);
    }
    var _ = client().resource(resource).create();
  }

  private KubernetesClient client() {
    return system.client();
  }

  private static ObjectMeta metadata(String name) {
    return new ObjectMetaBuilder().withName(name).build();
  }

  @Override
  public void close() {
    client().resources(WhistlerNode.class).withName(name).delete();
    client().resources(KernelProfile.class).withName(profile).delete();
    client().nodes().withName(name).delete();
  }
}
