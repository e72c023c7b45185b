package dev.whistler.operator.installation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
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
 * The Lease that the one installation of a cluster holds. It is in a namespace that every cluster
 * has, under a name that every installation uses. Another one takes it over when it has not been
 * renewed for the duration that it states, by the other one's clock alone: what is left of an
 * installation whose namespace was deleted does not keep out the next. One that was given back is
 * taken after a while only, in which the former holder looks and ends.
 */
public final class InstallationLease {
  /** Where it is. */
  public static final String NAMESPACE = "default";

  /** What it is called. */
  public static final String NAME = "whistler-operator";

  /** Of a Lease that states none, or one that is beyond belief. */
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(120);

  private static final Duration LONGEST_DURATION = Duration.ofHours(1);

  /** Renewals within a duration. */
  private static final int RENEWALS = 3;

  /** How often the holder looks at it within a duration. */
  private static final int LOOKS = 24;

  private final KubernetesClient client;
  private final String identity;
  private final Duration duration;
  private final LongSupplier nanos;
  private final Clock clock;

  /** The renewal of somebody else that was seen last, and when. */
  private @Nullable ZonedDateTime renewalOfAnother;

  private long renewalSeen;

  /** What the last other holder promised; null: none was ever seen. */
  private @Nullable Duration durationOfAnother;

  /** The version in which it is seen to be nobody's (empty: deleted), and since when. */
  private @Nullable String nobodys;

  private long nobodysSince;

  /** When we wrote it. */
  private long written;

  /** What came of an attempt. */
  public sealed interface Outcome {
    /** It is ours. */
    record Held() implements Outcome {}

    /**
     * It is somebody else's.
     *
     * @param holder namespace and release
     */
    record HeldByAnother(String holder) implements Outcome {}

    /** An uninstallation has given it back. */
    record Released() implements Outcome {}
  }

  /**
   * Nothing is asked yet.
   *
   * @param identity namespace and release, see {@link #identity}
   * @param duration how long the Lease may go without a renewal
   * @param nanos as {@link System#nanoTime}
   * @param clock for the times that are written, which nobody decides by
   */
  InstallationLease(
      KubernetesClient client,
      String identity,
      Duration duration,
      LongSupplier nanos,
      Clock clock) {
    this.client = client;
    this.identity = identity;
    this.duration = duration;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** How the holder is named. */
  public static String identity(String namespace, String release) {
    return namespace + "/" + release;
  }

  /** Who holds the Lease of a cluster, if anybody does. */
  public static Optional<String> holder(KubernetesClient client) {
    return holder(found(client));
  }

  /** Gives the Lease back if it is of this identity, so that another installation may begin. */
  public static void release(KubernetesClient client, String identity) {
    Lease found = found(client);
    if (found != null && holder(found).equals(Optional.of(identity))) {
      found.getSpec().setHolderIdentity("");
      var _ = client.resource(found).update();
    }
  }

  private static @Nullable Lease found(KubernetesClient client) {
    return client.leases().inNamespace(NAMESPACE).withName(NAME).get();
  }

  private static Optional<String> holder(@Nullable Lease lease) {
    return Optional.ofNullable(lease)
        .map(Lease::getSpec)
        .map(spec -> spec.getHolderIdentity())
        .filter(holder -> !holder.isEmpty());
  }

  /** How often the holder looks whether it still is the holder. */
  Duration look() {
    return looks(duration);
  }

  private static Duration looks(Duration duration) {
    return duration.dividedBy(LOOKS);
  }

  /**
   * Takes the Lease if there never was one, it was not renewed in time, or it was given back or
   * deleted and stayed so while its former holder looked twice.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  Outcome acquire() {
    Lease found = found(client);
    Optional<String> holder = holder(found);
    if (found == null || holder.isEmpty()) {
      boolean isFirst = found == null && durationOfAnother == null;
      return isFirst || isLeftAlone(found) ? write(found) : new Outcome.Released();
    }
    nobodys = null;
    if (holder.get().equals(identity) || isOverdue(found)) {
      return write(found);
    }
    durationOfAnother = statedDuration(found);
    return new Outcome.HeldByAnother(holder.get());
  }

  /**
   * Looks whether the Lease is still ours, and renews it when it is time. One that was deleted is
   * written again.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  Outcome renew() {
    Lease found = found(client);
    if (found == null) {
      return write(null);
    }
    Optional<String> holder = holder(found);
    if (holder.isEmpty()) {
      return new Outcome.Released();
    }
    if (!holder.get().equals(identity)) {
      return new Outcome.HeldByAnother(holder.get());
    }
    boolean isDue = nanos.getAsLong() - written >= duration.dividedBy(RENEWALS).toNanos();
    return isDue ? write(found) : new Outcome.Held();
  }

  /** The resource version is kept, so that of two that write at once one fails. */
  private Outcome write(@Nullable Lease found) {
    ZonedDateTime now = ZonedDateTime.now(clock);
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            .withName(NAME)
            .withResourceVersion(found == null ? null : found.getMetadata().getResourceVersion())
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(identity)
            .withLeaseDurationSeconds((int) duration.toSeconds())
            .withRenewTime(now)
            .endSpec()
            .build();
    try {
      var _ = found == null ? client.resource(lease).create() : client.resource(lease).update();
      written = nanos.getAsLong();
      return new Outcome.Held();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return new Outcome.HeldByAnother("an installation that was quicker");
      }
      throw e;
    }
  }

  /** Whether it has been nobody's while its former holder must have looked. */
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
    return nanos.getAsLong() - nobodysSince >= looks(former).multipliedBy(2).toNanos();
  }

  private boolean isOverdue(Lease found) {
    ZonedDateTime renewal = found.getSpec().getRenewTime();
    if (renewal == null) {
      return true;
    }
    if (!renewal.equals(renewalOfAnother)) {
      renewalOfAnother = renewal;
      renewalSeen = nanos.getAsLong();
    }
    return nanos.getAsLong() - renewalSeen > statedDuration(found).toNanos();
  }

  /** What its holder promises; anybody may have written it. */
  private static Duration statedDuration(Lease lease) {
    Integer seconds = lease.getSpec().getLeaseDurationSeconds();
    return seconds == null || seconds <= 0 || seconds > LONGEST_DURATION.toSeconds()
        ? DEFAULT_DURATION
        : Duration.ofSeconds(seconds);
  }
}
