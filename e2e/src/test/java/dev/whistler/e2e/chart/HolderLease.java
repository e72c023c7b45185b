package dev.whistler.e2e.chart;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;

/** The Lease of the one installation that holds a cluster. */
public final class HolderLease {
  private static final String NAMESPACE = "default";
  private static final String NAME = "whistler-operator";

  private HolderLease() {}

  /**
   * One to be written.
   *
   * @param identity namespace and release of the holder
   */
  static Lease of(String identity) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(NAMESPACE)
        .withName(NAME)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(identity)
        .endSpec()
        .build();
  }

  /** The one of a cluster, if it is there. */
  public static Resource<Lease> in(KubernetesClient client) {
    return client.leases().inNamespace(NAMESPACE).withName(NAME);
  }
}
