package dev.whistler.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Changes that are told without being a change of a condition. */
final class TransitionTest {

  @Test
  void whatADeletionLeavesBehindIsNamed() {
    assertThat(Transition.leftBehind(List.of("node-a", "node-b")))
        .isEqualTo(
            new Transition(
                true,
                "NodesUnreachable",
                "It is deleted, and these nodes did not unload it in time; they do so when they"
                    + " return: node-a, node-b."));
  }

  @Test
  void thousandsOfNodesFitIntoOneEvent() {
    List<String> nodes = IntStream.range(0, 5_000).mapToObj(i -> "node-" + i).toList();
    assertThat(Transition.leftBehind(nodes).message()).hasSizeLessThanOrEqualTo(Texts.MESSAGE);
  }
}
