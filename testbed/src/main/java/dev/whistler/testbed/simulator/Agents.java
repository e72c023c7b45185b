package dev.whistler.testbed.simulator;

import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.testbed.simulator.ApiRequests.Answer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What all simulated agents share: requests, threads, and what the two watches know. */
final class Agents implements AutoCloseable {
  private static final String ACCOUNT = "whistler-agent";
  private static final int MOST_PROBLEMS = 20;

  private final SimulatorOptions options;
  private final String namespace;
  private final ApiRequests requests;
  private final Bodies bodies;
  private final Map<String, Map<String, StoredRevision>> revisions = new ConcurrentHashMap<>();
  private final Collection<String> problems = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("simulator").factory());
  private final Set<String> askedFor = ConcurrentHashMap.newKeySet();
  private volatile Set<String> wanted = Set.of();

  Agents(KubernetesClient admin, String namespace, SimulatorOptions options) {
    this.options = options;
    this.namespace = namespace;
    this.requests = new ApiRequests(admin.getConfiguration());
    this.bodies = new Bodies(admin.getKubernetesSerialization(), namespace, options);
  }

  ApiRequests requests() {
    return requests;
  }

  Bodies bodies() {
    return bodies;
  }

  Duration answerDelay() {
    return options.answerDelay();
  }

  Duration renewal() {
    return options.renewal();
  }

  String tokenPath() {
    return "/api/v1/namespaces/%s/serviceaccounts/%s/token".formatted(namespace, ACCOUNT);
  }

  String leasesPath() {
    return "/apis/coordination.k8s.io/v1/namespaces/%s/leases".formatted(namespace);
  }

  void keep(WhistlerRevision revision) {
    revisions
        .computeIfAbsent(uid(revision), uid -> new ConcurrentHashMap<>())
        .put(revision.getMetadata().getName(), StoredRevision.of(revision, RevisionFeature.ALL));
  }

  void forget(WhistlerRevision revision) {
    revisions.computeIfPresent(
        uid(revision),
        (uid, all) -> {
          all.remove(revision.getMetadata().getName());
          return all.isEmpty() ? null : all;
        });
  }

  static String uid(WhistlerRevision revision) {
    return revision.getSpec().program().uid();
  }

  /** Those of a program, none if it is not known. */
  Collection<StoredRevision> revisions(String uid) {
    return List.copyOf(revisions.getOrDefault(uid, Map.of()).values());
  }

  /** UIDs of all programs with revisions. */
  Collection<String> programs() {
    return List.copyOf(revisions.keySet());
  }

  void want(Collection<String> profiles) {
    wanted = Set.copyOf(profiles);
    askedFor.addAll(profiles);
  }

  Set<String> askedFor() {
    return Set.copyOf(askedFor);
  }

  boolean wants(String profile) {
    return wanted.contains(profile);
  }

  /** Does something on a thread that may wait; nothing once these agents are closed. */
  void after(Duration delay, Runnable what) {
    try {
      var _ =
          clock.schedule(() -> execute(what), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      problem("Not done any more: the simulator is closed.");
    }
  }

  private void execute(Runnable what) {
    if (!threads.isShutdown()) {
      threads.execute(
          () -> {
            try {
              what.run();
            } catch (RuntimeException e) {
              problem(e.toString());
            }
          });
    }
  }

  /** Remembers an answer that no agent should get. */
  void note(Answer answer) {
    if (!answer.succeeded() && !threads.isShutdown()) {
      problem(answer.code() + " " + answer.body());
    }
  }

  String required(Answer answer, String field) {
    String text = answer.succeeded() ? answer.text(field) : null;
    if (text == null) {
      throw new IllegalStateException(
          "The API server gave no %s: %d %s".formatted(field, answer.code(), answer.body()));
    }
    return text;
  }

  private void problem(String what) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(what);
    }
  }

  /** The first answers that no agent should get. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Nothing is done any more. */
  void stop() {
    clock.shutdownNow();
    threads.shutdownNow();
  }

  @Override
  public void close() {
    stop();
    requests.close();
  }
}
