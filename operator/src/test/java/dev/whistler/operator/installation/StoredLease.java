package dev.whistler.operator.installation;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** A Lease in memory, with the API server's rule about resource versions. */
final class StoredLease implements InstallationLease.Store {
  private Lease lease;
  private long version;
  int writes;

  @Override
  public Lease get() {
    return lease == null ? null : new LeaseBuilder(lease).build();
  }

  @Override
  public void create(Lease created) {
    if (lease != null) {
      throw conflict();
    }
    store(created);
  }

  @Override
  public void update(Lease updated) {
    if (lease == null
        || !lease
            .getMetadata()
            .getResourceVersion()
            .equals(updated.getMetadata().getResourceVersion())) {
      throw conflict();
    }
    store(updated);
  }

  private void store(Lease written) {
    version++;
    writes++;
    lease =
        new LeaseBuilder(written)
            .editMetadata()
            .withResourceVersion(Long.toString(version))
            .endMetadata()
            .build();
  }

  void delete() {
    lease = null;
  }

  /** Somebody else writes a holder. */
  void hold(String identity) {
    update(new LeaseBuilder(get()).editSpec().withHolderIdentity(identity).endSpec().build());
  }

  String holder() {
    return lease.getSpec().getHolderIdentity();
  }

  private static KubernetesClientException conflict() {
    return new KubernetesClientException("conflict", HttpURLConnection.HTTP_CONFLICT, null);
  }
}
