package dev.whistler.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** The operator's own meters. */
@Singleton
public final class OperatorMetrics {
  private static final String PREFIX = "whistler.operator.";

  private final MeterRegistry registry;

  public OperatorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** One series, always 1, that tells the version. */
  public void version(String version) {
    var _ =
        Gauge.builder(PREFIX + "build.info", () -> 1)
            .description("Always 1; the label tells the operator's version.")
            .tag("version", version)
            .register(registry);
  }

  /** Whether this replica leads is asked at each scrape. */
  public void leader(BooleanSupplier leads) {
    var _ =
        Gauge.builder(PREFIX + "leader", () -> leads.getAsBoolean() ? 1 : 0)
            .description("1 while this replica leads, else 0.")
            .register(registry);
  }

  /** How many reconciliations wait is asked at each scrape. */
  public void queue(IntSupplier queued) {
    var _ =
        Gauge.builder(PREFIX + "reconcile.queue", queued::getAsInt)
            .description("Reconciliations that wait for a thread, or for this replica to lead.")
            .register(registry);
  }

  /**
   * How many objects a watch holds is asked at each scrape.
   *
   * @param kind of the objects, in the plural as in the API
   */
  public void watched(String kind, IntSupplier objects) {
    var _ =
        Gauge.builder(PREFIX + "watched.objects", objects::getAsInt)
            .description("Objects that a watch holds.")
            .tag("resource", kind)
            .register(registry);
  }

  /**
   * A background task threw, or could not do what it should; it runs again.
   *
   * @param task one of a fixed set of names
   */
  public void taskFailed(String task) {
    count("task.failures", "Background tasks that failed; they run again.", Tags.of("task", task));
  }

  /**
   * A program was reconciled or cleaned up.
   *
   * @param result {@code success}, or a kind of failure of a fixed set
   */
  public void reconciled(String result, Duration took) {
    Timer.builder(PREFIX + "reconcile.duration")
        .description("Reconciliations of a program, by result.")
        .tag("result", result)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60))
        .register(registry)
        .record(took);
  }

  /** An Event was written, or could not be. */
  public void eventWritten(boolean done) {
    count(
        "events",
        "Kubernetes Events that were written or could not be.",
        Tags.of("result", done ? "written" : "failed"));
  }

  /**
   * The API server answered.
   *
   * @param resource one of the kinds that the operator asks for, with the subresource
   * @param code of HTTP, 0 when there was no answer
   */
  public void requested(String method, String resource, int code) {
    count(
        "client.requests",
        "Requests to the API server by method, resource and HTTP code (0: no answer).",
        Tags.of("method", method, "resource", resource, "code", Integer.toString(code)));
  }

  private void count(String name, String help, Tags tags) {
    Counter.builder(PREFIX + name).description(help).tags(tags).register(registry).increment();
  }
}
