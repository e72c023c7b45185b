package dev.whistler.operator.reconcile;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileRequest;
import dev.whistler.crds.KernelProfileRequestSpec;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.TypesPieces;
import dev.whistler.crds.WhistlerNodeStatus.Kernel;
import dev.whistler.operator.cluster.ClusterWatch;
import dev.whistler.operator.config.OperatorConfig;
import dev.whistler.operator.installation.Leadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.profile.KernelKnowledge;
import dev.whistler.operator.profile.StoredTypes;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the {@link KernelProfileRequest}: agents may create only the profiles and pieces of types
 * that it names, so that a stolen node cannot fill the API server's storage. Deletes those that are
 * not what their names say.
 */
@ApplicationScoped
public class WantedProfiles {
  /** Changes within this time are written together. */
  private static final Duration QUIET = Duration.ofMillis(100);

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration REVIEW = Duration.ofSeconds(30);
  private static final String TASK = "wanted-profiles";
  private static final String FIELD_MANAGER = "whistler-operator";

  private final KubernetesClient client;
  private final ClusterWatch cluster;
  private final Leadership leadership;
  private final OperatorConfig config;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final OperatorMetrics metrics;
  private final ScheduledExecutorService executor;

  /** What the API server holds, as far as we were told; null when there is no list. */
  private volatile @Nullable KernelProfileRequestSpec stored;

  // Touched by the executor's thread only.
  private boolean full;
  private boolean typesFull;

  private @Nullable SharedIndexInformer<KernelProfileRequest> watch;

  WantedProfiles(
      KubernetesClient client,
      ClusterWatch cluster,
      Leadership leadership,
      OperatorConfig config,
      OperatorMetrics metrics) {
    this.metrics = metrics;
    this.executor = Guard.scheduler(TASK, metrics::taskFailed);
    this.leadership = leadership;
    this.client = client;
    this.cluster = cluster;
    this.config = config;
  }

  void start() {
    // What agents may create depends on it, so that whoever changes it must not have the last word.
    watch =
        client
            .resources(KernelProfileRequest.class)
            .withName(KernelProfileRequest.NAME)
            .runnableInformer(0)
            .exceptionHandler((started, failure) -> true);
    watch.addEventHandler(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(KernelProfileRequest request) {
            changed(request.getSpec());
          }

          @Override
          public void onUpdate(KernelProfileRequest before, KernelProfileRequest request) {
            changed(request.getSpec());
          }

          @Override
          public void onDelete(KernelProfileRequest request, boolean stateUnknown) {
            changed(null);
          }
        });
    var _ = watch.start();
    begin();
  }

  /** Without the watch. */
  void begin() {
    cluster.onChange(change -> schedule(QUIET));
    leadership.onBegin(() -> schedule(QUIET));
    schedule(QUIET);
    // Names come out of quarantine without anything else changing.
    executor.scheduleWithFixedDelay(
        () -> schedule(QUIET), REVIEW.toSeconds(), REVIEW.toSeconds(), TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    executor.shutdownNow();
    if (watch != null) {
      watch.stop();
    }
  }

  private void changed(@Nullable KernelProfileRequestSpec now) {
    stored = now;
    schedule(QUIET);
  }

  private void schedule(Duration delay) {
    if (!executor.isShutdown() && scheduled.compareAndSet(false, true)) {
      executor.schedule(this::refresh, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void refresh() {
    scheduled.set(false);
    boolean done = false;
    try {
      if (leadership.isHeld()) {
        bringUpToDate();
      }
      done = true;
    } catch (KubernetesClientException e) {
      Log.warnf(
          "The list of wanted kernel descriptions could not be written, trying again: %s",
          e.getMessage());
      metrics.taskFailed(TASK);
    } finally {
      if (!done) {
        schedule(RETRY);
      }
    }
  }

  private void bringUpToDate() {
    if (!cluster.isComplete()) {
      schedule(QUIET);
      return;
    }
    Map<String, List<String>> announced = new TreeMap<>();
    Map<TypesPieces, List<String>> announcedTypes = new HashMap<>();
    for (ClusterNode node : cluster.nodes()) {
      node.profile()
          .ifPresent(
              profile ->
                  announced.computeIfAbsent(profile, name -> new ArrayList<>()).add(node.name()));
      node.kernel()
          .map(Kernel::pieces)
          .ifPresent(
              types ->
                  announcedTypes
                      .computeIfAbsent(types, pieces -> new ArrayList<>())
                      .add(node.name()));
    }
    announced.keySet().forEach(this::deleteIfMalformed);
    StoredTypes types = cluster.profiles().types();
    types.useless().forEach(this::deletePiece);
    KernelProfileRequestSpec wanted =
        new KernelProfileRequestSpec(
            List.copyOf(cluster.profiles().wanted(announced, config.wantedProfiles())),
            List.copyOf(types.wanted(announcedTypes, config.wantedProfiles())));
    warnIfFull();
    if (!wanted.equals(stored)) {
      write(wanted);
    }
  }

  private void warnIfFull() {
    boolean wasFull = full;
    full = cluster.profiles().isFull();
    if (full && !wasFull) {
      Log.warnf(
          "There are so many kernel profiles that no more are asked for: programs do not compile"
              + " for kernels that come now. Find out which nodes announce so many kernels, and"
              + " delete the profiles of those that are none.");
    }
    boolean wereTypesFull = typesFull;
    typesFull = cluster.profiles().types().isFull();
    if (typesFull && !wereTypesFull) {
      Log.warnf(
          "There are so many kernel types that no more are asked for: programs that need them do"
              + " not compile for kernels that come now. Find out which nodes announce so many"
              + " kernels, and delete the KernelTypes of those that are none.");
    }
  }

  private void deletePiece(String name, String why) {
    Log.warnf("%s The operator deletes it.", why);
    cluster.profiles().types().refuse(name);
    client.resources(KernelTypes.class).withName(name).delete();
  }

  private void deleteIfMalformed(String name) {
    if (cluster.profiles().knowledge(name) instanceof KernelKnowledge.Malformed malformed) {
      Log.warnf("%s The operator deletes it.", malformed.message());
      cluster.profiles().refuse(name);
      client.resources(KernelProfile.class).withName(name).delete();
    }
  }

  private void write(KernelProfileRequestSpec wanted) {
    KernelProfileRequest request = new KernelProfileRequest();
    request.setMetadata(new ObjectMetaBuilder().withName(KernelProfileRequest.NAME).build());
    request.setSpec(wanted);
    client.resource(request).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
  }
}
