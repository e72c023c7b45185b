package dev.whistler.agent.work;

import dev.whistler.crds.ProgramSink;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.Selector;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Revisions as the operator writes them. */
public final class Revisions {

  private Revisions() {}

  static RevisionPayload payload(String program, long number, @Nullable Selector nodes, Tier tier) {
    return RevisionPayload.of(
        new WhistlerRevisionSpec.ProgramReference(program, "uid-of-" + program),
        number,
        "0".repeat(64),
        tier,
        Map.of(),
        nodes,
        null,
        List.of(),
        List.of(),
        List.of(ProgramSink.toStdout()),
        List.of(),
        List.of(),
        null);
  }

  /** A revision that agents run, with artifacts by kernel identity. */
  static WhistlerRevision active(
      String program, long number, @Nullable Selector nodes, Map<String, String> artifacts) {
    return with(
        payload(program, number, nodes, Tier.OBSERVE),
        WhistlerRevisionStatus.of(WhistlerRevisionStatus.Phase.ACTIVE, bindings(artifacts)));
  }

  static Map<String, WhistlerRevisionStatus.Binding> bindings(Map<String, String> artifacts) {
    return artifacts.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, bound -> WhistlerRevisionStatus.Binding.to(bound.getValue())));
  }

  static WhistlerRevision with(RevisionPayload payload, WhistlerRevisionStatus status) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(
        new ObjectMetaBuilder()
            .withName(WhistlerRevision.nameOf(payload.program().name(), payload.revision()))
            .build());
    revision.setSpec(WhistlerRevisionSpec.of(payload));
    revision.setStatus(status);
    return revision;
  }

  public static Assignment assignment(String program, long number) {
    return Assignment.of(payload(program, number, null, Tier.OBSERVE), "artifact-" + number);
  }

  static Assignment assignmentOf(WhistlerRevision revision, String artifact) {
    return new Assignment(RevisionReading.of(revision, Assignments.UNDERSTOOD), artifact);
  }

  /** Of a revision that cannot be acted by. */
  static Assignment refused(String program, long number, String reason) {
    return new Assignment(
        new RevisionReading.Refused(
            new WhistlerRevisionSpec.ProgramReference(program, "uid-of-" + program),
            number,
            reason,
            "Nobody can run it.",
            Optional.empty()),
        "artifact-" + number);
  }
}
