package dev.whistler.crds;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which revision of a program a node runs. Agents act by it and the operator counts by it.
 *
 * <p>The highest active revision says whether the node is selected at all. If it is, the node runs
 * the highest active revision that has an artifact for the node's kernel: where a new source does
 * not compile for one kernel, the nodes with that kernel go on with the revision before.
 */
public final class RevisionChoice {
  private static final Comparator<WhistlerRevision> BY_NUMBER =
      Comparator.comparingLong(revision -> revision.getSpec().revision());

  private RevisionChoice() {}

  /**
   * A revision together with the artifact for one kernel.
   *
   * @param revision what to run
   * @param artifact name of the {@link WhistlerArtifact}
   */
  public record Choice(WhistlerRevision revision, String artifact) {}

  /**
   * What a node runs of one program.
   *
   * @param revisions revisions of one program (one UID), in any order
   * @param nodeLabels labels of the node
   * @param profile name of the node's {@link KernelProfile}
   * @return empty when the node shall run nothing
   */
  public static Optional<Choice> of(
      Collection<WhistlerRevision> revisions, Map<String, String> nodeLabels, String profile) {
    return ranked(revisions, nodeLabels, profile).stream().findFirst();
  }

  /**
   * What a node may run of one program, the best first: where the best does not start and nothing
   * else of the program runs, the node runs the next one.
   *
   * @return empty when the node shall run nothing
   */
  public static List<Choice> ranked(
      Collection<WhistlerRevision> revisions, Map<String, String> nodeLabels, String profile) {
    List<WhistlerRevision> active =
        revisions.stream().filter(RevisionChoice::isActive).sorted(BY_NUMBER.reversed()).toList();
    if (active.isEmpty() || !selects(active.getFirst(), nodeLabels)) {
      return List.of();
    }
    return active.stream()
        .flatMap(
            revision ->
                Optional.ofNullable(revision.getStatus().artifacts().get(profile))
                    .map(artifact -> new Choice(revision, artifact))
                    .stream())
        .toList();
  }

  /** Whether agents may run a revision: it is active and not being deleted. */
  public static boolean isActive(WhistlerRevision revision) {
    return revision.getStatus() != null
        && revision.getStatus().phase() == WhistlerRevisionStatus.Phase.ACTIVE
        && revision.getMetadata().getDeletionTimestamp() == null;
  }

  private static boolean selects(WhistlerRevision revision, Map<String, String> nodeLabels) {
    Selector selector = revision.getSpec().nodeSelector();
    return selector == null || selector.matches(nodeLabels);
  }
}
