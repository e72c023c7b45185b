package dev.whistler.operator.reconcile;

import dev.whistler.crds.WhistlerProgram;
import dev.whistler.operator.status.Transition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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

  EventRecorder(KubernetesClient client) {
    this.client = client;
  }

  /** Records; an event that cannot be written is logged and else lost, as events are. */
  void record(WhistlerProgram program, List<Transition> transitions) {
    for (Transition transition : transitions) {
      try {
        client.resource(event(program, transition)).create();
      } catch (KubernetesClientException e) {
        Log.warnf(
            "Event %s of %s could not be written: %s",
            transition.reason(), program.getMetadata().getName(), e.getMessage());
      }
    }
  }

  private static Event event(WhistlerProgram program, Transition transition) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withGenerateName(program.getMetadata().getName() + ".")
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
