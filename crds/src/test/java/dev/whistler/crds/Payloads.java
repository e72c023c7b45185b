package dev.whistler.crds;

import dev.whistler.crds.WhistlerRevisionSpec.ProgramReference;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Revisions of a program called {@code forks}, as the operator writes them. */
final class Payloads {
  static final ProgramReference FORKS = new ProgramReference("forks", "uid");

  private Payloads() {}

  static RevisionPayload payload(long number, @Nullable Selector nodes) {
    return RevisionPayload.of(
        FORKS,
        number,
        "0".repeat(64),
        Tier.OBSERVE,
        Map.of("min-us", "7"),
        nodes,
        null,
        List.of(),
        List.of(),
        List.of(ProgramSink.toStdout()),
        List.of(),
        List.of(),
        null);
  }

  static WhistlerRevision resource(WhistlerRevisionSpec spec) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(
        new ObjectMetaBuilder()
            .withName(WhistlerRevision.nameOf(spec.program().name(), spec.revision()))
            .build());
    revision.setSpec(spec);
    return revision;
  }

  static StoredRevision stored(
      long number, @Nullable Selector nodes, @Nullable WhistlerRevisionStatus status) {
    WhistlerRevision revision = resource(WhistlerRevisionSpec.of(payload(number, nodes)));
    revision.setStatus(status);
    return StoredRevision.of(revision, RevisionFeature.ALL);
  }
}
