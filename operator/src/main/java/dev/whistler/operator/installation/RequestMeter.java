package dev.whistler.operator.installation;

import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;

/** Counts requests to the API server by what they ask for. */
final class RequestMeter implements Interceptor {
  private final OperatorMetrics metrics;

  RequestMeter(OperatorMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    metrics.requested(request.method(), resource(request.uri().getPath()), response.code());
  }

  /** The library's own call for this does not come for the last attempt. */
  void unanswered(HttpRequest request) {
    metrics.requested(request.method(), resource(request.uri().getPath()), 0);
  }

  /**
   * What a path asks for, such as {@code whistlerprograms/status}: names are left out, so that
   * there are as many of these as kinds.
   */
  static String resource(String path) {
    List<String> parts = List.of(path.substring(1).split("/", -1));
    int begin = parts.getFirst().equals("apis") ? 3 : parts.getFirst().equals("api") ? 2 : -1;
    if (begin < 0 || parts.size() <= begin) {
      return "other";
    }
    if (parts.get(begin).equals("namespaces") && parts.size() > begin + 2) {
      begin += 2;
    }
    String kind = parts.get(begin);
    return parts.size() > begin + 2 ? kind + "/" + parts.get(begin + 2) : kind;
  }
}
