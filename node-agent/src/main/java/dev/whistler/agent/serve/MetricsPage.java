package dev.whistler.agent.serve;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * What Prometheus reads, by its client of the 1.x line: the extension that Quarkus has for it is
 * made for the former one.
 */
final class MetricsPage {

  @Produces
  @Singleton
  PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** A scrape may wait for what it asks, so it is not on the thread that serves all others. */
  void serve(@Observes Router router, PrometheusMeterRegistry registry) {
    var _ =
        router
            .get("/metrics")
            .blockingHandler(
                request -> {
                  var _ =
                      request
                          .response()
                          .putHeader(
                              HttpHeaders.CONTENT_TYPE, PrometheusTextFormatWriter.CONTENT_TYPE)
                          .end(registry.scrape());
                },
                false);
  }
}
