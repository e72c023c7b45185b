package dev.whistler.agent.work;

import static java.util.stream.Collectors.groupingBy;

import dev.whistler.crds.Membership;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionReadings;
import dev.whistler.crds.WhistlerRevision;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which programs a node runs, from all revisions that there are; each of them is read once. */
public final class Assignments {

  /** What this version of the agent can do. */
  static final Set<String> UNDERSTOOD =
      Set.of(RevisionFeature.SINK_STDOUT, RevisionFeature.SINK_FILE);

  private static final Comparator<Candidates> BY_NAME =
      Comparator.comparing((Candidates program) -> program.target().program())
          .thenComparing(program -> program.target().uid());

  private final RevisionReadings readings = new RevisionReadings(UNDERSTOOD);

  /**
   * The candidates of each program that shall run or be tried, ordered by name.
   *
   * @param revisions all revisions, of all programs
   * @param node name of this node
   * @param labels labels of this node
   * @param kernels identities of this node's kernel, the closest first
   */
  public List<Candidates> of(
      Collection<WhistlerRevision> revisions,
      String node,
      Map<String, String> labels,
      List<String> kernels) {
    return revisions.stream()
        .map(readings::of)
        .collect(groupingBy(revision -> revision.reading().program().uid()))
        .values()
        .stream()
        .map(ofOneProgram -> Membership.of(ofOneProgram, node, labels, kernels))
        .flatMap(membership -> candidates(membership).stream())
        .sorted(BY_NAME)
        .toList();
  }

  private static Optional<Candidates> candidates(Membership membership) {
    List<Assignment> run = membership.run().stream().map(Assignments::assignment).toList();
    Optional<Assignment> verify = membership.verify().map(Assignments::assignment);
    return run.isEmpty() && verify.isEmpty()
        ? Optional.empty()
        : Optional.of(new Candidates(run, verify));
  }

  private static Assignment assignment(Membership.Choice choice) {
    return new Assignment(choice.revision().reading(), choice.artifact());
  }
}
