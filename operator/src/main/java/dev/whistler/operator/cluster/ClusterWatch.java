package dev.whistler.operator.cluster;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.Selector;
import dev.whistler.crds.TypesPieces;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.Contact;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.profile.Profiles;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What all programs share: nodes, their labels, whether their agents live, and what describes
 * kernels. Watched once for the whole operator, and kept as the little that decisions need: a
 * cluster has thousands of nodes. A node is one that has both a Kubernetes Node and an agent's
 * report.
 */
@ApplicationScoped
public class ClusterWatch {
  private static final Duration LOOK_FOR_SILENCE = Duration.ofSeconds(2);

  private static final long PAGE = 500;

  /** Each is up to a megabyte. */
  private static final long PIECES_AT_ONCE = 8;

  private final KubernetesClient client;
  private final String namespace;
  private final Profiles profiles = new Profiles();
  private final AgentLiveness liveness;
  private final KnownNodes nodes;
  private final Set<String> leases = ConcurrentHashMap.newKeySet();
  private final LastSeen kernels;
  private final LastSeen announcedProfiles;
  private final LastSeen announcedTypes;
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService listening;
  private volatile List<FirstAnswer<?>> watches = List.of();

  ClusterWatch(
      KubernetesClient client, OperatorConfig config, Contact contact, OperatorMetrics metrics) {
    this.client = client;
    // Of an agent that cannot reach the API server nothing is heard either.
    this.liveness = new AgentLiveness(contact::nanos);
    this.nodes = new KnownNodes(liveness::of);
    this.namespace = config.namespace();
    this.kernels = new LastSeen(config.kernelGrace(), System::nanoTime);
    this.announcedProfiles = new LastSeen(config.kernelGrace(), System::nanoTime);
    this.announcedTypes = new LastSeen(config.kernelGrace(), System::nanoTime);
    metrics.watched("nodes", () -> nodes.all().size());
    metrics.watched("kernelprofiles", profiles::count);
    metrics.watched("kerneltypes", profiles.types()::count);
    metrics.watched("leases", leases::size);
    this.listening = Guard.scheduler("agent-liveness", metrics::taskFailed);
  }

  /** Something that all programs share has changed. */
  public sealed interface Change {
    /** What is known of kernels: any program may be concerned. */
    record Kernels() implements Change {}

    /**
     * A node came, went, or is another one than before: programs are concerned that select it.
     *
     * @param labels of the node, before and after
     */
    record Nodes(Set<Map<String, String>> labels) implements Change {
      public Nodes {
        labels = Set.copyOf(labels);
      }
    }

    /** An agent reported on programs with these UIDs. */
    record Reports(Set<String> programUids) implements Change {
      public Reports {
        programUids = Set.copyOf(programUids);
      }
    }
  }

