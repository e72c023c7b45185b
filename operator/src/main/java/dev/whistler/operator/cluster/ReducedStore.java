package dev.whistler.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which objects there are, in which version, and nothing of them: all that an informer has to
 * remember whose handlers take what they need. The library's own {@code ReducedStateItemStore}
 * makes maps of the whole object for that at each event.
 */
final class ReducedStore<T extends HasMetadata> implements ItemStore<T> {
  private final Map<String, T> items = new ConcurrentHashMap<>();
  private final Supplier<T> empty;

  /**
   * Nothing yet.
   *
   * @param empty makes an object of the kind
   */
  ReducedStore(Supplier<T> empty) {
    this.empty = empty;
  }

  private T reduced(T whole) {
    T name = empty.get();
    name.setMetadata(
        new ObjectMetaBuilder()
            .withName(whole.getMetadata().getName())
            .withNamespace(whole.getMetadata().getNamespace())
            .withUid(whole.getMetadata().getUid())
            .withResourceVersion(whole.getMetadata().getResourceVersion())
            .build());
    return name;
  }

  @Override
  public String getKey(T item) {
    return Cache.metaNamespaceKeyFunc(item);
  }

  @Override
  public @Nullable T put(String key, T item) {
    return items.put(key, reduced(item));
  }

  @Override
  public @Nullable T remove(String key) {
    return items.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return items.keySet().stream();
  }

  @Override
  public Stream<T> values() {
    return items.values().stream();
  }

  @Override
  public @Nullable T get(String key) {
    return items.get(key);
  }

  @Override
  public int size() {
    return items.size();
  }

  /** What stands here is less than what the API server holds. */
  @Override
  public boolean isFullState() {
    return false;
  }
}
