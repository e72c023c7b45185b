package dev.whistler.operator.reconcile;

import dev.whistler.crds.Digest;
import dev.whistler.operator.status.Transition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes Kubernetes Events, one object for each program and reason, which is counted up. */
final class EventWriter implements EventRecorder.Writer {
  /** Where Kubernetes keeps the events of objects that have no namespace. */
  private static final String NAMESPACE = "default";

  private static final String COMPONENT = "whistler-operator";

  private final KubernetesClient client;

  EventWriter(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public void write(ObjectReference program, Transition transition, int times) {
    Event event = event(program, transition, times);
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
                .withType(event.getType())
                .withMessage(event.getMessage())
                .withLastTimestamp(event.getLastTimestamp())
                .withCount(count + times)
                .build());
  }

  /** The same for the same reason of the same program. */
  static String nameOf(ObjectReference program, String reason) {
    return program.getName()
        + "."
        + Digest.ofText(program.getUid() + " " + reason).name().substring(0, 16);
  }

  private static Event event(ObjectReference program, Transition transition, int times) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(nameOf(program, transition.reason()))
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withInvolvedObject(program)
        .withType(transition.warning() ? "Warning" : "Normal")
        .withReason(transition.reason())
        .withMessage(transition.message())
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(times)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .build();
  }
}