  /** Starts watching. Lost connections are taken up again for ever. */
  public synchronized void start() {
    if (watches.isEmpty()) {
      // All at once, or a part that is complete would pass for the whole.
      watches =
          List.of(
              watch(
                  client.resources(KernelProfile.class).runnableInformer(0),
                  this::profileWritten,
                  this::profileDeleted),
              watch(
                  client
                      .resources(KernelTypes.class)
                      .withLimit(PIECES_AT_ONCE)
                      .runnableInformer(0)
                      .itemStore(new ReducedStore<>(KernelTypes::new)),
                  this::typesWritten,
                  this::typesDeleted),
              watch(
                  inPages(client.resources(Node.class)).itemStore(new ReducedStore<>(Node::new)),
                  this::labelsWritten,
                  this::labelsDeleted),
              watch(
                  inPages(client.resources(WhistlerNode.class))
                      .itemStore(new ReducedStore<>(WhistlerNode::new)),
                  this::nodeWritten,
                  this::nodeDeleted),
              watch(
                  inPages(client.leases().inNamespace(namespace))
                      .itemStore(new ReducedStore<>(Lease::new)),
                  this::leaseSeen,
                  lease -> leases.remove(name(lease))));
      var _ =
          listening.scheduleWithFixedDelay(
              this::listen,
              LOOK_FOR_SILENCE.toMillis(),
              LOOK_FOR_SILENCE.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  /** The first answer in parts: that of thousands of nodes would be a hundred megabytes at once. */
  private static <T> SharedIndexInformer<T> inPages(Informable<T> resources) {
    return resources.withLimit(PAGE).runnableInformer(0);
  }

  @PreDestroy
  void stop() {
    listening.shutdownNow();
    watches.forEach(FirstAnswer::stop);
  }

  /** Tells of each change from now on; the listener must not block. */
  public void onChange(Consumer<Change> listener) {
    listeners.add(listener);
  }

  /** Whether everything that exists has been taken in once. */
  public boolean isComplete() {
    List<FirstAnswer<?>> all = watches;
    return !all.isEmpty() && all.stream().allMatch(FirstAnswer::isComplete);
  }

  public Profiles profiles() {
    return profiles;
  }

  /** All nodes with an agent. */
  public Collection<ClusterNode> nodes() {
    return List.copyOf(nodes.all());
  }

  /** The nodes with an agent that a selector chooses, by name. */
  public List<ClusterNode> selected(Selector selector) {
    return nodes.all().stream().filter(node -> selector.matches(node.labels())).toList();
  }

  /** Names of agents' Leases for which there is no Node. */
  public Set<String> leasesWithoutNode() {
    return leases.stream().filter(name -> !nodes.hasNode(name)).collect(Collectors.toSet());
  }

  /** Names of WhistlerNodes for which there is no Node. */
  public Set<String> reportsWithoutNode() {
    return nodes.reportsWithoutNode();
  }

  /**
   * Whether no node has reported a kernel for so long that what was made for it may go. The time
   * runs from the operator's start at the earliest.
   *
   * @param kernel its identity
   */
  public boolean isForgotten(String kernel) {
    return kernels.isForgotten(kernel);
  }

  /** Names of profiles that no node has announced for so long. */
  public Set<String> forgottenProfiles() {
    return profiles.names().stream()
        .filter(announcedProfiles::isForgotten)
        .collect(Collectors.toSet());
  }

  /** Names of pieces of types that no node has announced for so long. */
  public Set<String> forgottenTypes() {
    return profiles.types().names().stream()
        .filter(announcedTypes::isForgotten)
        .collect(Collectors.toSet());
  }

  static <T extends HasMetadata> FirstAnswer<T> watch(
      SharedIndexInformer<T> informer, Consumer<T> written, Consumer<T> deleted) {
    FirstAnswer<T> watch = new FirstAnswer<>(informer, written, deleted);
    informer.exceptionHandler((started, failure) -> true).addEventHandler(watch);
    var _ = informer.start();
    return watch;
  }

  private void profileWritten(KernelProfile profile) {
    profiles.put(name(profile), profile.getSpec());
    tell(new Change.Kernels());
  }

  private void profileDeleted(KernelProfile profile) {
    profiles.remove(name(profile));
    tell(new Change.Kernels());
  }

  private void typesWritten(KernelTypes piece) {
    if (profiles.types().put(name(piece), piece.getSpec())) {
      tell(new Change.Kernels());
    }
  }

  private void typesDeleted(KernelTypes piece) {
    profiles.types().remove(name(piece));
    tell(new Change.Kernels());
  }

  private void labelsWritten(Node node) {
    Map<String, String> labels =
        Map.copyOf(Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of()));
    changed(nodes.labels(name(node), Optional.of(labels)));
  }

  private void labelsDeleted(Node node) {
    changed(nodes.labels(name(node), Optional.empty()));
  }

  private void nodeWritten(WhistlerNode node) {
    liveness.appeared(name(node));
    changed(nodes.report(name(node), Optional.of(node)));
  }

  private void nodeDeleted(WhistlerNode node) {
    changed(nodes.report(name(node), Optional.empty()));
  }

  private void leaseSeen(Lease lease) {
    if (lease.getSpec() != null && name(lease).equals(lease.getSpec().getHolderIdentity())) {
      leases.add(name(lease));
    }
    leaseRead(lease);
  }

  private void leaseRead(Lease lease) {
    if (lease.getSpec() == null || lease.getSpec().getRenewTime() == null) {
      return;
    }
    @Nullable Integer seconds = lease.getSpec().getLeaseDurationSeconds();
    liveness.seen(
        name(lease),
        lease.getSpec().getRenewTime().toString(),
        seconds == null ? AgentLiveness.DEFAULT_LIMIT : Duration.ofSeconds(seconds));
    lookAgain(name(lease));
  }

  /** Whoever acts on events only never learns that one did not come. */
  private void listen() {
    readAgain(liveness.toReadAgain());
    for (ClusterNode node : nodes.all()) {
      reported(node);
      lookAgain(node.name());
    }
    kernels.prune();
    announcedProfiles.prune();
    announcedTypes.prune();
  }

  /** Before an agent is said to be silent: it may be the watch that is. */
  private void readAgain(Set<String> overdue) {
    if (overdue.isEmpty()) {
      return;
    }
    try {
      String next = "";
      do {
        LeaseList page =
            client
                .leases()
                .inNamespace(namespace)
                .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
        // Which Leases there are only the watch knows: a list may be older than a deletion.
        page.getItems().stream()
            .filter(lease -> overdue.contains(name(lease)))
            .forEach(this::leaseRead);
        next = Objects.requireNonNullElse(page.getMetadata().getContinue(), "");
      } while (!next.isEmpty());
      liveness.readAgain(overdue);
    } catch (KubernetesClientException e) {
      Log.debugf(
          "The Leases of agents could not be read, which is tried again: %s", e.getMessage());
    }
  }

  private void lookAgain(String name) {
    nodes.lookAgain(name).ifPresent(this::changed);
  }

  private void reported(ClusterNode node) {
    node.kernel().map(Kernel::identities).stream().flatMap(List::stream).forEach(kernels::seen);
    node.profile().ifPresent(announcedProfiles::seen);
    node.kernel().map(Kernel::pieces).stream()
        .flatMap(TypesPieces::names)
        .forEach(announcedTypes::seen);
  }

  private void changed(KnownNodes.Step step) {
    step.states().forEach(this::reported);
    if (!step.isKnown()) {
      liveness.gone(step.name());
    }
    step.change().ifPresent(this::tell);
  }

  private void tell(Change change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  private static String name(HasMetadata resource) {
    return resource.getMetadata().getName();
  }
}
