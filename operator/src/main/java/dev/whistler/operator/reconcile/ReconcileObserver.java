package dev.whistler.operator.reconcile;

import dev.whistler.operator.metrics.OperatorMetrics;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.quarkus.arc.Unremovable;
import io.quarkus.logging.Log;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Times reconciliations, and tells why they failed: in metrics by one of few words, in the log by a
 * line. The library's own line has a stack trace, also when a program was deleted meanwhile; its
 * category is switched off for that.
 */
@Singleton
@Unremovable // the extension looks it up
final class ReconcileObserver implements Metrics {
  private static final int MAX_MESSAGE = 300;

  private final OperatorMetrics metrics;

  ReconcileObserver(OperatorMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    long begin = System.nanoTime();
    String result = "defect";
    try {
      T done = execution.execute();
      result = "success";
      return done;
    } catch (Exception e) {
      result = reason(e);
      throw e;
    } finally {
      metrics.reconciled(result, Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  @Override
  public void reconciliationFailed(
      HasMetadata program,
      @Nullable RetryInfo retry,
      Exception failure,
      Map<String, Object> metadata) {
    String name = program.getMetadata().getName();
    ApiFailures.of(failure)
        .ifPresentOrElse(
            answer -> Log.log(level(answer), line(name, answer)),
            () -> Log.errorf(failure, "Program %s: not reconciled, tried again.", name));
  }

  /** That somebody else was quicker, or that it is gone, is no trouble. */
  static Logger.Level level(KubernetesClientException answer) {
    return switch (answer.getCode()) {
      case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND -> Logger.Level.INFO;
      default -> Logger.Level.WARN;
    };
  }

  static String line(String program, KubernetesClientException answer) {
    String said = String.valueOf(answer.getMessage()).replaceAll("\\s+", " ");
    return "Program "
        + program
        + ": not reconciled, tried again: "
        + (said.length() > MAX_MESSAGE ? said.substring(0, MAX_MESSAGE) + "…" : said);
  }

  /** One of: conflict, forbidden, invalid, api, defect. */
  static String reason(Throwable failure) {
    return ApiFailures.of(failure).map(ReconcileObserver::reason).orElse("defect");
  }

  private static String reason(KubernetesClientException failure) {
    return switch (failure.getCode()) {
      case HttpURLConnection.HTTP_CONFLICT -> "conflict";
      case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_UNAUTHORIZED -> "forbidden";
      case 422 -> "invalid";
      default -> "api";
    };
  }
}
