package dev.whistler.operator.rollout;

import dev.whistler.crds.RevisionChoice;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerRevision;
import dev.whistler.crds.WhistlerRevisionSpec;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Phase;
import dev.whistler.operator.model.ClusterNode;
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
import java.util.stream.Collectors;

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
   * @param nodes all selected nodes
   * @param builds what the newest spec becomes today
   */
  public static RolloutPlan of(
      RevisionContent content,
      Collection<WhistlerRevision> revisions,
      List<ClusterNode> nodes,
      Bindings builds) {
    List<WhistlerRevision> newestFirst = revisions.stream().sorted(NEWEST_FIRST).toList();
    boolean exists = !newestFirst.isEmpty() && content.isThatOf(newestFirst.getFirst().getSpec());
    // Where no node is selected nothing is compiled, but what runs must end: a revision says so.
    boolean deselectsAll = nodes.isEmpty() && !newestFirst.isEmpty();
    if (!exists && builds.built().isEmpty() && !deselectsAll) {
      return unchanged(revisions);
    }
    long newest = newestFirst.isEmpty() ? 0 : newestFirst.getFirst().getSpec().revision();
    long target = exists ? newest : newest + 1;
    SortedMap<String, String> targetArtifacts =
        builds.bind(exists ? artifactsOf(newestFirst.getFirst()) : Map.of());
    List<WhistlerRevision> older =
        exists ? newestFirst.subList(1, newestFirst.size()) : newestFirst;

    SortedMap<Long, WhistlerRevisionStatus> statuses = new TreeMap<>();
    statuses.put(target, status(Phase.ACTIVE, targetArtifacts));
    Set<Long> fallbacks = fallbacks(older, nodes, content.programUid(), target);
    for (WhistlerRevision revision : older) {
      long number = revision.getSpec().revision();
      Phase phase = fallbacks.contains(number) ? Phase.ACTIVE : Phase.SUPERSEDED;
      statuses.put(number, status(phase, builds.remembered(artifactsOf(revision))));
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

  /**
   * Older revisions that stay active because some node does not run the target: the agent there
   * goes on with the newest of them that it can run, also after a restart. They are those that were
   * active before, as many as are kept, and whatever runs.
   */
  private static Set<Long> fallbacks(
      List<WhistlerRevision> older, List<ClusterNode> nodes, String programUid, long target) {
    List<WhistlerRevision> active = older.stream().filter(RevisionChoice::isActive).toList();
    Set<Long> fallbacks = new HashSet<>();
    for (ClusterNode node : nodes) {
      OptionalLong running =
          node.running(programUid).stream().mapToLong(Running::revision).findFirst();
      if (running.isPresent() && running.getAsLong() == target) {
        continue;
      }
      active.stream()
          .filter(revision -> mayServe(revision, node))
          .limit(KEPT - 1)
          .forEach(revision -> fallbacks.add(revision.getSpec().revision()));
      active.stream()
          .map(revision -> revision.getSpec().revision())
          .filter(number -> running.isPresent() && running.getAsLong() == number)
          .forEach(fallbacks::add);
    }
    return fallbacks;
  }

  private static boolean mayServe(WhistlerRevision revision, ClusterNode node) {
    return node.profile().isEmpty() || artifactsOf(revision).containsKey(node.profile().get());
  }

  /** Names of the artifacts that some kept revision binds. */
  public Set<String> bound() {
    return statuses.values().stream()
        .flatMap(status -> status.artifacts().values().stream())
        .collect(Collectors.toSet());
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
