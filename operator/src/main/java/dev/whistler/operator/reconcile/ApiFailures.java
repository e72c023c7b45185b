package dev.whistler.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of a failure is the API server's. */
final class ApiFailures {
  /** Exceptions may be their own cause by way of others. */
  private static final int MAX_CAUSES = 16;

  private ApiFailures() {}

  /** The answer of the API server that a failure comes of, if it does. */
  static Optional<KubernetesClientException> of(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof KubernetesClientException answer) {
        return Optional.of(answer);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
