package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Indexer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FirstAnswerTest {
  private final List<Node> stored = new ArrayList<>();
  private boolean synced;

  @Test
  void isNotCompleteBeforeTheHandlerHasSeenWhatTheStoreHolds() {
    List<Node> taken = new ArrayList<>();
    FirstAnswer<Node> watch = new FirstAnswer<>(informer(), taken::add, taken::remove);
    stored.addAll(List.of(node("a"), node("b")));
    watch.onAdd(stored.getFirst());
    assertThat(watch.isComplete()).as("still listing").isFalse();

    synced = true;
    assertThat(watch.isComplete()).as("b is in the store and not handed on").isFalse();

    watch.onAdd(stored.getLast());
    assertThat(watch.isComplete()).isTrue();
    assertThat(taken).isEqualTo(stored);

    stored.add(node("c"));
    assertThat(watch.isComplete()).as("what comes later is no part of the first answer").isTrue();
  }

  @Test
  void anEmptyAnswerIsComplete() {
    synced = true;
    assertThat(new FirstAnswer<>(informer(), node -> {}, node -> {}).isComplete()).isTrue();
  }

  @Test
  void oneThatCannotBeTakenInKeepsOutNoOther() {
    FirstAnswer<Node> watch =
        new FirstAnswer<>(
            informer(),
            node -> {
              throw new IllegalArgumentException("what no reader expects");
            },
            node -> {});
    stored.add(node("a"));
    synced = true;
    assertThatThrownBy(() -> watch.onAdd(stored.getFirst()))
        .as("the informer tells it")
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(watch.isComplete()).isTrue();
  }

  private static Node node(String name) {
    return new NodeBuilder().withNewMetadata().withName(name).withUid(name).endMetadata().build();
  }

  /** An informer that only says whether it has synced and what it holds. */
  @SuppressWarnings("unchecked")
  private SharedIndexInformer<Node> informer() {
    Indexer<Node> store =
        (Indexer<Node>) proxy(Indexer.class, method -> method.equals("list") ? stored : null);
    return (SharedIndexInformer<Node>)
        proxy(
            SharedIndexInformer.class,
            method ->
                switch (method) {
                  case "hasSynced" -> synced;
                  case "getStore", "getIndexer" -> store;
                  default -> null;
                });
  }

  private static Object proxy(Class<?> kind, Function<String, Object> answer) {
    return Proxy.newProxyInstance(
        kind.getClassLoader(),
        new Class<?>[] {kind},
        (self, method, arguments) -> answer.apply(method.getName()));
  }
}
