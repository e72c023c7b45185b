package dev.whistler.agent.report;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Optional;

/** What an agent writes belongs to its Node and goes with it. */
final class Owner {
  private Owner() {}

  /** References to the Node; none before it is known. */
  static List<OwnerReference> references(Optional<Node> node) {
    return node.stream()
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
}
