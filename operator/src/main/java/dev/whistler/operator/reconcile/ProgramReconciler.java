package dev.whistler.operator.reconcile;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.crds.Group;
import dev.whistler.crds.NodeReason;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionReadings;
import dev.whistler.crds.Selector;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.crds.WhistlerProgramSpec;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.build.BuildService;
import dev.whistler.operator.build.BuiltObject;
import dev.whistler.operator.build.Priority;
import dev.whistler.operator.build.ProgramBuilds;
import dev.whistler.operator.build.SourceUnit;
import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.cluster.SourceWatch;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.ProgramIdentity;
import dev.whistler.operator.model.ProgramSource;
import dev.whistler.operator.model.Refusal;
import dev.whistler.operator.model.RevisionContent;
import dev.whistler.operator.model.SelectedKernel;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.rollout.Bindings;
import dev.whistler.operator.rollout.RolloutPlan;
import dev.whistler.operator.status.ErrorStatus;
import dev.whistler.operator.status.Observation;
import dev.whistler.operator.status.ProgramStatus;
import dev.whistler.operator.status.Transition;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers what concerns one program, asks the pure packages what shall be, and has it written. */
@ControllerConfiguration(
    finalizerName = Group.FINALIZER,
    fieldManager = "whistler-operator",
    // Whoever edits a status by hand must not have the last word; our own writes are no news.
    generationAwareEventProcessing = false,
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 30_000)
@RateLimited(maxReconciliations = 10, within = 1)
public class ProgramReconciler implements Reconciler<WhistlerProgram>, Cleaner<WhistlerProgram> {
  private static final Duration NOT_COMPLETE = Duration.ofMillis(200);
  private static final Duration SHORTLY = Duration.ofSeconds(1);
  private static final Duration UNLOAD_POLL = Duration.ofMillis(500);

  private static final long ARTIFACTS_AT_ONCE = 50;

  private final ClusterWatch cluster;
  private final SourceWatch sources;
  private final WantedProfiles wantedProfiles;
  private final LeftoverCollection leftovers;
  private final EventRecorder events;
  private final OperatorConfig config;
  private final BuildService builds;
  private final RevisionReadings readings = new RevisionReadings(RevisionFeature.ALL);
  private final ScheduledExecutorService pace;

  /** When each deletion was first seen, by our own clock: the API server's may be another. */
  private final Map<String, Long> deletions = new ConcurrentHashMap<>();

  ProgramReconciler(
      ClusterWatch cluster,
      SourceWatch sources,
      WantedProfiles wantedProfiles,
      LeftoverCollection leftovers,
      EventRecorder events,
      BuildService builds,
      OperatorMetrics metrics,
      OperatorConfig config) {
    this.cluster = cluster;
    this.sources = sources;
    this.wantedProfiles = wantedProfiles;
    this.leftovers = leftovers;
    this.events = events;
    this.config = config;
    this.builds = builds;
    this.pace = Guard.scheduler("program-pace", metrics::taskFailed);
  }

  @PreDestroy
  void stop() {
    pace.shutdownNow();
  }

