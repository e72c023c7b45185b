package dev.whistler.operator.installation;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets nothing but reads through while this replica does not lead, whoever asks: a stand-by has the
 * same watches and workers as a leader, and a leader that was cut off does not know what its
 * threads are just about to write.
 */
final class WriteFence {
  private final Leadership leadership;

  WriteFence(Leadership leadership) {
    this.leadership = leadership;
  }

  /**
   * A request as it may be sent now. A write gives up when the lead runs out, since one that waits
   * for a connection would be sent when another replica leads.
   *
   * @throws KubernetesClientException if it may not be sent
   */
  StandardHttpRequest admit(StandardHttpRequest request) {
    if (request.method().equals("GET")) {
      return request;
    }
    Duration left = leadership.remaining();
    if (!left.isPositive()) {
      throw new KubernetesClientException(
          "Not written, since this replica of the operator does not lead: "
              + request.method()
              + " "
              + request.uri().getPath());
    }
    @Nullable Duration limit = request.getTimeout();
    return limit != null && limit.isPositive() && limit.compareTo(left) <= 0
        ? request
        : limited(request, left);
  }

  /** No time at all would be no limit. */
  private static StandardHttpRequest limited(StandardHttpRequest request, Duration limit) {
    StandardHttpRequest.Builder copy = request.newBuilder();
    var _ = copy.timeout(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
    return copy.build();
  }
}
