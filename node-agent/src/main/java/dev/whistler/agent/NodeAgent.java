package dev.whistler.agent;

import dev.whistler.agent.deliver.ProgramFiles;
import dev.whistler.agent.node.Kernel;
import dev.whistler.agent.node.Machine;
import dev.whistler.agent.node.ModuleWatch;
import dev.whistler.agent.node.NodeFeatures;
import dev.whistler.agent.node.Obstacle;
import dev.whistler.agent.node.StateDirectory;
import dev.whistler.agent.report.Heartbeat;
import dev.whistler.agent.report.KernelUpload;
import dev.whistler.agent.report.LossWatch;
import dev.whistler.agent.report.NodeReporter;
import dev.whistler.agent.report.NodeStatusModel;
import dev.whistler.agent.report.OwnNode;
import dev.whistler.agent.work.ArtifactLoader;
import dev.whistler.agent.work.Assignments;
import dev.whistler.agent.work.Backoff;
import dev.whistler.agent.work.NodeBudget;
import dev.whistler.agent.work.PinRoot;
import dev.whistler.agent.work.Supervisor;
import dev.whistler.agent.work.Totals;
import dev.whistler.bpf.sys.BpfException;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.MalformedContentException;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.Feature;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What one agent does, from start to stop: four watches (revisions, its own Node and WhistlerNode,
 * the list of wanted descriptions of kernels), one supervisor of programs, one reporter, one Lease.
 */
