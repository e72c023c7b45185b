package dev.whistler.agent.work;

import static java.util.stream.Collectors.groupingBy;

import dev.whistler.crds.RevisionChoice;
import dev.whistler.crds.WhistlerRevision;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Which programs a node runs, from all revisions that there are. */
public final class Assignments {

  private static final Comparator<Candidates> BY_NAME =
      Comparator.comparing((Candidates program) -> program.target().program())
          .thenComparing(program -> program.target().uid());

  private Assignments() {}

  /**
   * The candidates of each program that shall run, ordered by name.
   *
   * @param revisions all revisions, of all programs
   * @param labels labels of this node
   * @param profile name of this node's KernelProfile
   */
  public static List<Candidates> of(
      Collection<WhistlerRevision> revisions, Map<String, String> labels, String profile) {
    return revisions.stream()
        .collect(groupingBy(r -> r.getSpec().program().uid()))
        .values()
        .stream()
        .map(ofOneProgram -> RevisionChoice.ranked(ofOneProgram, labels, profile))
        .filter(ranked -> !ranked.isEmpty())
        .map(Assignments::candidates)
        .sorted(BY_NAME)
        .toList();
  }

  private static Candidates candidates(List<RevisionChoice.Choice> ranked) {
    return new Candidates(
        ranked.stream()
            .map(choice -> new Assignment(choice.revision().getSpec(), choice.artifact()))
            .toList());
  }
}
