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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Nodes, what agents report and their Leases come by watches of their own, each in its order and
 * all at any pace. However they meet, the end is the same, and whoever a difference concerns was
 * told of it.
 */
final class NewsInAnyOrderTest {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> ZONES = List.of("one", "two");

  /** Of one node, by one of the watches. */
  private sealed interface News {
    String node();

    record Labels(String node, Optional<String> zone) implements News {}

    record Report(String node, Optional<Long> revision) implements News {}

    record Lease(String node, Liveness liveness) implements News {}
  }

  /** What one watch tells, in its order. */
  private record Watch(List<News> news) {}

  @Property
  void theEndIsTheSame(
      @ForAll("watches") List<Watch> watches, @ForAll("paces") List<Integer> pace) {
    Cluster inTurn = new Cluster();
    watches.forEach(watch -> watch.news().forEach(inTurn::take));
    Cluster mixed = new Cluster();
    mixed(watches, pace).forEach(mixed::take);

    assertThat(mixed.nodes()).isEqualTo(inTurn.nodes());
    assertThat(mixed.nodes.reportsWithoutNode()).isEqualTo(inTurn.nodes.reportsWithoutNode());
    assertThat(NAMES.stream().filter(mixed.nodes::hasNode).toList())
        .isEqualTo(NAMES.stream().filter(inTurn.nodes::hasNode).toList());
  }

  /** Whoever keeps up by what is told knows what is so. */
  @Property
  void noDifferenceIsKeptBack(
      @ForAll("watches") List<Watch> watches, @ForAll("paces") List<Integer> pace) {
    Cluster cluster = new Cluster();
    for (News news : mixed(watches, pace)) {
      Map<String, ClusterNode> before = cluster.nodes();
      Optional<Change> told = cluster.take(news);
      Set<Map<String, String>> concerned = new HashSet<>();
      Set<String> reported = new HashSet<>();
      told.ifPresent(
          change -> {
            switch (change) {
              case Change.Nodes nodes -> concerned.addAll(nodes.labels());
              case Change.Reports reports -> reported.addAll(reports.programUids());
              case Change.Kernels kernels -> throw new AssertionError(kernels);
            }
          });
      Map<String, ClusterNode> after = cluster.nodes();
      for (String name : NAMES) {
        ClusterNode was = before.get(name);
        ClusterNode is = after.get(name);
        if (was == null ? is == null : was.equals(is)) {
          continue;
        }
        if (was != null
            && is != null
            && was.withPrograms(List.of()).equals(is.withPrograms(List.of()))) {
          assertThat(reported).contains("uid");
        } else {
          for (ClusterNode node : new ClusterNode[] {was, is}) {
            if (node != null) {
              assertThat(concerned).contains(node.labels());
            }
          }
        }
      }
    }
  }

  /** As they may come: each watch's in its order, one of them next at each step. */
  private static List<News> mixed(List<Watch> watches, List<Integer> pace) {
    List<List<News>> left =
        new ArrayList<>(
            watches.stream().map(it -> (List<News>) new ArrayList<>(it.news())).toList());
    List<News> mixed = new ArrayList<>();
    for (int step = 0; !left.isEmpty(); step++) {
      int next = pace.get(step % pace.size()) % left.size();
      if (left.get(next).isEmpty()) {
        left.remove(next);
      } else {
        mixed.add(left.get(next).removeFirst());
      }
    }
    return mixed;
  }

  @Provide
  Arbitrary<List<Integer>> paces() {
    return Arbitraries.integers().between(0, 2).list().ofMinSize(1).ofMaxSize(40);
  }

  /** The three of the operator; those of Nodes and reports may delete. */
  @Provide
  Arbitrary<List<Watch>> watches() {
    Arbitrary<String> names = Arbitraries.of(NAMES);
    Arbitrary<News> labels =
        Combinators.combine(names, Arbitraries.of(ZONES).optional()).as(News.Labels::new);
    Arbitrary<News> reports =
        Combinators.combine(names, Arbitraries.longs().between(1, 3).optional())
            .as(News.Report::new);
    Arbitrary<News> leases =
        Combinators.combine(names, Arbitraries.of(Liveness.ALIVE, Liveness.SILENT))
            .as(News.Lease::new);
    return Combinators.combine(watch(labels), watch(reports), watch(leases)).as(List::of);
  }

  private static Arbitrary<Watch> watch(Arbitrary<News> news) {
    return news.list().ofMaxSize(12).map(Watch::new);
  }

  /** As the operator's, whose Leases count when they are looked at. */
  private static final class Cluster {
    private final Map<String, Liveness> liveness = new HashMap<>();
    private final KnownNodes nodes =
        new KnownNodes(name -> liveness.getOrDefault(name, Liveness.UNHEARD));

    Optional<Change> take(News news) {
      return switch (news) {
        case News.Labels(String node, Optional<String> zone) ->
            nodes.labels(node, zone.map(it -> Map.of("zone", it))).change();
        case News.Report(String node, Optional<Long> revision) ->
            nodes.report(node, revision.map(it -> report(node, it))).change();
        case News.Lease(String node, Liveness told) -> {
          liveness.put(node, told);
          yield nodes.lookAgain(node).flatMap(KnownNodes.Step::change);
        }
      };
    }

    Map<String, ClusterNode> nodes() {
      return nodes.all().stream().collect(Collectors.toMap(ClusterNode::name, it -> it));
    }
  }

  private static WhistlerNode report(String name, long revision) {
    WhistlerNode node = new WhistlerNode();
    node.setMetadata(new ObjectMetaBuilder().withName(name).build());
    node.setStatus(
        new WhistlerNodeStatus(
            "6.1.0",
            null,
            null,
            null,
            null,
            null,
            List.of(),
            List.of(
                new NodeProgram(
                    "of-uid", "uid", new Running(revision, "artifact", null, null, null), null)),
            List.of()));
    return node;
  }
}
