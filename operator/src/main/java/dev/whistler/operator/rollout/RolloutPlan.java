package dev.whistler.operator.rollout;

import dev.whistler.crds.RevisionChoice;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.model.RevisionContent;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What revisions a program shall have.
 *
 * @param target number of the revision that all selected nodes shall run; empty while nothing ever
 *     compiled
 * @param current whether the target is what the newest spec asks for
 * @param create the revision to write first, if any
 * @param statuses what the status of each revision shall be, by number; agents act by it
 * @param delete numbers of revisions that are no longer kept
 */
public record RolloutPlan(
    OptionalLong target,
    boolean current,
    Optional<WhistlerRevisionSpec> create,
    SortedMap<Long, WhistlerRevisionStatus> statuses,
    List<Long> delete) {

  /** How many revisions are kept. */
  static final int KEPT = 5;

  private static final Comparator<WhistlerRevision> NEWEST_FIRST =
      Comparator.<WhistlerRevision>comparingLong(revision -> revision.getSpec().revision())
          .reversed();

  /** Leaves everything as it is: the newest spec cannot be built at all. */
  public static RolloutPlan unchanged(Collection<WhistlerRevision> revisions) {
    OptionalLong newest =
        revisions.stream().mapToLong(revision -> revision.getSpec().revision()).max();
    SortedMap<Long, WhistlerRevisionStatus> statuses = new TreeMap<>();
    for (WhistlerRevision revision : revisions) {
      if (revision.getStatus() != null) {
        statuses.put(revision.getSpec().revision(), revision.getStatus());
      }
    }
    return new RolloutPlan(newest, false, Optional.empty(), statuses, List.of());
  }

  /**
   * Plans.
   *
   * @param content what the newest spec asks for
   * @param revisions the program's revisions (of this UID), in any order
   * @param kernels names of the profiles of all selected nodes
   * @param artifacts name of the artifact by name of the profile, where the newest spec compiles
   */
  public static RolloutPlan of(
      RevisionContent content,
      Collection<WhistlerRevision> revisions,
      Set<String> kernels,
      Map<String, String> artifacts) {
    List<WhistlerRevision> newestFirst = revisions.stream().sorted(NEWEST_FIRST).toList();
    boolean exists = !newestFirst.isEmpty() && content.isThatOf(newestFirst.getFirst().getSpec());
    // Where no node is selected nothing is compiled, but what runs must end: a revision says so.
    boolean deselectsAll = kernels.isEmpty() && !newestFirst.isEmpty();
    if (!exists && artifacts.isEmpty() && !deselectsAll) {
      return unchanged(revisions);
    }
    long newest = newestFirst.isEmpty() ? 0 : newestFirst.getFirst().getSpec().revision();
    long target = exists ? newest : newest + 1;
    SortedMap<String, String> targetArtifacts = new TreeMap<>(artifacts);
    if (exists) {
      // An artifact stays until the spec or the kernel changes, whatever today's compiler says.
      targetArtifacts.putAll(artifactsOf(newestFirst.getFirst()));
    }
    List<WhistlerRevision> older =
        exists ? newestFirst.subList(1, newestFirst.size()) : newestFirst;

    SortedMap<Long, WhistlerRevisionStatus> statuses = new TreeMap<>();
    statuses.put(target, status(Phase.ACTIVE, targetArtifacts));
    Set<Long> fallbacks = fallbacks(older, kernels, targetArtifacts.keySet());
    for (WhistlerRevision revision : older) {
      long number = revision.getSpec().revision();
      Phase phase = fallbacks.contains(number) ? Phase.ACTIVE : Phase.SUPERSEDED;
      statuses.put(number, status(phase, artifactsOf(revision)));
    }
    List<Long> delete =
        older.stream()
            .skip(KEPT - 1)
            .map(revision -> revision.getSpec().revision())
            .filter(number -> !fallbacks.contains(number))
            .toList();
    delete.forEach(statuses::remove);
    return new RolloutPlan(
        OptionalLong.of(target),
        true,
        exists ? Optional.empty() : Optional.of(content.numbered(target)),
        statuses,
        delete);
  }

  /** Active revisions that kernels go on with for which the target has no artifact. */
  private static Set<Long> fallbacks(
      List<WhistlerRevision> older, Set<String> kernels, Set<String> served) {
    Set<Long> fallbacks = new HashSet<>();
    for (String kernel : kernels) {
      if (!served.contains(kernel)) {
        older.stream()
            .filter(RevisionChoice::isActive)
            .filter(revision -> artifactsOf(revision).containsKey(kernel))
            .findFirst()
            .ifPresent(revision -> fallbacks.add(revision.getSpec().revision()));
      }
    }
    return fallbacks;
  }

  /** Name of the artifact of the target revision by name of the profile. */
  public Map<String, String> targetArtifacts() {
    WhistlerRevisionStatus status = target.isPresent() ? statuses.get(target.getAsLong()) : null;
    return status == null ? Map.of() : status.artifacts();
  }

  /** Statuses that differ from what is stored, by number, the target's first. */
  public SortedMap<Long, WhistlerRevisionStatus> changed(Collection<WhistlerRevision> revisions) {
    SortedMap<Long, WhistlerRevisionStatus> changed = new TreeMap<>(Comparator.reverseOrder());
    changed.putAll(statuses);
    for (WhistlerRevision revision : revisions) {
      long number = revision.getSpec().revision();
      if (revision.getStatus() != null && revision.getStatus().equals(changed.get(number))) {
        changed.remove(number);
      }
    }
    return changed;
  }

  private static Map<String, String> artifactsOf(WhistlerRevision revision) {
    return revision.getStatus() == null ? Map.of() : revision.getStatus().artifacts();
  }

  private static WhistlerRevisionStatus status(Phase phase, Map<String, String> artifacts) {
    return new WhistlerRevisionStatus(phase, artifacts, null, List.of(), null);
  }
}
