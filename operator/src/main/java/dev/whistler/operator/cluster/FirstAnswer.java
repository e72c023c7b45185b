package dev.whistler.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Hands on what an informer tells, and knows when all of its first answer has been taken in. An
 * informer says that it has synced when its store is full; its handlers are called later, on
 * another thread. A decision in between would take nodes that exist for nodes that do not.
 */
final class FirstAnswer<T extends HasMetadata> implements ResourceEventHandler<T> {
  private final SharedIndexInformer<T> informer;
  private final Consumer<T> written;
  private final Consumer<T> deleted;
  private final Set<String> takenIn = ConcurrentHashMap.newKeySet();
  private volatile boolean complete;

  FirstAnswer(SharedIndexInformer<T> informer, Consumer<T> written, Consumer<T> deleted) {
    this.informer = informer;
    this.written = written;
    this.deleted = deleted;
  }

  @Override
  public void onAdd(T resource) {
    takeIn(resource);
  }

  @Override
  public void onUpdate(T before, T resource) {
    takeIn(resource);
  }

  private void takeIn(T resource) {
    try {
      written.accept(resource);
    } finally {
      // One that cannot be taken in must not keep the operator from all others.
      if (!complete) {
        takenIn.add(uid(resource));
      }
    }
  }

  @Override
  public void onDelete(T resource, boolean stateUnknown) {
    deleted.accept(resource);
  }

  /** Whether every object of the first answer has been handed on; stays true. */
  boolean isComplete() {
    if (!complete
        && informer.hasSynced()
        && informer.getStore().list().stream().map(FirstAnswer::uid).allMatch(takenIn::contains)) {
      complete = true;
      takenIn.clear();
    }
    return complete;
  }

  void stop() {
    informer.stop();
  }

  private static String uid(HasMetadata resource) {
    return resource.getMetadata().getUid();
  }
}
