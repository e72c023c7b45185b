package dev.whistler.operator.reconcile;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.installation.Leadership;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.status.Transition;
import dev.whistler.task.Guard;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.logging.Log;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells of transitions as Kubernetes Events, shown by {@code kubectl describe}: the first of a
 * program and reason at once, what happens again at most once a minute, with its count and the
 * newest message. What is held back when the operator ends is lost, as events are.
 */
@ApplicationScoped
class EventRecorder {
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final String TASK = "events";

  private final Writer writer;
  private final Leadership leadership;
  private final OperatorMetrics metrics;
  private final EventPacing<News> pacing;
  private final Duration period;
  private final ScheduledExecutorService executor;

  /** Where events are written. */
  @FunctionalInterface
  interface Writer {
    /**
     * Writes one.
     *
     * @param program that it is of
     * @param times how often it happened since it was written last
     */
    void write(ObjectReference program, Transition transition, int times);
  }

  /** Not the program itself: its source may be large, and this may be held for a minute. */
  private record News(ObjectReference program, Transition transition) {}

  @Inject
  EventRecorder(KubernetesClient client, Leadership leadership, OperatorMetrics metrics) {
    this(new EventWriter(client), leadership, metrics, System::nanoTime, PERIOD);
  }

  /**
   * Not started yet.
   *
   * @param nanos as {@link System#nanoTime}
   * @param period between two looks at what was held back
   */
  EventRecorder(
      Writer writer,
      Leadership leadership,
      OperatorMetrics metrics,
      LongSupplier nanos,
      Duration period) {
    this.writer = writer;
    this.leadership = leadership;
    this.metrics = metrics;
    this.pacing = new EventPacing<>(nanos);
    this.period = period;
    this.executor = Guard.scheduler(TASK, metrics::taskFailed);
  }

  void start() {
    var _ =
        executor.scheduleWithFixedDelay(
            this::tellHeldBack, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  @PreDestroy
  void stop() {
    executor.shutdownNow();
  }

  /** Records; an event that cannot be written is logged and else lost, as events are. */
  void record(WhistlerProgram program, List<Transition> transitions) {
    ObjectReference reference = reference(program);
    for (Transition transition : transitions) {
      pacing
          .offer(kindsOf(reference.getUid()) + transition.reason(), new News(reference, transition))
          .ifPresent(this::write);
    }
  }

  /** A program is gone: what was held back of it concerns nobody. */
  void forget(String uid) {
    pacing.forget(kindsOf(uid));
  }

  /** What has waited long enough. */
  void tellHeldBack() {
    if (leadership.isHeld()) {
      pacing.due().forEach(this::write);
    }
  }

  private void write(EventPacing.Due<News> due) {
    News news = due.news();
    try {
      writer.write(news.program, news.transition, due.times());
      metrics.eventWritten(true);
    } catch (KubernetesClientException e) {
      metrics.eventWritten(false);
      Log.warnf(
          "Event %s of program %s could not be written: %s",
          news.transition.reason(), news.program.getName(), e.getMessage());
    }
  }

  private static String kindsOf(String uid) {
    return uid + " ";
  }

  private static ObjectReference reference(WhistlerProgram program) {
    return new ObjectReferenceBuilder()
        .withApiVersion(program.getApiVersion())
        .withKind(program.getKind())
        .withName(program.getMetadata().getName())
        .withUid(program.getMetadata().getUid())
        .withResourceVersion(program.getMetadata().getResourceVersion())
        .build();
  }
}
