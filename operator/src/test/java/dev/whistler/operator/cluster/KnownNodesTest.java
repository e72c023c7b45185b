package dev.whistler.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.WhistlerNode;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.operator.cluster.ClusterWatch.Change;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Liveness;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class KnownNodesTest {
  private static final String NAME = "a";

  private volatile Liveness liveness = Liveness.ALIVE;
  private final KnownNodes nodes = new KnownNodes(name -> liveness);

  private static WhistlerNode report() {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(new ObjectMetaBuilder().withName(NAME).build());
    return node;
  }

  @Test
  void aNodeHasBothAKubernetesNodeAndAReport() {
    assertThat(nodes.labels(NAME, Optional.of(Map.of())).change()).isEmpty();
    assertThat(nodes.all()).isEmpty();
    assertThat(nodes.report(NAME, Optional.of(report())).change())
        .contains(new Change.Nodes(Set.of(Map.of())));
    assertThat(nodes.all()).extracting(ClusterNode::name).containsExactly(NAME);
  }

  @Test
  void aReportWithoutAKubernetesNodeIsTold() {
    var _ = nodes.report(NAME, Optional.of(report()));
    assertThat(nodes.reportsWithoutNode()).containsExactly(NAME);
    assertThat(nodes.hasNode(NAME)).isFalse();
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    assertThat(nodes.reportsWithoutNode()).isEmpty();
    assertThat(nodes.labels(NAME, Optional.empty()).change())
        .contains(new Change.Nodes(Set.of(Map.of())));
    assertThat(nodes.reportsWithoutNode()).containsExactly(NAME);
  }

  @Test
  void nothingIsKeptOfANodeThatIsGone() {
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    var _ = nodes.report(NAME, Optional.of(report()));
    assertThat(nodes.labels(NAME, Optional.empty()).isKnown()).isTrue();
    assertThat(nodes.report(NAME, Optional.empty()).isKnown()).isFalse();
    assertThat(nodes.all()).isEmpty();
  }

  @Test
  void anAgentThatFallsSilentIsSeenWhenItIsLookedForOnly() {
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    var _ = nodes.report(NAME, Optional.of(report()));
    assertThat(nodes.lookAgain(NAME)).isEmpty();
    liveness = Liveness.SILENT;
    assertThat(nodes.lookAgain(NAME).orElseThrow().change())
        .contains(new Change.Nodes(Set.of(Map.of())));
    assertThat(nodes.all()).extracting(ClusterNode::liveness).containsExactly(Liveness.SILENT);
    assertThat(nodes.lookAgain("of no node")).isEmpty();
  }

  private static WhistlerNode report(String name, NodeProgram... programs) {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(new ObjectMetaBuilder().withName(name).build());
    node.setStatus(
        new WhistlerNodeStatus(
            "6.1.0", null, null, null, null, null, List.of(), List.of(programs), List.of()));
    return node;
  }

  private static NodeProgram program(String uid, long revision, String since) {
    return new NodeProgram(
        "of-" + uid, uid, new Running(revision, "artifact", since, null, null), null);
  }

  @Test
  void onlyProgramsAreConcernedOfWhichSomethingElseIsSaid() {
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    var _ =
        nodes.report(NAME, Optional.of(report(NAME, program("p", 1, "t"), program("q", 1, "t"))));
    Optional<Change> change =
        nodes
            .report(NAME, Optional.of(report(NAME, program("r", 1, "t"), program("q", 2, "t"))))
            .change();
    assertThat(change).contains(new Change.Reports(Set.of("p", "q", "r")));
  }

  @Test
  void thatAProgramWasAttachedAtAnotherTimeConcernsNobody() {
    var _ = nodes.labels(NAME, Optional.of(Map.of()));
    var _ = nodes.report(NAME, Optional.of(report(NAME, program("p", 1, "then"))));
    assertThat(nodes.report(NAME, Optional.of(report(NAME, program("p", 1, "now")))).change())
        .isEmpty();
  }

  /** A node whose labels change leaves one program's nodes and joins those of another. */
  @Test
  void aNodeThatChangesConcernsWhoSelectedItAndWhoDoes() {
    var _ = nodes.labels(NAME, Optional.of(Map.of("zone", "one")));
    var _ = nodes.report(NAME, Optional.of(report()));
    assertThat(nodes.labels(NAME, Optional.of(Map.of("zone", "two"))).change())
        .contains(new Change.Nodes(Set.of(Map.of("zone", "one"), Map.of("zone", "two"))));
  }

  @Test
  void nodesAreOrderedByNameAndShareWhatTheySay() {
    for (String name : List.of("c", "a", "b")) {
      var _ = nodes.labels(name, Optional.of(Map.of()));
      var _ = nodes.report(name, Optional.of(report(name, program("p", 1, "at " + name))));
    }
    assertThat(nodes.all()).extracting(ClusterNode::name).containsExactly("a", "b", "c");
    List<NodeProgram> said =
        nodes.all().stream().map(node -> node.program("p").orElseThrow()).toList();
    assertThat(said).allMatch(program -> program == said.getFirst());
  }

  /** Read apart and put together later, one of the two would come back as it was. */
  @Test
  void neitherOfTwoThreadsUndoesWhatTheOtherOneTold() throws Exception {
    int rounds = 2_000;
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < rounds; round++) {
        Map<String, String> labels = Map.of("round", Integer.toString(round));
        WhistlerNode report = report();
        Future<?> first =
            both.submit(
                () -> {
                  start.await();
                  return nodes.labels(NAME, Optional.of(labels));
                });
        Future<?> second =
            both.submit(
                () -> {
                  start.await();
                  return nodes.report(NAME, Optional.of(report));
                });
        first.get();
        second.get();
        assertThat(nodes.all()).extracting(ClusterNode::labels).containsExactly(labels);
      }
    }
  }
}
