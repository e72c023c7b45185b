package dev.whistler.operator.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    StandardHttpRequest write = request(method);
    assertThatThrownBy(() -> fence.admit(write))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("does not lead")
        .hasMessageContaining(method + " /api/v1/nodes");
    StandardHttpRequest read = request("GET");
    assertThat(fence.admit(read)).isSameAs(read);
    leadership.holdUntil(now + 1);
    assertThat(fence.admit(write)).extracting(StandardHttpRequest::method).isEqualTo(method);
    now++;
    assertThatThrownBy(() -> fence.admit(write)).isNotNull();
  }

  @Test
  void noWriteMayTakeLongerThanTheLead() {
    WriteFence fence = new WriteFence(leadership);
    leadership.holdUntil(now + Duration.ofSeconds(3).toNanos());
    assertThat(fence.admit(request("PUT")).getTimeout()).isEqualTo(Duration.ofSeconds(3));
    StandardHttpRequest quick = limited("PUT", 2);
    assertThat(fence.admit(quick)).isSameAs(quick);
    assertThat(fence.admit(limited("PUT", 4)).getTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(fence.admit(limited("PUT", 0)).getTimeout())
        .as("0: no limit")
        .isEqualTo(Duration.ofSeconds(3));
    leadership.holdUntil(now + 1);
    assertThat(fence.admit(request("PUT")).getTimeout()).isEqualTo(Duration.ofMillis(1));
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

  private static StandardHttpRequest request(String method) {
    return new StandardHttpRequest(
        Map.of(), URI.create("https://api/api/v1/nodes?dryRun=All"), method, null);
  }

  private static StandardHttpRequest limited(String method, int seconds) {
    StandardHttpRequest.Builder limited = request(method).newBuilder();
    var _ = limited.timeout(seconds, TimeUnit.SECONDS);
    return limited.build();
  }
}
