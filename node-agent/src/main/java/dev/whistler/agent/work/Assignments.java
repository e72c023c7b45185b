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

  private Assignments() {}

  /**
   * At most one assignment per program, ordered by name.
   *
   * @param revisions all revisions, of all programs
   * @param labels labels of this node
   * @param profile name of this node's KernelProfile
   */
  public static List<Assignment> of(
      Collection<WhistlerRevision> revisions, Map<String, String> labels, String profile) {
    return revisions.stream()
        .collect(groupingBy(r -> r.getSpec().program().uid()))
        .values()
        .stream()
        .flatMap(ofOneProgram -> RevisionChoice.of(ofOneProgram, labels, profile).stream())
        .map(choice -> new Assignment(choice.revision().getSpec(), choice.artifact()))
        .sorted(Comparator.comparing(Assignment::program).thenComparing(Assignment::uid))
        .toList();
  }
}
