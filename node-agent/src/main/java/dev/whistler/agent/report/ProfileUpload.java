package dev.whistler.agent.report;

import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Uploads this node's KernelProfile when the operator lists it as wanted. The first agent with that
 * kernel wins; for all others it is there already.
 */
public final class ProfileUpload {

  private static final Logger LOG = Logger.getLogger(ProfileUpload.class);

  private final KubernetesClient client;
  private final String name;
  private final KernelProfileSpec spec;

  public ProfileUpload(KubernetesClient client, String name, KernelProfileSpec spec) {
    this.client = client;
    this.name = name;
    this.spec = spec;
  }

  /** Whether somebody has uploaded it; false as well where that cannot be told. */
  public boolean isThere() {
    try {
      return client.resources(KernelProfile.class).withName(name).get() != null;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /**
   * Creates the profile; does nothing where it exists.
   *
   * @return why it is not there now, in the words of the API server; empty if it is. A policy may
   *     know later than this agent what is wanted, so a denial is worth another try.
   */
  public Optional<String> upload() {
    KernelProfile profile = new KernelProfile();
    profile.setMetadata(new ObjectMetaBuilder().withName(name).build());
    profile.setSpec(spec);
    try {
      var _ = client.resource(profile).create();
      LOG.infof("uploaded kernel profile %s", name);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      return Optional.of(said(e));
    }
  }

  /** What the API server said, without the client's own words: a status has room for little. */
  private static String said(KubernetesClientException e) {
    return String.valueOf(e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage());
  }
}
