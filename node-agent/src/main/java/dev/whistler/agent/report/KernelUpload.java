package dev.whistler.agent.report;

import dev.whistler.agent.node.Kernel;
import dev.whistler.crds.Group;
import dev.whistler.crds.KernelProfile;
import dev.whistler.crds.KernelProfileRequestSpec;
import dev.whistler.crds.KernelTypes;
import dev.whistler.crds.KernelTypesContent;
import dev.whistler.crds.KernelTypesSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Uploads what the operator lists as wanted of this node's kernel: its profile and the pieces of
 * its types. The first agent with that kernel wins; for all others it is there already.
 */
public final class KernelUpload {

  private static final Logger LOG = Logger.getLogger(KernelUpload.class);

  /** Without the content, which is up to a megabyte and known here. */
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Kernel kernel;

  public KernelUpload(KubernetesClient client, Kernel kernel) {
    this.client = client;
    this.kernel = kernel;
  }

  /**
   * An object that describes this kernel, or a part of it.
   *
   * @param kind plural
   */
  public record Description(String kind, String name) {}

  /** What the list names of this kernel. */
  public static List<Description> wanted(Kernel kernel, KernelProfileRequestSpec list) {
    return Stream.concat(
            Stream.of(kernel.name())
                .filter(list.profiles()::contains)
                .map(name -> new Description(HasMetadata.getPlural(KernelProfile.class), name)),
            kernel.types().map(KernelTypesContent::pieces).stream()
                .flatMap(pieces -> pieces.names())
                .filter(list.types()::contains)
                .map(name -> new Description(HasMetadata.getPlural(KernelTypes.class), name)))
        .distinct()
        .toList();
  }

  /** Whether somebody has uploaded it; false as well where that cannot be told. */
  public boolean isThere(Description description) {
    HttpRequest request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(
                "%sapis/%s/%s/%s/%s"
                    .formatted(
                        client.getMasterUrl(),
                        Group.NAME,
                        Group.VERSION,
                        description.kind(),
                        description.name()))
            .header("Accept", METADATA)
            .build();
    try {
      return client
          .getHttpClient()
          .sendAsync(request, String.class)
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .isSuccessful();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Creates it; does nothing where it exists.
   *
   * @return why it is not there now, in the words of the API server; empty if it is. A policy may
   *     know later than this agent what is wanted, so a denial is worth another try.
   */
  public Optional<String> upload(Description description) {
    HasMetadata resource = resource(description.name());
    try {
      var _ = client.resource(resource).create();
      LOG.infof("uploaded %s %s", description.kind(), description.name());
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      return Optional.of(said(e));
    }
  }

  private HasMetadata resource(String name) {
    HasMetadata resource = profileOrPiece(name);
    resource.setMetadata(new ObjectMetaBuilder().withName(name).build());
    return resource;
  }

  private HasMetadata profileOrPiece(String name) {
    Optional<KernelTypesSpec> piece = kernel.types().map(types -> types.specs().get(name));
    if (piece.isPresent()) {
      KernelTypes types = new KernelTypes();
      types.setSpec(piece.get());
      return types;
    }
    KernelProfile profile = new KernelProfile();
    profile.setSpec(kernel.profile());
    return profile;
  }

  /** What the API server said, without the client's own words: a status has room for little. */
  private static String said(KubernetesClientException e) {
    return String.valueOf(e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage());
  }
}
