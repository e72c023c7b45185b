package dev.whistler.agent.work;

import static java.util.stream.Collectors.groupingBy;

import dev.whistler.crds.Membership;
import dev.whistler.crds.RevisionFeature;
import dev.whistler.crds.RevisionReadings;
import dev.whistler.crds.StoredRevision;
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
   * @param there what is in the kernel already, by UID
   */
  public List<Candidates> of(
      Collection<WhistlerRevision> revisions,
      String node,
      Map<String, String> labels,
      List<String> kernels,
      Map<String, Assignment> there) {
    return revisions.stream()
        .map(readings::of)
        .collect(groupingBy(revision -> revision.reading().program().uid()))
        .entrySet()
        .stream()
        .map(
            program ->
                membership(
                    program.getValue(),
                    node,
                    labels,
                    kernels,
                    Optional.ofNullable(there.get(program.getKey()))))
        .flatMap(membership -> candidates(membership).stream())
        .sorted(BY_NAME)
        .toList();
  }

  /**
   * A kernel's identity changes while programs run: with modules that come and go, and with agents
   * that tell more of it. Until the operator has bound something for the new one, a program goes on
   * with the artifact that it has, as long as a revision that reaches this node binds that for any
   * kernel.
   */
  private static Membership membership(
      List<StoredRevision> program,
      String node,
      Map<String, String> labels,
      List<String> kernels,
      Optional<Assignment> there) {
    Membership now = Membership.of(program, node, labels, kernels);
    if (!now.run().isEmpty() || there.isEmpty()) {
      return now;
    }
    Assignment has = there.get();
    return program.stream()
        .filter(revision -> revision.number() == has.revision())
        .flatMap(revision -> revision.bindings().entrySet().stream())
        .filter(bound -> bound.getValue().artifact().equals(has.artifact()))
        .flatMap(
            bound -> Membership.of(program, node, labels, List.of(bound.getKey())).run().stream())
        .filter(choice -> assignment(choice).equals(has))
        .findFirst()
        .map(choice -> new Membership(List.of(choice), now.verify()))
        .orElse(now);
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