  @Override
  public List<EventSource<?, WhistlerProgram>> prepareEventSources(
      EventSourceContext<WhistlerProgram> context) {
    SimpleInboundEventSource<WhistlerProgram> shared = new SharedEvents();
    ConcernedPrograms concerned = new ConcernedPrograms(context.getPrimaryCache());
    // Thousands of agents answer within seconds, and each answer concerns all nodes' counts.
    Pacer<ResourceID> paced = new Pacer<>(SHORTLY, pace, shared::propagateEvent);
    cluster.onChange(
        change -> {
          // Once the operator has stopped, there are no programs to list any more.
          if (shared.isRunning()) {
            concerned.by(change).forEach(paced::say);
          }
        });
    sources.onChange(
        configMap -> {
          if (shared.isRunning()) {
            concerned.byConfigMap(configMap).forEach(shared::propagateEvent);
          }
        });
    builds.onProgress(
        program -> {
          ResourceID id = new ResourceID(program);
          if (shared.isRunning() && context.getPrimaryCache().get(id).isPresent()) {
            shared.propagateEvent(id);
          }
        });
    InformerEventSource<WhistlerRevision, WhistlerProgram> revisions =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(WhistlerRevision.class, WhistlerProgram.class)
                .withSecondaryToPrimaryMapper(
                    revision -> Set.of(new ResourceID(revision.getSpec().program().name())))
                .build(),
            context);
    InformerEventSource<WhistlerArtifact, WhistlerProgram> artifacts =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(WhistlerArtifact.class, WhistlerProgram.class)
                .withSecondaryToPrimaryMapper(ProgramReconciler::programOf)
                .withItemStore(withoutObjects(context.getClient()))
                .withInformerListLimit(ARTIFACTS_AT_ONCE)
                .build(),
            context);
    return List.of(shared, revisions, artifacts);
  }

  /** What concerns all programs is watched from the start of the operator on, not before. */
  private final class SharedEvents extends SimpleInboundEventSource<WhistlerProgram> {
    SharedEvents() {
      super("cluster");
    }

    @Override
    public void start() {
      super.start();
      cluster.start();
      sources.start();
      wantedProfiles.start();
      leftovers.start();
      events.start();
    }
  }

  private static Set<ResourceID> programOf(WhistlerArtifact artifact) {
    return Optional.ofNullable(artifact.getMetadata().getLabels())
        .map(labels -> labels.get(Group.PROGRAM_LABEL))
        .map(program -> Set.of(new ResourceID(program)))
        .orElse(Set.of());
  }

  /** Artifacts are up to a megabyte each, nearly all of it the object, which nobody here reads. */
  private static ReducedStateItemStore<WhistlerArtifact> withoutObjects(KubernetesClient client) {
    return new ReducedStateItemStore<>(
        ReducedStateItemStore.NAME_KEY_STATE,
        WhistlerArtifact.class,
        client.getKubernetesSerialization(),
        "metadata.uid",
        "metadata.labels",
        "spec.programUid",
        "spec.sourceDigest",
        "spec.answersDigest",
        "spec.buildDigest",
        "spec.trace",
        "spec.programs");
  }

  @Override
  public UpdateControl<WhistlerProgram> reconcile(
      WhistlerProgram program, Context<WhistlerProgram> context) {
    if (!cluster.isComplete() || !sources.isComplete()) {
      return UpdateControl.<WhistlerProgram>noUpdate().rescheduleAfter(NOT_COMPLETE);
    }
    ProgramIdentity identity = ProgramIdentity.of(program);
    WhistlerProgramSpec spec = program.getSpec();
    List<StoredRevision> revisions = revisionsOf(identity, context);
    List<ClusterNode> nodes =
        cluster.selected(Optional.ofNullable(spec.nodeSelector()).orElse(Selector.ALL));
    List<SelectedKernel> kernels = SelectedKernel.of(nodes);
    ProgramSource source = sources.of(spec);
    Optional<Refusal> unlookedAt = Refusal.of(spec).or(source::refusal);
    Optional<RevisionContent> content =
        unlookedAt.isPresent()
            ? Optional.empty()
            : source.available().map(text -> RevisionContent.of(identity, spec, text));
    Optional<Refusal> refusal = unlookedAt.or(() -> content.flatMap(RevisionContent::refusal));

    Map<String, StoredArtifact> stored = artifactsOf(identity, context);
    ProgramBuilds known =
        refusal.isPresent()
            ? noBuilds(identity)
            : build(program, source.available().orElseThrow(), kernels, stored.values());
    if (known.queuedFor().filter(it -> it.compareTo(SHORTLY) < 0).isPresent()) {
      // Nearly always the compiler is done before it could be said that it is at work.
      return UpdateControl.<WhistlerProgram>noUpdate().rescheduleAfter(SHORTLY);
    }
    RolloutPlan plan =
        refusal.isPresent()
            ? RolloutPlan.unchanged(revisions)
            : rollOut(
                program,
                identity,
                content.orElseThrow(),
                revisions,
                nodes,
                known.outcomes(),
                stored,
                context);

    WhistlerProgramStatus status =
        ProgramStatus.of(
            new Observation(
                identity,
                refusal,
                nodes,
                kernels,
                known.outcomes(),
                plan,
                plan.targetArtifacts(),
                stored,
                program.getStatus()),
            Instant.now());
    UpdateControl<WhistlerProgram> done = UpdateControl.noUpdate();
    known.askAgain().ifPresent(delay -> done.rescheduleAfter(delay.plusSeconds(1)));
    if (!status.equals(program.getStatus())) {
      List<Transition> transitions = Transition.between(program.getStatus(), status);
      for (Transition transition : transitions) {
        ProgramLog.changed(program, transition);
      }
      // First what is so, then the news of it: a patch that fails is tried again, news are not.
      WhistlerProgram written =
          context.resourceOperations().serverSideApplyPrimaryStatus(withStatus(identity, status));
      WholeStatus.ensure(context, written, status);
      events.record(program, transitions);
      if (written.isMarkedForDeletion()) {
        // The news of the deletion is older than what we wrote, so that it is not passed on to us.
        done.rescheduleAfter(Duration.ofMillis(1));
      }
    }
    return done;
  }

  /** A failure that no rule foresaw: the old status would tell of a state that is no longer so. */
  @Override
  public ErrorStatusUpdateControl<WhistlerProgram> updateErrorStatus(
      WhistlerProgram program, Context<WhistlerProgram> context, Exception failure) {
    if (ApiFailures.of(failure).isPresent()) {
      // The API server refused or was away; the retry tells more than a status could, which would
      // not get there either.
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    ProgramIdentity identity = ProgramIdentity.of(program);
    WhistlerProgramStatus status =
        ErrorStatus.of(identity, program.getStatus(), failure, Instant.now());
    return status.equals(program.getStatus())
        ? ErrorStatusUpdateControl.noStatusUpdate()
        : ErrorStatusUpdateControl.patchStatus(withStatus(identity, status));
  }

  private ProgramBuilds noBuilds(ProgramIdentity identity) {
    builds.forget(identity.name());
    return ProgramBuilds.NONE;
  }

  private ProgramBuilds build(
      WhistlerProgram program,
      String text,
      List<SelectedKernel> kernels,
      Collection<StoredArtifact> stored) {
    WhistlerProgramSpec spec = program.getSpec();
    SourceUnit unit =
        new SourceUnit(program.getMetadata().getName(), text, tier(spec), spec.knobs());
    Map<String, String> names =
        kernels.stream()
            .collect(Collectors.toMap(SelectedKernel::identity, cluster.profiles()::nameOf));
    return builds
        .outcomes(Priority.RECONCILE, unit, Set.copyOf(names.values()), stored)
        .byKernel(names);
  }

  private static CompilationOptions.Tier tier(WhistlerProgramSpec spec) {
    return switch (spec.tier()) {
      case null -> CompilationOptions.Tier.OBSERVE;
      case OBSERVE -> CompilationOptions.Tier.OBSERVE;
      case ACT -> CompilationOptions.Tier.ACT;
      case UNRESTRICTED -> CompilationOptions.Tier.UNRESTRICTED;
    };
  }

  private RolloutPlan rollOut(
      WhistlerProgram program,
      ProgramIdentity identity,
      RevisionContent content,
      List<StoredRevision> revisions,
      List<ClusterNode> nodes,
      Map<String, BuildOutcome> builds,
      Map<String, StoredArtifact> stored,
      Context<WhistlerProgram> context) {
    Map<String, StoredArtifact> built = new HashMap<>();
    Map<String, BuiltObject> objects = new HashMap<>();
    Set<String> pending = new HashSet<>();
    builds.forEach(
        (kernel, outcome) -> {
          switch (outcome) {
            case BuildOutcome.Built(BuiltObject object, List<?> warnings) -> {
              StoredArtifact artifact = object.described(identity.uid(), content.sourceDigest());
              built.put(kernel, artifact);
              objects.put(artifact.name(), object);
            }
            case BuildOutcome.Awaiting awaiting -> pending.add(kernel);
            case BuildOutcome.Queued queued -> pending.add(kernel);
            case BuildOutcome.Rejected rejected -> {}
            case BuildOutcome.Impossible impossible -> {}
          }
        });
    RolloutPlan plan =
        RolloutPlan.of(
            content, revisions, nodes, new Bindings(built, pending, stored, cluster::isForgotten));
    new RevisionWriter(program, context)
        .write(
            plan,
            revisions,
            objects,
            stored.keySet(),
            content.sourceDigest(),
            doubted(nodes, identity));
    return plan;
  }

  /** Artifacts that some agent could not use: what is stored may not be what was written. */
  private static Set<String> doubted(List<ClusterNode> nodes, ProgramIdentity identity) {
    return nodes.stream()
        .flatMap(node -> node.program(identity.uid()).stream())
        .flatMap(report -> Optional.ofNullable(report.target()).stream())
        .filter(target -> NodeReason.TAMPERED.equals(target.reason()))
        .map(WhistlerNodeStatus.Target::artifact)
        .collect(Collectors.toSet());
  }

  private static Map<String, StoredArtifact> artifactsOf(
      ProgramIdentity identity, Context<WhistlerProgram> context) {
    return context
        .getSecondaryResourcesAsStream(WhistlerArtifact.class)
        .map(StoredArtifact::of)
        .filter(artifact -> artifact.programUid().equals(identity.uid()))
        .collect(Collectors.toMap(StoredArtifact::name, Function.identity()));
  }

  private List<StoredRevision> revisionsOf(
      ProgramIdentity identity, Context<WhistlerProgram> context) {
    return resourcesOf(identity, context).map(readings::of).toList();
  }

  private static Stream<WhistlerRevision> resourcesOf(
      ProgramIdentity identity, Context<WhistlerProgram> context) {
    return context
        .getSecondaryResourcesAsStream(WhistlerRevision.class)
        .filter(revision -> revision.getSpec().program().uid().equals(identity.uid()));
  }

  private static WhistlerProgram withStatus(
      ProgramIdentity identity, WhistlerProgramStatus status) {
    WhistlerProgram patch = new WhistlerProgram();
    patch.setMetadata(new ObjectMetaBuilder().withName(identity.name()).build());
    patch.setStatus(status);
    return patch;
  }

  /** Removes the revisions, which makes agents unload, and waits for them, but not for ever. */
  @Override
  public DeleteControl cleanup(WhistlerProgram program, Context<WhistlerProgram> context) {
    ProgramIdentity identity = ProgramIdentity.of(program);
    builds.forget(identity.name());
    for (WhistlerRevision revision : resourcesOf(identity, context).toList()) {
      context.getClient().resource(revision).delete();
    }
    long first = deletions.computeIfAbsent(identity.uid(), uid -> System.nanoTime());
    boolean timeIsUp = System.nanoTime() - first >= config.unloadTimeLimit().toNanos();
    List<String> holding = holding(program, identity);
    if (cluster.isComplete() && holding.isEmpty()) {
      return gone(identity, context);
    }
    if (timeIsUp) {
      Transition left = Transition.leftBehind(holding);
      ProgramLog.warned(program, left);
      events.record(program, List.of(left));
      return gone(identity, context);
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(UNLOAD_POLL.toMillis());
  }

  private List<String> holding(WhistlerProgram program, ProgramIdentity identity) {
    Selector selector = Optional.ofNullable(program.getSpec().nodeSelector()).orElse(Selector.ALL);
    return cluster.nodes().stream()
        .filter(node -> node.mayHold(identity.uid(), selector.matches(node.labels())))
        .map(ClusterNode::name)
        .sorted()
        .toList();
  }

  private DeleteControl gone(ProgramIdentity identity, Context<WhistlerProgram> context) {
    deleteArtifacts(identity, context);
    deletions.remove(identity.uid());
    events.forget(identity.uid());
    return DeleteControl.defaultDelete();
  }

  private static void deleteArtifacts(ProgramIdentity identity, Context<WhistlerProgram> context) {
    context
        .getClient()
        .resources(WhistlerArtifact.class)
        .withLabel(Group.PROGRAM_LABEL, identity.name())
        .delete();
  }
}
