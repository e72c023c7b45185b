package dev.whistler.testbed.simulator;

import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.testbed.simulator.ApiRequests.Answer;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One agent: the Node that it stands on, its WhistlerNode, its Lease and its profile. Waits as the
 * real one does.
 */
final class SimulatedAgent {
  private static final Duration COALESCE = Duration.ofMillis(100);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration UPLOAD_SPREAD = Duration.ofSeconds(2);

  /** As the real agent does: the API server need not keep who wrote which field. */
  private static final byte[] UNTRACKED =
      "{\"metadata\":{\"managedFields\":[{}]}}".getBytes(StandardCharsets.UTF_8);

  private static final int MOST_DOUBLINGS = 6;

  private final Agents agents;
  private final String name;
  private final Set<String> concerned = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean uploading = new AtomicBoolean();
  private volatile long writtenAt = System.nanoTime() - INTERVAL.toNanos();
  private volatile boolean uploaded;
  private volatile String token = "";
  private volatile String uid = "";
  private volatile boolean ended;

  // Guarded by this.
  private final SimulatedNode node;
  private @Nullable WhistlerNodeStatus said;
  private @Nullable String reportVersion;
  private int failures;

  // Touched by renewals only, of which there is one at a time.
  private @Nullable String leaseVersion;

  SimulatedAgent(Agents agents, String name, SimulatedNode node) {
    this.agents = agents;
    this.name = name;
    this.node = node;
  }

