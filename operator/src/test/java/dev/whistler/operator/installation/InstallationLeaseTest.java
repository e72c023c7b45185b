package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.operator.installation.InstallationLease.Outcome;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who leads, in times of clocks that no test waits for. */
final class InstallationLeaseTest {
  private static final Duration DURATION = Duration.ofSeconds(10);
  private static final Instant BEGIN = Instant.parse("2026-11-29T08:00:00Z");
  private static final String OURS = "whistler-system/whistler";

  private final StoredLease stored = new StoredLease();
  private final InstallationLease first = replica(OURS + "/first", Duration.ZERO);
  private final InstallationLease second = replica(OURS + "/second", Duration.ZERO);
  private long now = 42;

  /** One whose wall clock is wrong by as much. */
  private InstallationLease replica(String identity, Duration error) {
    String[] parts = identity.split("/");
    return new InstallationLease(
        stored,
        new Holder(Holder.installation(parts[0], parts[1]), parts[2]),
        DURATION,
        () -> now,
        clock(error));
  }

  private Clock clock(Duration error) {
    return new Clock() {
      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return BEGIN.plusNanos(now).plus(error);
      }
    };
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void theFirstLeadsAndTheOtherStandsBy() {
    long before = now;
    assertThat(first.attempt())
        .as("for less than others wait")
        .isEqualTo(new Outcome.Leads(before + Duration.ofSeconds(8).toNanos()));
    assertThat(second.attempt()).isEqualTo(new Outcome.StandsBy("first"));
    assertThat(stored.holder()).isEqualTo(OURS + "/first");
    assertThat(stored.writes).as("a stand-by writes nothing").isOne();
  }

  @Test
  void aLeaderThatIsSilentIsReplacedWithinItsDurationAndALook() {
    var _ = first.attempt();
    var _ = second.attempt();
    Duration waited = Duration.ZERO;
    while (!(second.attempt() instanceof Outcome.Leads)) {
      pass(second.look());
      waited = waited.plus(second.look());
    }
    assertThat(waited).isBetween(DURATION, DURATION.plus(second.look()));
    LeaseSpec spec = stored.get().getSpec();
    assertThat(spec.getLeaseTransitions()).isOne();
    assertThat(first.attempt()).isEqualTo(new Outcome.StandsBy("second"));
  }

  @Test
  void aLeaderThatRenewsStaysOneForHours() {
    for (int renewals = 0; renewals < 5_000; renewals++) {
      assertThat(first.attempt()).isInstanceOf(Outcome.Leads.class);
      assertThat(second.attempt()).isEqualTo(new Outcome.StandsBy("first"));
      pass(first.renewal());
    }
  }

  @Test
  void noWallClockDecides() {
    InstallationLease inThePast = replica(OURS + "/past", Duration.ofDays(-365));
    InstallationLease inTheFuture = replica(OURS + "/future", Duration.ofDays(365));
    assertThat(inThePast.attempt()).isInstanceOf(Outcome.Leads.class);
    for (int looks = 0; looks < 50; looks++) {
      assertThat(inTheFuture.attempt()).isEqualTo(new Outcome.StandsBy("past"));
      pass(inThePast.renewal());
      assertThat(inThePast.attempt()).isInstanceOf(Outcome.Leads.class);
    }
  }

  @Test
  void whatIsGivenBackIsTakenAtOnceByItsOwn() {
    var _ = first.attempt();
    InstallationLease other = replica("elsewhere/whistler/pod", Duration.ZERO);
    var _ = second.attempt();
    first.giveBack();
    assertThat(stored.holder()).isEqualTo(OURS + "/");
    assertThat(other.attempt()).isEqualTo(new Outcome.HeldByAnother(OURS));
    assertThat(second.attempt()).isInstanceOf(Outcome.Leads.class);
    second.giveBack();
    first.giveBack();
    assertThat(stored.holder()).isEqualTo(OURS + "/");
  }

  @Test
  void theNextProcessOfAReplicaNeedNotWait() {
    var _ = first.attempt();
    assertThat(replica(OURS + "/first", Duration.ZERO).attempt()).isInstanceOf(Outcome.Leads.class);
  }

  @Test
  void anotherInstallationWaitsTwelveTimesAsLong() {
    var _ = first.attempt();
    InstallationLease other = replica("elsewhere/whistler/pod", Duration.ZERO);
    assertThat(other.attempt()).isEqualTo(new Outcome.HeldByAnother(OURS));
    pass(Duration.ofSeconds(120));
    assertThat(other.attempt()).isEqualTo(new Outcome.HeldByAnother(OURS));
    pass(Duration.ofSeconds(1));
    assertThat(other.attempt()).isInstanceOf(Outcome.Leads.class);
    assertThat(first.attempt()).isEqualTo(new Outcome.HeldByAnother("elsewhere/whistler"));
  }

