package dev.whistler.agent.report;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The Node that an agent runs on, as a watch has it. What the agent writes belongs to it, goes with
 * it, and is not written again before there is such a Node once more: nobody would collect it.
 */
public final class OwnNode {
  private final SharedIndexInformer<Node> watch;

  /**
   * @param watch of the Nodes of this name
   */
  public OwnNode(SharedIndexInformer<Node> watch) {
    this.watch = watch;
  }

  /** Whether there is no such Node; false as long as that is not known. */
  boolean isGone() {
    return watch.hasSynced() && node().isEmpty();
  }

  /** None before the Node is known. */
  public Map<String, String> labels() {
    return node()
        .map(
            it ->
                Objects.requireNonNullElse(it.getMetadata().getLabels(), Map.<String, String>of()))
        .orElse(Map.of());
  }

  /** None before the Node is known. */
  List<OwnerReference> references() {
    return node().stream()
        .map(
            owner ->
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(owner.getMetadata().getName())
                    .withUid(owner.getMetadata().getUid())
                    .build())
        .toList();
  }

  private Optional<Node> node() {
    return watch.getStore().list().stream().findFirst();
  }
}
