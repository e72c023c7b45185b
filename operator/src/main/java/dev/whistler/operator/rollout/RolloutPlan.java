package dev.whistler.operator.rollout;

import dev.whistler.crds.Membership;
import dev.whistler.crds.RevisionPayload;
import dev.whistler.crds.RevisionReading;
import dev.whistler.crds.StoredRevision;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.crds.WhistlerRevisionStatus;
import dev.whistler.crds.WhistlerRevisionStatus.Binding;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    Optional<RevisionPayload> create,
    SortedMap<Long, WhistlerRevisionStatus> statuses,
    List<Long> delete) {

  /** How many revisions are kept. */
  static final int KEPT = 5;

  /** Leaves everything as it is: the newest spec cannot be built at all. */
  public static RolloutPlan unchanged(Collection<StoredRevision> revisions) {
    OptionalLong newest = revisions.stream().mapToLong(StoredRevision::number).max();
    SortedMap<Long, WhistlerRevisionStatus> statuses = new TreeMap<>();
    for (StoredRevision revision : revisions) {
      if (revision.status() != null) {
        statuses.put(revision.number(), revision.status());
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
      Collection<StoredRevision> revisions,
      List<ClusterNode> nodes,
      Bindings builds) {
    List<StoredRevision> newestFirst =
        revisions.stream().sorted(StoredRevision.NEWEST_FIRST).toList();
    boolean exists = !newestFirst.isEmpty() && content.isThatOf(newestFirst.getFirst().reading());
    // Where no node is selected nothing is compiled, but what runs must end: a revision says so.
    boolean deselectsAll = nodes.isEmpty() && !newestFirst.isEmpty();
    if (!exists && builds.built().isEmpty() && !deselectsAll) {
      return unchanged(revisions);
    }
    long newest = newestFirst.isEmpty() ? 0 : newestFirst.getFirst().number();
    long target = exists ? newest : newest + 1;
    List<StoredRevision> older = exists ? newestFirst.subList(1, newestFirst.size()) : newestFirst;
    RevisionPayload payload = content.numbered(target);
    StoredRevision before =
        exists
            ? newestFirst.getFirst()
            : new StoredRevision(new RevisionReading.Readable(payload), null, false);
    List<StoredRevision> active =
        older.stream().filter(revision -> revision.phase() == Phase.ACTIVE).toList();
    WhistlerRevisionStatus planned =
        status(
            before.status(),
            Phase.ACTIVE,
            builds.bind(
                before.bindings(),
                active.stream().map(revision -> revision.bindings().keySet()).toList()));

    SortedMap<Long, WhistlerRevisionStatus> statuses = new TreeMap<>();
    statuses.put(target, planned);
    Set<Long> fallbacks = fallbacks(before.withStatus(planned), active, nodes);
    for (StoredRevision revision : older) {
      Phase phase = fallbacks.contains(revision.number()) ? Phase.ACTIVE : Phase.SUPERSEDED;
      statuses.put(
          revision.number(),
          status(revision.status(), phase, builds.remembered(revision.bindings())));
    }
    List<Long> delete =
        older.stream()
            .skip(KEPT - 1)
            .map(StoredRevision::number)
            .filter(number -> !fallbacks.contains(number))
            .toList();
    delete.forEach(statuses::remove);
    return new RolloutPlan(
        OptionalLong.of(target),
        true,
        exists ? Optional.empty() : Optional.of(payload),
        statuses,
        delete);
  }

  /**
   * Older revisions that stay active because some node does not run the target: the agent there
   * goes on with the newest of them that it can run, also after a restart. They are those that were
   * active before, as many as are kept, and whatever runs.
   */
  private static Set<Long> fallbacks(
      StoredRevision target, List<StoredRevision> active, List<ClusterNode> nodes) {
    String programUid = target.reading().program().uid();
    Set<Long> fallbacks = new HashSet<>();
    if (active.isEmpty()) {
      return fallbacks;
    }
    for (ClusterNode node : nodes) {
      OptionalLong running =
          node.running(programUid).stream().mapToLong(Running::revision).findFirst();
      if (running.isPresent() && running.getAsLong() == target.number()) {
        continue;
      }
      behind(target, active, node).limit(KEPT - 1).forEach(fallbacks::add);
      active.stream()
          .map(StoredRevision::number)
          .filter(number -> running.isPresent() && running.getAsLong() == number)
          .forEach(fallbacks::add);
    }
    return fallbacks;
  }

  /** What a node may run in place of the target, by what its agent decides; the newest first. */
  private static Stream<Long> behind(
      StoredRevision target, List<StoredRevision> active, ClusterNode node) {
    Stream<StoredRevision> serving =
        node.kernel()
            .map(
                kernel ->
                    Membership.of(
                        Stream.concat(Stream.of(target), active.stream()).toList(),
                        node.name(),
                        node.labels(),
                        kernel.identities()))
            .map(membership -> membership.run().stream().map(Membership.Choice::revision))
            // It may have any kernel.
            .orElseGet(active::stream);
    return serving.map(StoredRevision::number).filter(number -> number != target.number());
  }

  /** Names of the artifacts that some kept revision binds. */
  public Set<String> bound() {
    return statuses.values().stream()
        .flatMap(status -> status.bound().values().stream())
        .map(Binding::artifact)
        .collect(Collectors.toSet());
  }

  /** Name of the artifact of the target revision by kernel identity. */
  public Map<String, String> targetArtifacts() {
    WhistlerRevisionStatus status = target.isPresent() ? statuses.get(target.getAsLong()) : null;
    return status == null
        ? Map.of()
        : status.bound().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, bound -> bound.getValue().artifact()));
  }

  /** Statuses that differ from what is stored, by number, the target's first. */
  public SortedMap<Long, WhistlerRevisionStatus> changed(Collection<StoredRevision> revisions) {
    SortedMap<Long, WhistlerRevisionStatus> changed = new TreeMap<>(Comparator.reverseOrder());
    changed.putAll(statuses);
    for (StoredRevision revision : revisions) {
      if (revision.status() != null && revision.status().equals(changed.get(revision.number()))) {
        changed.remove(revision.number());
      }
    }
    return changed;
  }

  /** What stands there for agents that know no bindings stays as long as it is right. */
  private static WhistlerRevisionStatus status(
      @Nullable WhistlerRevisionStatus before, Phase phase, Map<String, Binding> bindings) {
    return WhistlerRevisionStatus.of(phase, bindings)
        .withFormer(before == null ? Map.of() : before.artifacts());
  }
}
