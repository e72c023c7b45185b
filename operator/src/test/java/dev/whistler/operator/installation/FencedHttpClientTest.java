package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server gets to see of a client's requests, and what comes back when it must not. */
final class FencedHttpClientTest {
  /** Far less than the client would wait, far more than a busy machine needs. */
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String FENCED =
      "Not written, since this replica of the operator does not lead: PATCH"
          + " /api/v1/namespaces/n/configmaps/a";

  private static final ConfigMap OBJECT =
      new ConfigMapBuilder()
          .withNewMetadata()
          .withNamespace("n")
          .withName("a")
          .endMetadata()
          .addToData("key", "value")
          .build();

  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Leadership leadership = new Leadership();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private volatile Answer answer = exchange -> send(exchange, 200);

  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          seen.add(exchange.getRequestMethod() + " " + new String(body));
          answer.to(exchange);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aStandByReads() {
    try (KubernetesClient client = client(settings())) {
      assertThat(client.configMaps().inNamespace("n").withName("a").get()).isEqualTo(OBJECT);
    }
    assertThat(seen).containsExactly("GET ");
  }

  @Test
  void aWriteOfAStandByFails() {
    failsAtOnce(settings(), FENCED);
    assertThat(seen).isEmpty();
  }

  @Test
  void aLeadersWriteIsRepeatedAsItWas() {
    lead(PATIENCE);
    answer = exchange -> send(exchange, seen.size() < 3 ? 503 : 200);
    try (KubernetesClient client = client(settings())) {
      assertThat(patch(client)).isEqualTo(OBJECT);
    }
    assertThat(seen).hasSize(3).allMatch(request -> request.contains("\"key\":\"value\""));
    assertThat(requests("503")).isEqualTo(2);
    assertThat(requests("200")).isEqualTo(1);
  }

  @Test
  void aWriteIsNotRepeatedOnceTheLeadIsLost() {
    lead(PATIENCE);
    answer =
        exchange -> {
          leadership.end();
          send(exchange, 503);
        };
    failsAtOnce(settings(), FENCED);
    assertThat(seen).hasSize(1);
  }

  @Test
  void aWriteIsNotRepeatedWithANewTokenOnceTheLeadIsLost() {
    lead(PATIENCE);
    answer =
        exchange -> {
          leadership.end();
          send(exchange, 401);
        };
    failsAtOnce(settings().withOauthTokenProvider(() -> "token " + seen.size()), FENCED);
    assertThat(seen).hasSize(1);
  }

  @Test
  void aLeadersWriteIsRepeatedWithANewToken() {
    lead(PATIENCE);
    List<String> tokens = new CopyOnWriteArrayList<>();
    answer =
        exchange -> {
          tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
          send(exchange, seen.size() == 1 ? 401 : 200);
        };
    try (KubernetesClient client =
        client(settings().withOauthTokenProvider(() -> "token" + seen.size()))) {
      assertThat(patch(client)).isEqualTo(OBJECT);
    }
    assertThat(tokens).containsExactly("Bearer token0", "Bearer token1");
    assertThat(requests("401")).isEqualTo(1);
  }

  /** Whatever holds it up, a connection that is not there yet, for instance. */
  @Test
  void aWriteGivesUpWhenTheLeadRunsOut() {
    lead(Duration.ofMillis(500));
    answer = exchange -> {};
    failsAtOnce(settings(), "");
    assertThat(seen).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whatIsNotAnsweredCountsEachTime() {
    ConfigBuilder settings = settings().withRequestRetryBackoffLimit(2);
    server.stop(0);
    try (KubernetesClient client = client(settings)) {
      assertThatThrownBy(() -> client.configMaps().inNamespace("n").withName("a").get())
          .isInstanceOf(KubernetesClientException.class);
    }
    assertThat(requests("0")).isEqualTo(3);
  }

  private void lead(Duration time) {
    leadership.holdUntil(System.nanoTime() + time.toNanos());
  }

  private void failsAtOnce(ConfigBuilder settings, String message) {
    try (KubernetesClient client = client(settings)) {
      assertTimeoutPreemptively(
          AT_ONCE,
          () ->
              assertThatThrownBy(() -> patch(client))
                  .isInstanceOf(KubernetesClientException.class)
                  .hasMessageContaining(message));
    }
  }

  private ConfigBuilder settings() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
        .withRequestTimeout((int) PATIENCE.toMillis())
        .withRequestRetryBackoffInterval(20);
  }

  private KubernetesClient client(ConfigBuilder settings) {
    return new ClientProducer()
        .client(settings.build(), serialization, leadership, new OperatorMetrics(registry));
  }

  private static ConfigMap patch(KubernetesClient client) {
    return client
        .configMaps()
        .inNamespace("n")
        .withName("a")
        .patch(PatchContext.of(PatchType.JSON_MERGE), OBJECT);
  }

  private double requests(String code) {
    return registry.get("whistler.operator.client.requests").tag("code", code).counter().count();
  }

  private void send(HttpExchange exchange, int code) throws IOException {
    byte[] body = code == 200 ? serialization.asJson(OBJECT).getBytes() : new byte[0];
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
