package dev.whistler.operator.installation;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.StandardWebSocketBuilder;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the fence just before each request is sent, also when the library sends it once more. An
 * interceptor could not: of a request that is repeated with a new token it is not told, and what it
 * throws when one is repeated after a pause reaches nobody, so that whoever asked waits for ever.
 * What fails here comes back as any other failure does.
 */
final class FencedHttpClient
    extends StandardHttpClient<
        FencedHttpClient, FencedHttpClient.Factory, FencedHttpClient.Builder> {
  private static final String METER = "whistler-request-meter";

  private final Factory factory;
  private final StandardHttpClient<?, ?, ?> network;

  private FencedHttpClient(Builder builder, AtomicBoolean closed) {
    super(builder, closed);
    this.factory = builder.getClientFactory();
    this.network = builder.network;
  }

  @Override
  public CompletableFuture<HttpResponse<AsyncBody>> consumeBytesDirect(
      StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    StandardHttpRequest admitted;
    try {
      admitted = factory.fence.admit(request);
    } catch (KubernetesClientException e) {
      return CompletableFuture.failedFuture(e);
    }
    return metered(request, network.consumeBytesDirect(admitted, consumer));
  }

  /** Watches, which write nothing. */
  @Override
  public CompletableFuture<WebSocketResponse> buildWebSocketDirect(
      StandardWebSocketBuilder request, WebSocket.Listener listener) {
    return metered(request.asHttpRequest(), network.buildWebSocketDirect(request, listener));
  }

  private <T> CompletableFuture<T> metered(
      StandardHttpRequest request, CompletableFuture<T> answer) {
    return answer.whenComplete(
        (response, failure) -> {
          if (failure != null) {
            factory.meter.unanswered(request);
          }
        });
  }

  @Override
  protected void doClose() {
    network.close();
  }

  /** Makes such clients over those of another factory. */
  static final class Factory implements HttpClient.Factory {
    private final HttpClient.Factory network;
    private final WriteFence fence;
    private final RequestMeter meter;

    Factory(HttpClient.Factory network, WriteFence fence, RequestMeter meter) {
      this.network = network;
      this.fence = fence;
      this.meter = meter;
    }

    @Override
    public HttpClient.Builder newBuilder() {
      return over(network.newBuilder());
    }

    @Override
    public HttpClient.Builder newBuilder(Config config) {
      return over(network.newBuilder(config));
    }

    private Builder over(HttpClient.Builder settings) {
      return new Builder(this, (StandardHttpClientBuilder<?, ?, ?>) settings);
    }
  }

  /** Of its settings only interceptors and tags have an effect, all else is the network's. */
  static final class Builder extends StandardHttpClientBuilder<FencedHttpClient, Factory, Builder> {
    private final StandardHttpClient<?, ?, ?> network;

    private Builder(Factory factory, StandardHttpClientBuilder<?, ?, ?> settings) {
      this(factory, (StandardHttpClient<?, ?, ?>) settings.build());
      // Called here and not there: what they repeat must pass the fence.
      interceptors.putAll(settings.getInterceptors());
      interceptors.put(METER, factory.meter);
      tags.putAll(settings.getTags());
    }

    private Builder(Factory factory, StandardHttpClient<?, ?, ?> network) {
      super(factory);
      this.network = network;
    }

    @Override
    public FencedHttpClient build() {
      return new FencedHttpClient(this, client == null ? new AtomicBoolean() : client.getClosed());
    }

    @Override
    protected Builder newInstance(Factory factory) {
      return new Builder(factory, network);
    }
  }
}