  @Test
  void afterAnUninstallationItsOwnRestAndTheNextOneWaitsUntilTheyDo() {
    var _ = first.attempt();
    var _ = second.attempt();
    InstallationLease next = replica("elsewhere/whistler/pod", Duration.ZERO);
    var _ = next.attempt();
    stored.hold("");
    assertThat(first.attempt()).isEqualTo(new Outcome.Released());
    assertThat(second.attempt()).isEqualTo(new Outcome.Released());
    assertThat(next.attempt()).isEqualTo(new Outcome.Undecided());
    pass(Duration.ofMillis(9_999));
    assertThat(next.attempt()).isEqualTo(new Outcome.Undecided());
    pass(Duration.ofMillis(1));
    assertThat(second.attempt()).isEqualTo(new Outcome.Released());
    assertThat(next.attempt()).isInstanceOf(Outcome.Leads.class);
  }

  @Test
  void oneThatIsDeletedIsWrittenAgainByItsLeader() {
    var _ = first.attempt();
    var _ = second.attempt();
    stored.delete();
    assertThat(second.attempt()).isEqualTo(new Outcome.Undecided());
    assertThat(first.attempt()).isInstanceOf(Outcome.Leads.class);
    assertThat(second.attempt()).isEqualTo(new Outcome.StandsBy("first"));
  }

  @Test
  void anOperatorWithoutReplicasIsWaitedFor() {
    var _ = first.attempt();
    stored.hold(OURS);
    assertThat(second.attempt()).isEqualTo(new Outcome.StandsBy("?"));
    pass(DURATION.plusMillis(1));
    assertThat(second.attempt()).isInstanceOf(Outcome.Leads.class);
  }

  @Test
  void whoeverTouchesTheLeaseDoesNotEndTheLead() {
    var _ = first.attempt();
    InstallationLease.Store quicker =
        new InstallationLease.Store() {
          @Override
          public Lease get() {
            var read = stored.get();
            stored.update(stored.get());
            return read;
          }

          @Override
          public void create(Lease lease) {
            stored.create(lease);
          }

          @Override
          public void update(Lease lease) {
            stored.update(lease);
          }
        };
    InstallationLease again =
        new InstallationLease(
            quicker, new Holder(OURS, "first"), DURATION, () -> now, clock(Duration.ZERO));
    assertThat(again.attempt()).isEqualTo(new Outcome.Undecided());
    assertThat(first.attempt()).isInstanceOf(Outcome.Leads.class);
  }

  /** A request takes up to as long as its limit, and arrives somewhere within. */
  @Test
  void neverMayTwoWrite() {
    Random random = new Random(15);
    for (int run = 0; run < 300; run++) {
      stored.delete();
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        actors.add(new Actor("r" + i, Duration.ofSeconds(random.nextInt(200_000) - 100_000)));
      }
      for (int step = 0; step < 300; step++) {
        Actor actor = actors.get(random.nextInt(actors.size()));
        if (random.nextInt(50) == 0) {
          pass(Duration.ofSeconds(random.nextInt(30)));
        }
        actor.attempt(Duration.ofMillis(random.nextInt(3_000)));
        long moment = now;
        assertThat(actors.stream().filter(it -> it.leadership.isHeld()).count())
            .as("run %d, step %d, at %d", run, step, moment)
            .isLessThanOrEqualTo(1);
      }
      pass(Duration.ofHours(1));
    }
  }

  private final class Actor {
    private final Leadership leadership = new Leadership(() -> now);
    private final InstallationLease lease;
    private long late;

    Actor(String name, Duration error) {
      String[] parts = OURS.split("/");
      InstallationLease.Store slow =
          new InstallationLease.Store() {
            @Override
            public Lease get() {
              now += late;
              return stored.get();
            }

            @Override
            public void create(Lease lease) {
              now += late;
              stored.create(lease);
            }

            @Override
            public void update(Lease lease) {
              now += late;
              stored.update(lease);
              now += late;
            }
          };
      this.lease =
          new InstallationLease(
              slow,
              new Holder(Holder.installation(parts[0], parts[1]), name),
              DURATION,
              () -> now,
              clock(error));
    }

    void attempt(Duration latency) {
      late = latency.toNanos();
      if (lease.attempt() instanceof Outcome.Leads(long until)) {
        leadership.holdUntil(until);
      }
    }
  }
}