  /** Creates Node and WhistlerNode, says what it is, and begins to renew its Lease. */
  void join() {
    Answer created =
        agents.requests().sendAsAdministrator("POST", "nodes", "/api/v1/nodes", nodeBody());
    uid = agents.required(created, "uid");
    token =
        agents.required(
            agents
                .requests()
                .sendAsAdministrator(
                    "POST", "tokens", agents.tokenPath(), agents.bodies().token(name, uid)),
            "token");
    report();
    Duration interval = agents.renewal();
    after(
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(interval.toMillis())), this::renew);
  }

  private byte[] nodeBody() {
    synchronized (this) {
      return agents.bodies().node(name, node.labels(), node.kernel().release());
    }
  }

  /** Something of these programs may have changed; returns at once. */
  void changed(Collection<String> programs) {
    concerned.addAll(programs);
    if (due.compareAndSet(false, true)) {
      Duration rest = INTERVAL.minusNanos(System.nanoTime() - writtenAt);
      after(max(max(COALESCE, agents.answerDelay()), rest), this::report);
    }
  }

  /** Changes the node and says so. */
  void change(Consumer<SimulatedNode> how) {
    synchronized (this) {
      how.accept(node);
    }
    changed(agents.programs());
  }

  /** Says and asks nothing any more; its Node is deleted, and what belongs to that with it. */
  void leave() {
    ended = true;
    agents.note(
        agents.requests().sendAsAdministrator("DELETE", "nodes", "/api/v1/nodes/" + name, null));
  }

  private void after(Duration delay, Runnable what) {
    agents.after(
        delay,
        () -> {
          if (!ended) {
            what.run();
          }
        });
  }

  private void note(Answer answer) {
    if (!ended) {
      agents.note(answer);
    }
  }

  /** Starts anew with another kernel. */
  void reboot(SyntheticKernel kernel) {
    uploaded = false;
    change(it -> it.reboot(kernel));
    uploadIfWanted();
  }

  private synchronized void report() {
    due.set(false);
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    for (String artifact : obeyed(now)) {
      note(fetch(artifact));
    }
    WhistlerNodeStatus status = node.status(said == null ? now : readySince());
    if (status.equals(said)) {
      return;
    }
    Answer answer = write(status);
    note(answer);
    if (answer.succeeded()) {
      said = status;
      failures = 0;
    } else if (due.compareAndSet(false, true)) {
      after(backoff(++failures), this::report);
    }
  }

  /** From what the API server has at hand; what was written just now may not be there yet. */
  private Answer fetch(String artifact) {
    String path = Paths.ARTIFACTS + "/" + artifact;
    Answer atHand = send("GET", "whistlerartifacts", path + "?resourceVersion=0", null);
    return atHand.code() == HttpURLConnection.HTTP_NOT_FOUND
        ? send("GET", "whistlerartifacts", path, null)
        : atHand;
  }

  private String readySince() {
    return said == null ? "" : said.conditions().getFirst().lastTransitionTime();
  }

  private List<String> obeyed(String now) {
    List<String> missing = new ArrayList<>();
    for (String program : List.copyOf(concerned)) {
      concerned.remove(program);
      Collection<StoredRevision> revisions = agents.revisions(program);
      Optional<String> artifact = node.obey(program, revisions, now);
      artifact.ifPresent(missing::add);
    }
    return missing;
  }

  /** As the real agent does it: by the version of the last answer, looked up where that fails. */
  private Answer write(WhistlerNodeStatus status) {
    String path = Paths.NODES + "/" + name;
    String version = reportVersion;
    if (version == null) {
      Answer there = send("GET", "whistlernodes", path, null);
      if (there.code() == HttpURLConnection.HTTP_NOT_FOUND) {
        // The operator removes what it takes for a leftover.
        note(send("POST", "whistlernodes", Paths.NODES, agents.bodies().report(name, uid)));
        there = send("PATCH", "whistlernodes", path, UNTRACKED);
      }
      version = there.text("resourceVersion");
    }
    Answer answer =
        send(
            "PUT",
            "whistlernodes/status",
            path + "/status",
            agents.bodies().status(name, version, status));
    reportVersion = answer.succeeded() ? answer.text("resourceVersion") : null;
    writtenAt = System.nanoTime();
    return answer;
  }

  /** A lie: a profile that does not exist, at once and whatever agents may. */
  synchronized void claim(String profile) {
    WhistlerNodeStatus truth = node.status(readySince());
    WhistlerNodeStatus lie =
        new WhistlerNodeStatus(
            truth.kernelRelease(),
            truth.architecture(),
            truth.bootId(),
            truth.agentVersion(),
            profile,
            WhistlerNodeStatus.Kernel.of(profile, null),
            truth.features(),
            truth.programs(),
            truth.conditions());
    Answer answer = write(lie);
    agents.note(answer);
    said = lie;
  }

  private void renew() {
    Answer answer = lease();
    Duration next = agents.renewal();
    if (answer.succeeded()) {
      leaseVersion = answer.text("resourceVersion");
    } else {
      leaseVersion = null;
      note(answer);
      next = max(INTERVAL, next.dividedBy(SimulatorOptions.RENEWALS));
    }
    after(jittered(next, ThreadLocalRandom.current()), this::renew);
  }

  /** As the real agent waits: up to a tenth less or more. */
  static Duration jittered(Duration interval, RandomGenerator random) {
    long tenth = interval.toMillis() / 10;
    return interval.plusMillis(random.nextLong(-tenth, tenth + 1));
  }

  private Answer lease() {
    String version = leaseVersion;
    String path = agents.leasesPath();
    if (version == null) {
      Answer created = send("POST", "leases", path, agents.bodies().lease(name, uid, null));
      if (created.code() != HttpURLConnection.HTTP_CONFLICT) {
        return created;
      }
      version = send("GET", "leases", path + "/" + name, null).text("resourceVersion");
    }
    return send("PUT", "leases", path + "/" + name, agents.bodies().lease(name, uid, version));
  }

  /** Uploads its profile if that is wanted and not there yet; returns at once. */
  void uploadIfWanted() {
    if (!uploaded && agents.wants(profile()) && uploading.compareAndSet(false, true)) {
      after(
          Duration.ofMillis(ThreadLocalRandom.current().nextLong(UPLOAD_SPREAD.toMillis())),
          () -> upload(1));
    }
  }

  private void upload(int attempt) {
    SyntheticKernel kernel;
    synchronized (this) {
      kernel = node.kernel();
    }
    uploaded = isUploaded(kernel);
    if (!uploaded && agents.wants(kernel.profile())) {
      after(backoff(attempt), () -> upload(attempt + 1));
    } else {
      uploading.set(false);
    }
  }

  private boolean isUploaded(SyntheticKernel kernel) {
    String profile = kernel.profile();
    if (send("GET", "kernelprofiles", Paths.PROFILES + "/" + profile, null).succeeded()) {
      return true;
    }
    Answer answer = send("POST", "kernelprofiles", Paths.PROFILES, agents.bodies().profile(kernel));
    return answer.succeeded() || answer.code() == HttpURLConnection.HTTP_CONFLICT;
  }

  private synchronized String profile() {
    return node.profile();
  }

  private Answer send(String verb, String what, String path, byte @Nullable [] body) {
    return agents.requests().send(verb, what, path, body, token);
  }

  /** Once to twice as long each time, as the real agent. */
  private static Duration backoff(int failures) {
    Duration least = INTERVAL.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return least.plusMillis(ThreadLocalRandom.current().nextLong(least.toMillis()));
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }
}
