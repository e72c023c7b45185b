package dev.whistler.operator.installation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The Lease by which one replica of one installation acts in a cluster. It is in a namespace that
 * every cluster has, under a name that every installation uses.
 *
 * <p>A replica takes over from another one of its installation when that one gave it back, or has
 * not renewed it for the duration that it states; from another installation after twelve times as
 * long only, so that a leader that starts again keeps out a second release. How long is measured by
 * the clock of whoever waits, from when the last renewal was seen: the times in the Lease are only
 * compared with each other, so that no clock that is wrong or set decides anything.
 *
 * <p>One that an uninstallation gave back, or that was deleted, is taken after its duration, in
 * which its holder has looked or may not write any more.
 */
public final class InstallationLease {
  /** Where it is. */
  public static final String NAMESPACE = "default";

  /** What it is called. */
  public static final String NAME = "whistler-operator";

  /** Of a Lease that states none, or one that is beyond belief. */
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);

  private static final Duration LONGEST_DURATION = Duration.ofHours(1);

  /** How many durations another installation waits. */
  private static final int OTHERS_WAIT = 12;

  /** Renewals within a duration. */
  private static final int RENEWALS = 3;

  /** How often a stand-by looks within a duration. */
  private static final int LOOKS = 5;

  private final Store store;
  private final Holder self;
  private final Duration duration;
  private final LongSupplier nanos;
  private final Clock clock;

  /** Where it is kept; writes of what is no longer the newest fail with a conflict. */
  interface Store {
    @Nullable Lease get();

    void create(Lease lease);

    void update(Lease lease);

    /**
     * That of a cluster.
     *
     * @param client one whose requests are bounded well within the duration
     */
    static Store of(KubernetesClient client) {
      return new Store() {
        @Override
        public @Nullable Lease get() {
          return client.leases().inNamespace(NAMESPACE).withName(NAME).get();
        }

        @Override
        public void create(Lease lease) {
          var _ = client.resource(lease).create();
        }

        @Override
        public void update(Lease lease) {
          var _ = client.resource(lease).update();
        }
      };
    }
  }

  /** What was seen last of somebody else's Lease, and since when. */
  private record Seen(String holder, @Nullable ZonedDateTime renewal) {}

  private @Nullable Seen seen;
  private long seenSince;

  /** What the last other holder promised; null: none was ever seen. */
  private @Nullable Duration durationOfAnother;

  /** The version in which it is seen to be nobody's (empty: deleted), and since when. */
  private @Nullable String nobodys;

  private long nobodysSince;

  /** Whether this installation was seen to hold it. */
  private boolean wasOurs;

  private boolean leads;

  /** What came of an attempt. */
  public sealed interface Outcome {
    /**
     * This replica leads.
     *
     * @param until when it may no longer write unless it renews before, by the clock of this
     *     process
     */
    record Leads(long until) implements Outcome {}

    /** Another replica of this installation leads, or has until now. */
    record StandsBy(String leader) implements Outcome {}

    /**
     * It is another installation's.
     *
     * @param installation namespace and release
     */
    record HeldByAnother(String installation) implements Outcome {}

    /** An uninstallation of this installation has given it back. */
    record Released() implements Outcome {}

    /** It is nobody's, but its last holder may not have seen that yet; or it changes just now. */
    record Undecided() implements Outcome {}
  }

  /**
   * Nothing is asked yet.
   *
   * @param store where the Lease is
   * @param self this replica; an earlier process of the same name must have ended
   * @param duration how long the Lease may go without a renewal
   * @param nanos as {@link System#nanoTime}
   * @param clock for the times that are written, which nobody decides by
   */
  InstallationLease(Store store, Holder self, Duration duration, LongSupplier nanos, Clock clock) {
    this.store = store;
    this.self = self;
    this.duration = duration;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** The installation that holds the Lease of a cluster, if any does. */
  public static Optional<String> installation(KubernetesClient client) {
    return Holder.of(Store.of(client).get()).map(Holder::installation);
  }

  /**
   * Gives the Lease back if it is this installation's, so that another installation may begin; its
   * replicas rest from when they see it.
   */
  public static void release(KubernetesClient client, String installation) {
    Store store = Store.of(client);
    Lease found = store.get();
    boolean isOurs =
        Holder.of(found).filter(it -> it.installation().equals(installation)).isPresent();
    if (found != null && isOurs) {
      found.getSpec().setHolderIdentity("");
      store.update(found);
    }
  }

  /** How often a leader attempts. */
  Duration renewal() {
    return duration.dividedBy(RENEWALS);
  }

  /** How often a stand-by attempts. */
  Duration look() {
    return duration.dividedBy(LOOKS);
  }

  /** After which an installation that gave it back and is still there was not removed. */
  Duration othersWait() {
    return duration.multipliedBy(OTHERS_WAIT);
  }

  /**
   * Looks at the Lease, and renews or takes it where that is this replica's right.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  Outcome attempt() {
    Outcome outcome = decide(store.get());
    leads = outcome instanceof Outcome.Leads || leads && outcome instanceof Outcome.Undecided;
    return outcome;
  }

  private Outcome decide(@Nullable Lease found) {
    Optional<Holder> holder = Holder.of(found);
    if (found == null || holder.isEmpty()) {
      return vacant(found);
    }
    nobodys = null;
    Holder now = holder.get();
    boolean isOurs = now.installation().equals(self.installation());
    wasOurs |= isOurs;
    if (now.equals(self) || isOurs && !now.isLed() || isOverdue(found, isOurs)) {
      return write(found);
    }
    durationOfAnother = statedDuration(found);
    return isOurs
        ? new Outcome.StandsBy(now.replica())
        : new Outcome.HeldByAnother(now.installation());
  }

  private Outcome vacant(@Nullable Lease found) {
    if (found != null && wasOurs) {
      return new Outcome.Released();
    }
    boolean isFirst = found == null && durationOfAnother == null;
    return isFirst || found == null && leads || isLeftAlone(found)
        ? write(found)
        : new Outcome.Undecided();
  }

  /** Whether it has been nobody's for as long as its last holder may have written. */
  private boolean isLeftAlone(@Nullable Lease found) {
    String version = found == null ? "" : found.getMetadata().getResourceVersion();
    if (!version.equals(nobodys)) {
      nobodys = version;
      nobodysSince = nanos.getAsLong();
    }
    Duration former =
        found == null
            ? Objects.requireNonNullElse(durationOfAnother, duration)
            : statedDuration(found);
    return nanos.getAsLong() - nobodysSince >= former.toNanos();
  }

  private boolean isOverdue(Lease found, boolean isOurs) {
    ZonedDateTime renewal = found.getSpec().getRenewTime();
    if (renewal == null) {
      return true;
    }
    Seen now = new Seen(found.getSpec().getHolderIdentity(), renewal);
    if (!now.equals(seen)) {
      seen = now;
      seenSince = nanos.getAsLong();
    }
    Duration stated = statedDuration(found);
    Duration patience = isOurs ? stated : stated.multipliedBy(OTHERS_WAIT);
    return nanos.getAsLong() - seenSince > patience.toNanos();
  }

  /**
   * The resource version is kept, so that of two that write at once one fails. What is written is
   * valid from before the request on, for less than others wait: a request that is on its way when
   * that ends has the rest to arrive.
   */
  private Outcome write(@Nullable Lease found) {
    long asked = nanos.getAsLong();
    try {
      if (found == null) {
        store.create(renewed(null));
      } else {
        store.update(renewed(found));
      }
      wasOurs = true;
      return new Outcome.Leads(asked + duration.multipliedBy(4).dividedBy(5).toNanos());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        // Somebody was quicker; the next look tells who.
        return new Outcome.Undecided();
      }
      throw e;
    }
  }

  private Lease renewed(@Nullable Lease found) {
    ZonedDateTime now = ZonedDateTime.now(clock);
    LeaseSpec before = found == null ? new LeaseSpec() : found.getSpec();
    boolean isTaken = !self.identity().equals(before.getHolderIdentity());
    int transitions = Objects.requireNonNullElse(before.getLeaseTransitions(), 0);
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(NAME)
        .withResourceVersion(found == null ? null : found.getMetadata().getResourceVersion())
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(self.identity())
        .withLeaseDurationSeconds((int) duration.toSeconds())
        .withAcquireTime(isTaken ? now : before.getAcquireTime())
        .withRenewTime(now)
        .withLeaseTransitions(isTaken && found != null ? transitions + 1 : transitions)
        .endSpec()
        .build();
  }

  /**
   * Leaves the lead to the other replicas, if it is this one's; the installation still holds the
   * cluster.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  void giveBack() {
    leads = false;
    Lease found = store.get();
    if (found != null && Holder.of(found).equals(Optional.of(self))) {
      found.getSpec().setHolderIdentity(self.withoutReplica().identity());
      store.update(found);
    }
  }

  /** What its holder promises; anybody may have written it. */
  private static Duration statedDuration(Lease lease) {
    Integer seconds = lease.getSpec().getLeaseDurationSeconds();
    return seconds == null || seconds <= 0 || seconds > LONGEST_DURATION.toSeconds()
        ? DEFAULT_DURATION
        : Duration.ofSeconds(seconds);
  }
}
