package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReducedStoreTest {
  private final ReducedStore<Node> store = new ReducedStore<>(Node::new);

  private static Node node(String version) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("a")
        .withUid("uid")
        .withResourceVersion(version)
        .withLabels(Map.of("zone", "one"))
        .endMetadata()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  @Test
  void whichObjectsThereAreIsKeptAndNothingOfThem() {
    assertThat(store.put(store.getKey(node("1")), node("1"))).isNull();
    Node kept = store.get("a");
    assertThat(kept.getMetadata().getName()).isEqualTo("a");
    assertThat(kept.getMetadata().getUid()).isEqualTo("uid");
    assertThat(kept.getMetadata().getLabels()).isEmpty();
    assertThat(kept.getStatus()).isNull();
    assertThat(store.isFullState()).isFalse();
  }

  /** By it the informer tells a change from what it has seen. */
  @Test
  void theVersionIsThatOfTheLastObject() {
    String key = store.getKey(node("1"));
    var _ = store.put(key, node("1"));
    assertThat(store.put(key, node("2")).getMetadata().getResourceVersion()).isEqualTo("1");
    assertThat(store.get(key).getMetadata().getResourceVersion()).isEqualTo("2");
    assertThat(store.size()).isEqualTo(1);
    assertThat(store.remove(key)).isNotNull();
    assertThat(store.keySet()).isEmpty();
    assertThat(store.values()).isEmpty();
  }
}