final class NodeAgent implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(NodeAgent.class);
  private static final long NO_RESYNC = 0;

  /** The first upload waits for a random part of it. */
  private static final Duration SPREAD = Duration.ofSeconds(2);

  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** A hundred lines are read. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final Duration MEASURE = Duration.ofSeconds(2);

  /** Time to fetch what a program has written after it was deleted. */
  private static final Duration FILES_STAY = Duration.ofMinutes(10);

  private final Machine machine;
  private final String name;
  private final Path directory;
  private final @Nullable PinRoot pins;
  private final SharedIndexInformer<WhistlerRevision> revisions;
  private final SharedIndexInformer<Node> nodes;
  private final OwnNode node;
  private final SharedIndexInformer<KernelProfileRequest> wanted;
  private final SharedIndexInformer<WhistlerNode> own;
  private final Assignments assignments = new Assignments();
  private final Supervisor supervisor;
  private final NodeReporter reporter;
  private final LossWatch losses;
  private final ProgramFiles files;
  private final Heartbeat heartbeat;
  private final KubernetesClient client;

  // Informers call back on threads that must not wait.
  private final ScheduledExecutorService events = Guard.scheduler("whistler-events");

  /** Null until it could be taken. */
  private volatile @Nullable StateDirectory owned;

  /** Null until it could be described. */
  private volatile @Nullable Kernel kernel;

  private volatile @Nullable Obstacle obstacle;

  /** Whether it is known what stands in the way of programs: before, nothing is said of it. */
  private volatile boolean looked;

  // Touched on the thread of events only.
  private boolean begun;
  private @Nullable ModuleWatch modules;
  private boolean readAgainDue;
  private boolean readFailed;
  private int hindrances;
  private int denials;
  private boolean retryDue;
  private boolean waited;

  private volatile @Nullable String denial;

  NodeAgent(AgentConfig config, KubernetesClient client, String version) {
    this.client = client;
    name = config.nodeName();
    machine = Machine.read();
    directory = config.directory();
    pins = config.pins().map(PinRoot::at).orElse(null);
    List<Feature> features = NodeFeatures.probe();
    nodes = client.nodes().withName(name).runnableInformer(NO_RESYNC);
    node = new OwnNode(nodes);
    revisions = client.resources(WhistlerRevision.class).runnableInformer(NO_RESYNC);
    own = client.resources(WhistlerNode.class).withName(name).runnableInformer(NO_RESYNC);
    wanted =
        client
            .resources(KernelProfileRequest.class)
            .withName(KernelProfileRequest.NAME)
            .runnableInformer(NO_RESYNC);
    files =
        new ProgramFiles(
            config.directory(),
            config.files().maxBytes(),
            config.files().maxFiles(),
            config.files().totalBytes(),
            FILES_STAY);
    supervisor =
        new Supervisor(
            new ArtifactLoader(client, name, machine.architecture(), files, pins),
            new NodeBudget(
                WhistlerNodeStatus.MAX_PROGRAMS,
                config.programMapBytes().count(),
                config.nodeMapBytes().count()),
            config.drain(),
            this::report);
    losses = new LossWatch(supervisor::programs, this::report);
    reporter =
        new NodeReporter(
            client,
            name,
            node,
            previous -> {
              losses.inherit(previous, System.nanoTime());
              return NodeStatusModel.status(
                  machine,
                  version,
                  Optional.ofNullable(kernel).map(Kernel::stated),
                  Optional.ofNullable(obstacle),
                  Optional.ofNullable(denial),
                  features,
                  supervisor.works().stream().map(losses::with).toList(),
                  previous,
                  Instant.now());
            });
    heartbeat = new Heartbeat(client, config.namespace(), name, node, config.lease());
  }

  void start() {
    // Before all watches have their first answer nothing is decided: absent may be unknown.
    Runnable reassign = new WhenComplete(this::synced, events, this::reassign);
    submit(() -> begin(reassign));
    watch(
        nodes,
        () -> {
          reassign.run();
          // Its WhistlerNode belongs to it.
          report();
        });
    watch(own, this::ownSeen);
    watch(revisions, reassign);
    watch(wanted, this::uploadIfWanted);
    heartbeat.start();
    losses.start();
    var _ =
        events.scheduleWithFixedDelay(
            () -> lookAtModules(reassign), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        events.scheduleWithFixedDelay(
            this::sweepFiles, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        events.scheduleWithFixedDelay(
            files::keepWithinTotal, 0, MEASURE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A program that no node runs now is there as long as a revision of it is. */
  private void sweepFiles() {
    if (!synced()) {
      return;
    }
    Set<String> there =
        Stream.concat(
                revisions.getStore().list().stream().map(it -> it.getSpec().program().name()),
                supervisor.works().stream().map(work -> work.assignment().program()))
            .collect(Collectors.toSet());
    files.sweep(there, System.nanoTime());
  }

  private <T extends HasMetadata> void watch(SharedIndexInformer<T> informer, Runnable onChange) {
    // Retry for ever: the CRDs may not be installed yet, and the API server comes and goes.
    informer.exceptionHandler((started, failure) -> true);
    informer.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T added) {
            submit(onChange);
          }

          @Override
          public void onUpdate(T before, T after) {
            submit(onChange);
          }

          @Override
          public void onDelete(T deleted, boolean finalStateUnknown) {
            submit(onChange);
          }

          @Override
          public void onNothing() {
            submit(onChange);
          }
        });
    var _ = informer.start();
  }

  private void submit(Runnable step) {
    try {
      events.execute(step);
    } catch (RejectedExecutionException closing) {
      LOG.debug("Not acted on any more: the agent stops.", closing);
    }
  }

  /**
   * What is pinned is read at once: its rings fill while an API server is waited for. Where another
   * agent has the pins, or the node lacks a directory or a file system, it is looked again.
   */
  private void begin(Runnable reassign) {
    Optional<Obstacle> adopting = begun ? Optional.empty() : adopt();
    Optional<Obstacle> describing = kernel == null ? describe() : Optional.empty();
    Optional<Obstacle> found = adopting.or(() -> describing);
    found
        .filter(it -> !it.equals(obstacle))
        .ifPresent(it -> LOG.errorf("This node cannot run programs: %s", it.message()));
    obstacle = found.orElse(null);
    looked = true;
    report();
    if (found.isPresent()) {
      hindrances++;
      var _ =
          events.schedule(
              () -> begin(reassign), Backoff.after(hindrances).toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    uploadIfWanted();
    reassign.run();
  }

  /** Goes on with what is pinned; says what keeps it from that. */
  private Optional<Obstacle> adopt() {
    try {
      if (owned == null) {
        owned = StateDirectory.own(directory, name);
      }
      if (pins != null) {
        var _ = pins.path();
      }
      supervisor.begin();
      begun = true;
      return Optional.empty();
    } catch (StartException e) {
      boolean taken = e.reason() == FailureReason.IN_USE || e.reason() == FailureReason.TAMPERED;
      return Optional.of(obstacle(taken ? e.reason().text() : NodeReason.KERNEL_UNUSABLE, e));
    } catch (BpfException | IOException e) {
      return Optional.of(obstacle(NodeReason.KERNEL_UNUSABLE, e));
    }
  }

  /** Reads what the compiler must know of the kernel; says what keeps it from that. */
  private Optional<Obstacle> describe() {
    try {
      modules = ModuleWatch.begin();
      kernel = Kernel.read(machine);
      return Optional.empty();
    } catch (BpfException | MalformedContentException e) {
      return Optional.of(obstacle(NodeReason.KERNEL_UNUSABLE, e));
    }
  }

  /** What modules bring and take away is told as at the start. */
  private void lookAtModules(Runnable reassign) {
    ModuleWatch watch = modules;
    Kernel before = kernel;
    if (watch == null || before == null) {
      return;
    }
    readAgainDue |= watch.changed(System.nanoTime());
    if (!readAgainDue) {
      return;
    }
    try {
      Kernel now = before.readAgain(machine);
      readAgainDue = false;
      if (!now.equals(before)) {
        LOG.infof("Kernel modules came or went, and tracepoints with them: profile %s", now.name());
        kernel = now;
        report();
        uploadIfWanted();
        reassign.run();
      }
    } catch (BpfException | MalformedContentException e) {
      if (!readFailed) {
        LOG.warnf(
            "The tracepoints of kernel modules that came or went cannot be read (tried again): %s",
            e.getMessage());
      }
      readFailed = true;
      return;
    }
    readFailed = false;
  }

  private static Obstacle obstacle(String reason, Exception why) {
    return new Obstacle(reason, Objects.requireNonNullElse(why.getMessage(), reason));
  }

  private void reassign() {
    Kernel described = kernel;
    if (described != null && begun) {
      supervisor.assign(
          assignments.of(
              revisions.getStore().list(),
              name,
              node.labels(),
              described.stated().identities(),
              supervisor.there()));
    }
  }

  private void ownSeen() {
    if (own.hasSynced()) {
      reporter.seen(own.getStore().list().stream().findFirst().orElse(null));
    }
  }

  private void uploadIfWanted() {
    Kernel described = kernel;
    if (described == null) {
      return;
    }
    List<KernelUpload.Description> names =
        wanted.getStore().list().stream()
            .map(KernelProfileRequest::getSpec)
            .filter(Objects::nonNull)
            .flatMap(list -> KernelUpload.wanted(described, list).stream())
            .toList();
    if (names.isEmpty() && denial != null) {
      denial = null;
      denials = 0;
      report();
    }
    if (names.isEmpty() || retryDue) {
      return;
    }
    if (!waited) {
      // Many agents share a kernel, and one of them is enough.
      waited = true;
      uploadAfter(ThreadLocalRandom.current().nextLong(SPREAD.toMillis()));
      return;
    }
    KernelUpload upload = new KernelUpload(client, described);
    Optional<KernelUpload.Description> missing =
        names.stream().filter(it -> !upload.isThere(it)).findFirst();
    Optional<String> refused = missing.flatMap(upload::upload);
    if (refused.isPresent()) {
      if (denials == 0) {
        LOG.warnf("What describes the kernel cannot be uploaded (tried again): %s", refused.get());
      }
      denials++;
      uploadAfter(Backoff.spread(denials).toMillis());
    } else {
      denials = 0;
      if (missing.isPresent()) {
        // One after the other, so that news of programs come in between.
        uploadAfter(0);
      }
    }
    denial = refused.orElse(null);
    report();
  }

  private void uploadAfter(long millis) {
    retryDue = true;
    var _ =
        events.schedule(
            () -> {
              retryDue = false;
              uploadIfWanted();
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  private void report() {
    if (looked) {
      reporter.changed();
    }
  }

  List<Totals.Total> totals() {
    return supervisor.totals();
  }

  boolean ready() {
    return looked && obstacle == null && synced();
  }

  private boolean synced() {
    return revisions.hasSynced() && nodes.hasSynced();
  }

  /**
   * Lets go of everything within a bound; pinned programs run on. The WhistlerNode stays as it is:
   * the Lease runs out.
   */
  @Override
  public void close() {
    List.of(nodes, revisions, wanted, own).forEach(SharedIndexInformer::stop);
    events.shutdownNow();
    supervisor.close();
    if (pins != null) {
      pins.close();
    }
    letGoOfDirectory();
    losses.close();
    heartbeat.close();
    reporter.close();
  }

  private void letGoOfDirectory() {
    StateDirectory mine = owned;
    if (mine != null) {
      try {
        mine.close();
      } catch (IOException e) {
        LOG.debugf(
            "The agent's directory stays its own until the process ends: %s", e.getMessage());
      }
    }
  }
}
