package dev.whistler.operator.installation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the Lease, written as {@code namespace/release/replica}.
 *
 * @param installation namespace and release, see {@link #installation}
 * @param replica name of the one that leads; empty when it gave the lead back to the others
 */
public record Holder(String installation, String replica) {
  /** An operator that knew no replicas wrote none, and may be running. */
  private static final String UNNAMED = "?";

  private static final int PARTS = 3;

  /** How an installation is named. */
  public static String installation(String namespace, String release) {
    return namespace + "/" + release;
  }

  /** Who holds a Lease; empty when it is nobody's or not there. */
  static Optional<Holder> of(@Nullable Lease lease) {
    return Optional.ofNullable(lease)
        .map(Lease::getSpec)
        .map(spec -> spec.getHolderIdentity())
        .filter(identity -> !identity.isEmpty())
        .map(Holder::parse);
  }

  private static Holder parse(String identity) {
    String[] parts = identity.split("/", PARTS);
    return parts.length < PARTS
        ? new Holder(identity, UNNAMED)
        : new Holder(installation(parts[0], parts[1]), parts[2]);
  }

  /** The same installation with nobody in the lead. */
  Holder withoutReplica() {
    return new Holder(installation, "");
  }

  boolean isLed() {
    return !replica.isEmpty();
  }

  /** As it stands in the Lease. */
  String identity() {
    return installation + "/" + replica;
  }
}
