package dev.whistler.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jboss.logging.Logger.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Why a reconciliation failed, in a word for metrics and a line for the log. */
final class ReconcileObserverTest {
  @ParameterizedTest
  @CsvSource({
    "409, conflict, INFO",
    "404, api, INFO",
    "403, forbidden, WARN",
    "401, forbidden, WARN",
    "422, invalid, WARN",
    "503, api, WARN",
    "0, api, WARN"
  })
  void whatTheApiServerSaysIsNoDefect(int code, String reason, Level level) {
    KubernetesClientException answer = new KubernetesClientException("no", code, null);
    assertThat(ReconcileObserver.reason(new IllegalStateException(answer))).isEqualTo(reason);
    assertThat(ReconcileObserver.level(answer)).isEqualTo(level);
  }

  @Test
  void anythingElseIsADefect() {
    assertThat(ReconcileObserver.reason(new IllegalStateException("ours"))).isEqualTo("defect");
  }

  @Test
  void anAnswerIsOneLineOfBoundedLength() {
    KubernetesClientException answer =
        new KubernetesClientException("not\nhere " + "x".repeat(10_000), 404, null);
    assertThat(ReconcileObserver.line("forks", answer))
        .startsWith("Program forks: not reconciled, tried again: not here xxx")
        .endsWith("…")
        .hasSizeLessThan(400);
  }
}
