package dev.whistler.compiler.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.flow.DataFlow.Direction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Facts on graphs of a few blocks; the fact of most is which blocks control came through. */
class DataFlowTest {
  private static final class Point implements Node<Point> {
    private final int number;
    private final List<Point> successors = new ArrayList<>();

    Point(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public List<Point> successors() {
      return successors;
    }

    @Override
    public String toString() {
      return "" + number;
    }
  }

  private final List<Point> visited = new ArrayList<>();

  /** Points from 0 on, with edges from the first to the second of each pair. */
  private static List<Point> graph(int points, int[]... edges) {
    List<Point> graph = IntStream.range(0, points).mapToObj(Point::new).toList();
    for (int[] edge : edges) {
      graph.get(edge[0]).successors.add(graph.get(edge[1]));
    }
    return graph;
  }

  private static int[] edge(int from, int to) {
    return new int[] {from, to};
  }

  private static BitSet set(int... points) {
    BitSet set = new BitSet();
    IntStream.of(points).forEach(set::set);
    return set;
  }

  private BitSet add(Point point, BitSet fact) {
    visited.add(point);
    BitSet more = (BitSet) fact.clone();
    more.set(point.number());
    return more;
  }

  private DataFlow<Point, BitSet> ways(List<Point> graph, Direction direction) {
    DataFlow<Point, BitSet> flow = DataFlow.ofSets(graph, direction);
    flow.solve(graph, this::add);
    return flow;
  }

  @Test
  void bothWaysAreKnownWhereTheyMeet() {
    List<Point> graph = graph(4, edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3));
    DataFlow<Point, BitSet> flow = ways(graph, Direction.FORWARD);

    assertThat(flow.into(graph.get(0))).isEqualTo(set());
    assertThat(flow.into(graph.get(2))).isEqualTo(set(0));
    assertThat(flow.into(graph.get(3))).isEqualTo(set(0, 1, 2));
  }

  @Test
  void backwardsFactsGoFromSuccessors() {
    List<Point> graph = graph(4, edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3));
    DataFlow<Point, BitSet> flow = ways(graph, Direction.BACKWARD);

    assertThat(flow.into(graph.get(3))).isEqualTo(set());
    assertThat(flow.into(graph.get(0))).isEqualTo(set(1, 2, 3));
  }

  @Test
  void whatHappensInALoopIsKnownAtItsStart() {
    List<Point> graph = graph(4, edge(0, 1), edge(1, 2), edge(1, 3), edge(2, 1));

    assertThat(ways(graph, Direction.FORWARD).into(graph.get(1))).isEqualTo(set(0, 1, 2));
    assertThat(ways(graph, Direction.BACKWARD).into(graph.get(2))).isEqualTo(set(1, 2, 3));
  }

  @Test
  void withoutALoopEachBlockIsVisitedOnce() {
    List<Point> graph = graph(5, edge(0, 4), edge(4, 1), edge(0, 1), edge(1, 3), edge(3, 2));
    ways(graph, Direction.FORWARD);
    assertThat(visited).extracting(Point::number).containsExactly(0, 4, 1, 3, 2);
    visited.clear();
    ways(graph, Direction.BACKWARD);
    assertThat(visited).extracting(Point::number).containsExactly(2, 3, 1, 4, 0);
  }

  @Test
  void loopsInEachOtherSettle() {
    int depth = 20;
    List<int[]> edges = new ArrayList<>();
    for (int i = 0; i < depth; i++) {
      edges.add(edge(i, i + 1));
      edges.add(edge(2 * depth - i - 1, i));
    }
    IntStream.range(depth, 2 * depth - 1).forEach(i -> edges.add(edge(i, i + 1)));
    List<Point> graph = graph(2 * depth, edges.toArray(new int[0][]));

    BitSet all = set(IntStream.range(0, 2 * depth).toArray());
    assertThat(ways(graph, Direction.FORWARD).into(graph.getFirst())).isEqualTo(all);
    assertThat(ways(graph, Direction.BACKWARD).into(graph.getLast())).isEqualTo(all);
  }

  @Test
  void aBlockThatIsNotReachedTakesPart() {
    List<Point> graph = graph(4, edge(0, 1), edge(2, 1), edge(1, 3));

    assertThat(ways(graph, Direction.FORWARD).into(graph.get(3))).isEqualTo(set(0, 1, 2));
    assertThat(ways(graph, Direction.BACKWARD).into(graph.get(2))).isEqualTo(set(1, 3));
  }

  @Test
  void onlyWhereFactsComeToIsVisited() {
    List<Point> graph = graph(5, edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 4));
    DataFlow<Point, Boolean> flow =
        new DataFlow<>(graph, Direction.BACKWARD, false, Boolean::logicalOr);
    flow.solve(
        List.of(graph.get(3)),
        (point, live) -> {
          visited.add(point);
          return point.number() == 3 || live && point.number() != 1;
        });

    assertThat(visited).extracting(Point::number).containsExactly(3, 2, 1);
    assertThat(flow.reached()).extracting(Point::number).containsExactlyInAnyOrder(1, 2);
    assertThat(flow.into(graph.get(0))).isFalse();
  }

  @Test
  void theNextProblemKnowsNothingOfTheOneBefore() {
    List<Point> graph = graph(3, edge(0, 1), edge(1, 2));
    DataFlow<Point, BitSet> flow = ways(graph, Direction.FORWARD);
    flow.solve(List.of(graph.get(1)), this::add);

    assertThat(flow.into(graph.get(1))).isEqualTo(set());
    assertThat(flow.into(graph.get(2))).isEqualTo(set(1));
  }

  @Test
  void factsThatNeverSettleAreADefect() {
    List<Point> graph = graph(2, edge(0, 1), edge(1, 0));
    DataFlow<Point, Integer> flow = new DataFlow<>(graph, Direction.FORWARD, 0, Math::max);

    assertThatThrownBy(() -> flow.solve(graph, (point, fact) -> fact + 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the facts do not settle");
  }

  @Test
  void aGraphOfManyBlocksIsNoDepthOfCalls() {
    int points = 100_000;
    int[][] edges =
        IntStream.range(0, points - 1).mapToObj(i -> edge(i, i + 1)).toArray(int[][]::new);
    List<Point> graph = graph(points, edges);
    DataFlow<Point, Boolean> flow =
        new DataFlow<>(graph, Direction.FORWARD, false, Boolean::logicalOr);
    flow.solve(List.of(graph.getFirst()), (point, fact) -> true);

    assertThat(flow.into(graph.getLast())).isTrue();
  }
}
