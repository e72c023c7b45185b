package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LeadershipTest {
  private volatile long now = Long.MAX_VALUE - 5;
  private final Leadership leadership = new Leadership(() -> now);

  @Test
  void isHeldUntilTheMomentAndAgainWhenThatMoves() {
    List<String> told = new ArrayList<>();
    leadership.onBegin(() -> told.add("begun"));
    assertThat(leadership.isHeld()).isFalse();
    leadership.holdUntil(now + 10);
    assertThat(leadership.isHeld()).isTrue();
    now += 10;
    assertThat(leadership.isHeld()).as("also where the clock overflows").isFalse();
    leadership.holdUntil(now + 10);
    assertThat(leadership.isHeld()).isTrue();
    leadership.end();
    leadership.holdUntil(now + 10);
    assertThat(leadership.isHeld()).as("after its end").isFalse();
    assertThat(told).containsExactly("begun");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
  void onlyALeaderWrites(String method) {
    WriteFence fence = new WriteFence(leadership);
    assertThatThrownBy(() -> fence.before(null, request(method), null))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("does not lead")
        .hasMessageContaining(method + " /api/v1/nodes");
    assertThatCode(() -> fence.before(null, request("GET"), null)).doesNotThrowAnyException();
    leadership.holdUntil(now + 1);
    assertThatCode(() -> fence.before(null, request(method), null)).doesNotThrowAnyException();
    now++;
    assertThatThrownBy(() -> fence.before(null, request(method), null)).isNotNull();
  }

  @Test
  void reconciliationsWaitForTheLead() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(3);
    try (var executor = new ReconcileExecutor(leadership, 2)) {
      for (int i = 0; i < 3; i++) {
        executor.execute(ran::countDown);
      }
      assertThat(ran.await(100, TimeUnit.MILLISECONDS)).isFalse();
      leadership.holdUntil(now + Duration.ofHours(1).toNanos());
      assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anEndDoesNotWaitForTheLead() throws InterruptedException {
    var executor = new ReconcileExecutor(leadership, 1);
    executor.execute(
        () -> {
          throw new AssertionError("must not run");
        });
    var _ = executor.shutdownNow();
    assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
  }

  private static HttpRequest request(String method) {
    return (HttpRequest)
        Proxy.newProxyInstance(
            HttpRequest.class.getClassLoader(),
            new Class<?>[] {HttpRequest.class},
            (self, called, arguments) ->
                switch (called.getName()) {
                  case "method" -> method;
                  case "uri" -> URI.create("https://api/api/v1/nodes?dryRun=All");
                  default -> null;
                });
  }
}
