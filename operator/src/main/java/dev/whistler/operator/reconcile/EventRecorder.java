package dev.whistler.operator.reconcile;

import dev.whistler.crds.Digest;
import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.metrics.OperatorMetrics;
import dev.whistler.operator.status.Transition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Tells of transitions as Kubernetes Events, shown by {@code kubectl describe}. */
@ApplicationScoped
class EventRecorder {
  /** Where Kubernetes keeps the events of objects that have no namespace. */
  private static final String NAMESPACE = "default";

  private static final String COMPONENT = "whistler-operator";

  private final KubernetesClient client;
  private final OperatorMetrics metrics;

  EventRecorder(KubernetesClient client, OperatorMetrics metrics) {
    this.client = client;
    this.metrics = metrics;
  }

  /** Records; an event that cannot be written is logged and else lost, as events are. */
  void record(WhistlerProgram program, List<Transition> transitions) {
    for (Transition transition : transitions) {
      try {
        record(program, transition);
        metrics.eventWritten(true);
      } catch (KubernetesClientException e) {
        metrics.eventWritten(false);
        Log.warnf(
            "Event %s of %s could not be written: %s",
            transition.reason(), program.getMetadata().getName(), e.getMessage());
      }
    }
  }

  /** What happens again is counted, so that a node that comes and goes makes no heap of events. */
  private void record(WhistlerProgram program, Transition transition) {
    Event event = event(program, transition);
    Resource<Event> stored =
        client.v1().events().inNamespace(NAMESPACE).withName(event.getMetadata().getName());
    Event before = stored.get();
    if (before == null) {
      var _ = client.resource(event).create();
      return;
    }
    int count = before.getCount() == null ? 1 : before.getCount();
    var _ =
        stored.patch(
            PatchContext.of(PatchType.JSON_MERGE),
            new EventBuilder()
                .withMessage(event.getMessage())
                .withLastTimestamp(event.getLastTimestamp())
                .withCount(count + 1)
                .build());
  }

  /** The same for the same news of the same program. */
  private static String nameOf(WhistlerProgram program, Transition transition) {
    String news =
        program.getMetadata().getUid() + " " + transition.warning() + " " + transition.reason();
    return program.getMetadata().getName() + "." + Digest.ofText(news).name().substring(0, 16);
  }

  private static Event event(WhistlerProgram program, Transition transition) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(nameOf(program, transition))
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(program.getApiVersion())
        .withKind(program.getKind())
        .withName(program.getMetadata().getName())
        .withUid(program.getMetadata().getUid())
        .withResourceVersion(program.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType(transition.warning() ? "Warning" : "Normal")
        .withReason(transition.reason())
        .withMessage(transition.message())
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .build();
  }
}
