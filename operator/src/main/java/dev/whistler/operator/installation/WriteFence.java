package dev.whistler.operator.installation;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;

/**
 * Lets nothing but reads through while this replica does not lead, whoever asks: a stand-by has the
 * same watches and workers as a leader, and a leader that was cut off does not know what its
 * threads are just about to write.
 */
final class WriteFence implements Interceptor {
  private final Leadership leadership;

  WriteFence(Leadership leadership) {
    this.leadership = leadership;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (!request.method().equals("GET") && !leadership.isHeld()) {
      throw new KubernetesClientException(
          "Not written, since this replica of the operator does not lead: "
              + request.method()
              + " "
              + request.uri().getPath());
    }
  }
}
