package dev.whistler.operator.installation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The Lease that the one installation of a cluster holds. It is in a namespace that every cluster
 * has, under a name that every installation uses. Another one takes it over when it has not been
 * renewed for its duration, by the other one's clock alone: what is left of an installation whose
 * namespace was deleted does not keep out the next.
 */
public final class InstallationLease {
  /** Where it is. */
  public static final String NAMESPACE = "default";

  /** What it is called. */
  public static final String NAME = "whistler-operator";

  /** How long it may go without a renewal. */
  static final Duration DURATION = Duration.ofSeconds(120);

  private final KubernetesClient client;
  private final String identity;
  private final Duration duration;
  private final LongSupplier nanos;
  private final Clock clock;

  /** The renewal of somebody else that was seen last, and when. */
  private @Nullable ZonedDateTime renewalOfAnother;

  private long renewalSeen;

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

    /** Our own uninstallation has given it back. */
    record Released() implements Outcome {}
  }

  /**
   * Nothing is asked yet.
   *
   * @param identity namespace and release, see {@link #identity}
   * @param duration how long the Lease goes without a renewal; {@link #DURATION}, but for tests
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

  /**
   * Takes the Lease, if it is nobody's or was not renewed in time.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  Outcome acquire() {
    Lease found = found(client);
    Optional<String> holder = holder(found);
    if (found != null
        && holder.isPresent()
        && !holder.get().equals(identity)
        && !isOverdue(found.getSpec().getRenewTime())) {
      return new Outcome.HeldByAnother(holder.get());
    }
    return write(found);
  }

  /**
   * Renews the Lease that we hold. One that was deleted is written again.
   *
   * @throws KubernetesClientException when the API server cannot say
   */
  Outcome renew() {
    Lease found = found(client);
    Optional<String> holder = holder(found);
    if (found != null && holder.isEmpty()) {
      return new Outcome.Released();
    }
    return holder.isPresent() && !holder.get().equals(identity)
        ? new Outcome.HeldByAnother(holder.get())
        : write(found);
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
      return new Outcome.Held();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return new Outcome.HeldByAnother("an installation that was quicker");
      }
      throw e;
    }
  }

  private boolean isOverdue(@Nullable ZonedDateTime renewal) {
    if (renewal == null) {
      return true;
    }
    if (!renewal.equals(renewalOfAnother)) {
      renewalOfAnother = renewal;
      renewalSeen = nanos.getAsLong();
    }
    return nanos.getAsLong() - renewalSeen > duration.toNanos();
  }
}
