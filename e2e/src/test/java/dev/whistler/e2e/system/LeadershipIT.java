package dev.whistler.e2e.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerArtifact;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.e2e.chart.HolderLease;
import dev.whistler.e2e.system.AuditLog.Request;
import dev.whistler.testbed.install.Installation;
import dev.whistler.testbed.install.QuarkusProcess;
import dev.whistler.testbed.process.Waiting;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of two replicas of one installation one leads, and the other takes over without a trace. */
@ExtendWith(SystemExtension.class)
final class LeadershipIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String FIRST = "operator";
  private static final String SECOND = "operator-next";
  private static final String PROGRAM = "of-two-replicas";
  private static final int EDITS = 24;

  private WhistlerSystem system;
  private QuarkusProcess first;
  private QuarkusProcess second;
  private Resource<Lease> lease;
  private AuditLog audit;
  private int asked;

  @BeforeEach
  void startAStandBy(WhistlerSystem running) {
    system = running;
    audit = AuditLog.of(system.cluster());
    first = system.operator();
    lease = HolderLease.in(system.client());
    awaitLeader(FIRST);
    asked = audit.requests().size();
    // As during an upgrade: a replica of the next version stands by.
    second = system.installation().startOperator(SECOND, Map.of("whistler.version", "next"));
    second.awaitReady();
  }

  /** The other tests need the first one. */
  @AfterEach
  void endTheSecond() {
    if (!first.process().alive()) {
      first.restart();
    }
    first.awaitReady();
    second.close();
    awaitLeader(FIRST);
    system.delete(PROGRAM);
  }

  @Test
  void aStandByWritesNothing() {
    for (int edit = 0; edit < 3; edit++) {
      system.apply(PROGRAM, source(edit), null);
      system.awaitReady(PROGRAM);
    }

    List<Request> ofStandBy =
        since().stream().filter(request -> request.agent().equals(SECOND)).toList();
    assertThat(ofStandBy).filteredOn(request -> !request.isRead()).isEmpty();
    assertThat(ofStandBy)
        .as("it knows what a leader knows")
        .extracting(Request::resource)
        .contains(
            "whistlerprograms",
            "whistlerrevisions",
            "whistlerartifacts",
            "whistlernodes",
            "kernelprofiles",
            "nodes",
            "leases");
    assertThat(first.get("/metrics")).containsPattern("whistler_operator_leader(\\{[^}]*})? 1.0");
    assertThat(second.get("/metrics")).containsPattern("whistler_operator_leader(\\{[^}]*})? 0.0");
  }

  @Test
  void aKilledLeaderLosesAndDoublesNothing() throws InterruptedException {
    edit(0, EDITS / 2);
    first.kill();
    long killed = System.nanoTime();
    edit(EDITS / 2, EDITS);
    awaitLeader(SECOND);
    System.err.printf(
        "the next leader: %d ms after the kill%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed));
    system.awaitReady(PROGRAM);

    assertAllIsThereOnce();
  }

  @Test
  void aVersionGivesTheLeadToTheNext() throws InterruptedException {
    edit(0, EDITS / 2);
    // SIGTERM, as the kubelet sends it.
    first.process().stop(LIMIT);
    edit(EDITS / 2, EDITS);
    awaitLeader(SECOND);
    system.awaitReady(PROGRAM);

    assertAllIsThereOnce();
    assertThat(lease.get().getSpec().getLeaseTransitions())
        .as("taken over, and not taken anew")
        .isPositive();
    assertThat(second.get("/metrics"))
        .containsPattern("whistler_operator_build_info\\{[^}]*version=\"next\"[^}]*} 1\\b");
  }

  /**
   * As when a deployment is upgraded and rolled back in a hurry: a newer version takes the lead
   * from one that still acts, and the older one takes it back.
   */
  @Test
  void twoVersionsThatTakeTurnsUndoNothingOfEachOther() {
    system.apply(PROGRAM, source(0), null);
    system.awaitReady(PROGRAM);
    List<WhistlerRevision> revisions = system.revisions(PROGRAM);
    List<WhistlerArtifact> artifacts = artifacts(revisions.getLast().getSpec().program().uid());
    takeTheLead(SECOND, first);
    takeTheLead(FIRST, second);

    // Neither finds anything to do in what the other one left.
    List<Request> written =
        since().stream()
            .dropWhile(request -> !request.agent().equals(SECOND) || request.isRead())
            .filter(request -> !request.isRead() && !request.resource().equals("leases"))
            .toList();
    System.err.printf(
        "two versions in turns: %d writes but of Leases: %s%n", written.size(), written);
    assertThat(written)
        .filteredOn(request -> Set.of(FIRST, SECOND).contains(request.agent()))
        .isEmpty();
    assertThat(system.revisions(PROGRAM)).isEqualTo(revisions);
    assertThat(artifacts(revisions.getLast().getSpec().program().uid())).isEqualTo(artifacts);

    edit(1, EDITS / 2);
    awaitRevisionOf(FIRST);
    takeTheLead(SECOND, first);
    edit(EDITS / 2, EDITS);
    awaitRevisionOf(SECOND);
    takeTheLead(FIRST, second);
    system.awaitReady(PROGRAM);
    assertAllIsThereOnce();
  }

  /** So that a replica has had its part before the other one takes the lead. */
  private void awaitRevisionOf(String replica) {
    Waiting.until(
        replica + " makes a revision",
        LIMIT,
        () ->
            since().stream()
                .anyMatch(
                    it ->
                        it.agent().equals(replica)
                            && it.resource().equals("whistlerrevisions")
                            && it.code() == 201));
  }

  /**
   * Writes a replica into the Lease while another one leads, which for a moment both do. The other
   * one ends when it looks, and is started again.
   */
  private void takeTheLead(String replica, QuarkusProcess former) {
    write(replica, former);
    former.restart();
    former.awaitReady();
    QuarkusProcess leader = former == first ? second : first;
    Waiting.until(
        replica + " acts",
        LIMIT,
        () ->
            Pattern.compile("whistler_operator_leader(\\{[^}]*})? 1.0")
                .matcher(leader.get("/metrics"))
                .find());
  }

  /** Writes a replica into the Lease; the leader ends when it looks. */
  private void write(String replica, QuarkusProcess leader) {
    var _ =
        lease.edit(
            it ->
                new LeaseBuilder(it)
                    .editSpec()
                    .withHolderIdentity(Installation.NAMESPACE + "/whistler/" + replica)
                    .endSpec()
                    .build());
    Waiting.until("the former leader ends", LIMIT, () -> !leader.process().alive());
  }

  @Test
  void aLeaderThatWasAwayWritesNothingWhenItReturns() throws IOException, InterruptedException {
    system.apply(PROGRAM, source(0), null);
    system.awaitReady(PROGRAM);
    awaitRest(FIRST);
    long writes;
    signal("STOP");
    try {
      // What it would write as soon as it goes on.
      system.apply(PROGRAM, source(1), null);
      awaitLeader(SECOND);
      system.awaitReady(PROGRAM);
      writes = writesOf(FIRST);
    } finally {
      signal("CONT");
    }
    Waiting.until("the former leader ends", LIMIT, () -> !first.process().alive());
    assertThat(writesOf(FIRST)).isEqualTo(writes);
    assertThat(first.process().logTail(20)).contains(SECOND + ", leads now");
  }

  @Test
  void aLeaderEndsWhenSomebodyElseHoldsTheLease() {
    write("nobody-we-know", first);
    awaitLeader(SECOND);
  }

  private static String source(int edit) {
    return WhistlerSystem.example("forks.lisp") + "; " + edit;
  }

  /** One after the other, each as soon as the API server has taken the one before. */
  private void edit(int from, int to) {
    for (int edit = from; edit < to; edit++) {
      system.apply(PROGRAM, source(edit), null);
    }
  }

  private void assertAllIsThereOnce() {
    List<WhistlerRevision> kept = system.revisions(PROGRAM);
    long newest = kept.getLast().getSpec().revision();
    assertThat(
            since().stream()
                .filter(request -> request.resource().equals("whistlerrevisions"))
                .filter(request -> request.verb().equals("create") && request.code() == 201)
                .count())
        .as("each revision up to %d was created, and once", newest)
        .isEqualTo(newest);
    assertThat(kept)
        .extracting(revision -> revision.getSpec().revision())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(newest - kept.size() + 1, newest).boxed().toList());

    List<WhistlerArtifact> artifacts = artifacts(kept.getLast().getSpec().program().uid());
    assertThat(new HashSet<>(artifacts.stream().map(WhistlerArtifact::getSpec).toList()))
        .as("no two are one")
        .hasSameSizeAs(artifacts);
    assertThat(artifacts).isNotEmpty();
  }

  private List<WhistlerArtifact> artifacts(String programUid) {
    return system.client().resources(WhistlerArtifact.class).list().getItems().stream()
        .filter(artifact -> artifact.getSpec().programUid().equals(programUid))
        .toList();
  }

  /** What was asked since this test began. */
  private List<Request> since() {
    return audit.requests().stream().skip(asked).toList();
  }

  private long writesOf(String process) {
    return audit.requests().stream()
        .filter(request -> request.agent().equals(process))
        .filter(request -> !request.isRead() && request.code() < 300)
        .count();
  }

  /** What is on its way when a process is stopped is sent when that goes on; no fence helps. */
  private void awaitRest(String process) {
    long[] known = {-1, 0};
    Waiting.until(
        process + " writes nothing but its Lease for a second",
        LIMIT,
        () -> {
          long now = withoutLeases(process);
          if (now != known[0]) {
            known[0] = now;
            known[1] = System.nanoTime();
          }
          return System.nanoTime() - known[1] > TimeUnit.SECONDS.toNanos(1);
        });
  }

  private long withoutLeases(String process) {
    return audit.requests().stream()
        .filter(request -> request.agent().equals(process) && !request.isRead())
        .filter(request -> !request.resource().equals("leases"))
        .count();
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(first.process().pid()))
                .start()
                .waitFor())
        .isZero();
  }

  private void awaitLeader(String replica) {
    Waiting.until(
        replica + " leads",
        LIMIT,
        () -> {
          Lease now = lease.get();
          return now != null
              && Objects.equals(
                  now.getSpec().getHolderIdentity(),
                  Installation.NAMESPACE + "/whistler/" + replica);
        });
  }
}
