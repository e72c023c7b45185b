package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.revision;
import static dev.whistler.operator.Examples.running;

import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.build.BuildOutcome;
import java.util.List;
import java.util.Map;

/** The statuses that follow each other when something happens to a program. */
public final class StatusStory {
  private static final Map<String, BuildOutcome> BUILT = Map.of("k1", built(20));

  private StatusStory() {}

  /** A spec is edited: it is compiled, and comes to the node. */
  public static List<WhistlerProgramStatus> edit(long revision) {
    List<StoredRevision> before = revision == 1 ? List.of() : stored(revision - 1, "before");
    List<StoredRevision> after = stored(revision, "new");
    return List.of(
        Situations.status(
            List.of(node("a", "k1")), Map.of("k1", new BuildOutcome.Queued()), before),
        Situations.status(List.of(node("a", "k1")), BUILT, after),
        Situations.status(List.of(running("a", "k1", revision, null)), BUILT, after));
  }

  /** The label that selects the only node goes and comes. */
  public static List<WhistlerProgramStatus> flap() {
    List<StoredRevision> stored = stored(1, "new");
    return List.of(
        Situations.status(List.of(), Map.of(), stored),
        Situations.status(List.of(node("a", "k1")), BUILT, stored),
        Situations.status(List.of(running("a", "k1", 1, null)), BUILT, stored));
  }

  private static List<StoredRevision> stored(long number, String source) {
    return List.of(revision(number, source, Phase.ACTIVE, Map.of("k1", "artifact-k1")));
  }
}
