package dev.whistler.agent.work;

import dev.whistler.crds.Selector;
import dev.whistler.crds.Tier;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Revisions as the operator writes them. */
public final class Revisions {

  private Revisions() {}

  public static WhistlerRevisionSpec spec(String program, long number, @Nullable Selector nodes) {
    return spec(program, number, nodes, Tier.OBSERVE);
  }

  static WhistlerRevisionSpec spec(
      String program, long number, @Nullable Selector nodes, Tier tier) {
    return new WhistlerRevisionSpec(
        new WhistlerRevisionSpec.ProgramReference(program, "uid-of-" + program),
        number,
        "0".repeat(64),
        tier,
        Map.of(),
        nodes,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  static WhistlerRevision active(
      String program, long number, @Nullable Selector nodes, Map<String, String> artifacts) {
    WhistlerRevision revision = new WhistlerRevision();
    revision.setMetadata(
        new ObjectMetaBuilder().withName(WhistlerRevision.nameOf(program, number)).build());
    revision.setSpec(spec(program, number, nodes));
    revision.setStatus(
        new WhistlerRevisionStatus(
            WhistlerRevisionStatus.Phase.ACTIVE, artifacts, null, List.of(), null));
    return revision;
  }

  public static Assignment assignment(String program, long number) {
    return new Assignment(spec(program, number, null), "artifact-" + number);
  }
}
