package dev.whistler.operator.reconcile;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.Selector;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.profile.Profiles;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What all programs share: nodes, their labels, and kernel profiles. Watched once for the whole
 * operator, and kept as the little that decisions need: a cluster has thousands of nodes.
 */
@ApplicationScoped
public class ClusterWatch {
  private final KubernetesClient client;
  private final Profiles profiles = new Profiles();
  private final Map<String, ClusterNode> nodes = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> labels = new ConcurrentHashMap<>();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private volatile List<FirstAnswer<?>> watches = List.of();

  ClusterWatch(KubernetesClient client) {
    this.client = client;
  }

  /** Something that all programs share has changed. */
  sealed interface Change {
    /** A node, its labels, or the kernels: any program may be concerned. */
    record Anything() implements Change {}

    /** An agent reported on programs with these UIDs. */
    record Reports(Collection<String> programUids) implements Change {}
  }

  /** Starts watching. Lost connections are taken up again for ever. */
  synchronized void start() {
    if (watches.isEmpty()) {
      // All at once, or a part that is complete would pass for the whole.
      watches =
          List.of(
              watch(KernelProfile.class, this::profileWritten, this::profileDeleted),
              watch(Node.class, this::labelsWritten, this::labelsDeleted),
              watch(WhistlerNode.class, this::nodeWritten, this::nodeDeleted));
    }
  }

  @PreDestroy
  void stop() {
    watches.forEach(FirstAnswer::stop);
  }

  /** Tells of each change from now on; the listener must not block. */
  void onChange(Consumer<Change> listener) {
    listeners.add(listener);
  }

  /** Whether everything that exists has been taken in once. */
  boolean isComplete() {
    List<FirstAnswer<?>> all = watches;
    return !all.isEmpty() && all.stream().allMatch(FirstAnswer::isComplete);
  }

  Profiles profiles() {
    return profiles;
  }

  /** All nodes with an agent. */
  Collection<ClusterNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** The nodes with an agent that a selector chooses, by name. */
  List<ClusterNode> selected(Selector selector) {
    return nodes.values().stream()
        .filter(node -> selector.matches(node.labels()))
        .sorted(Comparator.comparing(ClusterNode::name))
        .toList();
  }

  private <T extends HasMetadata> FirstAnswer<T> watch(
      Class<T> kind, Consumer<T> written, Consumer<T> deleted) {
    SharedIndexInformer<T> informer =
        client.resources(kind).runnableInformer(0).exceptionHandler((started, failure) -> true);
    FirstAnswer<T> watch = new FirstAnswer<>(informer, written, deleted);
    informer.addEventHandler(watch);
    var _ = informer.start();
    return watch;
  }

  private void profileWritten(KernelProfile profile) {
    profiles.put(name(profile), profile.getSpec());
    tell(new Change.Anything());
  }

  private void profileDeleted(KernelProfile profile) {
    profiles.remove(name(profile));
    tell(new Change.Anything());
  }

  private void labelsWritten(Node node) {
    Map<String, String> now = Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
    if (!now.equals(labels.put(name(node), Map.copyOf(now)))) {
      relabel(name(node), now);
    }
  }

  private void labelsDeleted(Node node) {
    labels.remove(name(node));
    relabel(name(node), Map.of());
  }

  private void relabel(String name, Map<String, String> now) {
    ClusterNode changed =
        nodes.computeIfPresent(
            name,
            (key, node) ->
                new ClusterNode(name, now, node.profile(), node.release(), node.programs()));
    if (changed != null) {
      tell(new Change.Anything());
    }
  }

  private void nodeWritten(WhistlerNode node) {
    ClusterNode now = ClusterNode.of(node, labels.getOrDefault(name(node), Map.of()));
    ClusterNode before = nodes.put(now.name(), now);
    if (now.equals(before)) {
      return;
    }
    boolean sameNode =
        before != null
            && before.labels().equals(now.labels())
            && before.profile().equals(now.profile())
            && before.release().equals(now.release());
    tell(sameNode ? new Change.Reports(changedPrograms(before, now)) : new Change.Anything());
  }

  private static Collection<String> changedPrograms(ClusterNode before, ClusterNode now) {
    return Stream.concat(
            before.programs().stream().filter(program -> !now.programs().contains(program)),
            now.programs().stream().filter(program -> !before.programs().contains(program)))
        .map(program -> program.uid())
        .collect(Collectors.toSet());
  }

  private void nodeDeleted(WhistlerNode node) {
    nodes.remove(name(node));
    tell(new Change.Anything());
  }

  private void tell(Change change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  private static String name(HasMetadata resource) {
    return resource.getMetadata().getName();
  }
}
