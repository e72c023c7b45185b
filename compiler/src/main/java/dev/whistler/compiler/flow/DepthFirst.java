package dev.whistler.compiler.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** A depth-first walk through a graph. Its depth is no depth of calls. */
public final class DepthFirst {
  private DepthFirst() {}

  /** A block on the way to the present one; its last successors are visited already. */
  private static final class Step<N extends Node<N>> {
    final N node;
    final List<N> successors;
    int left;

    Step(N node) {
      this.node = node;
      this.successors = node.successors();
      this.left = successors.size();
    }
  }

  /**
   * Blocks in reverse post-order: each after its predecessors, but for loops, and the first
   * successor of a block before the second.
   *
   * @param roots where to begin; what cannot be reached from them is left out
   */
  public static <N extends Node<N>> List<N> reversePostOrder(List<N> roots) {
    BitSet seen = new BitSet();
    List<N> visited = new ArrayList<>();
    Deque<Step<N>> stack = new ArrayDeque<>();
    for (N root : roots) {
      if (!seen.get(root.number())) {
        seen.set(root.number());
        stack.push(new Step<>(root));
      }
      while (!stack.isEmpty()) {
        Step<N> step = stack.getFirst();
        if (step.left == 0) {
          stack.pop();
          visited.add(step.node);
          continue;
        }
        // From the last one on, so that the first one comes first when all is reversed.
        N successor = step.successors.get(--step.left);
        if (!seen.get(successor.number())) {
          seen.set(successor.number());
          stack.push(new Step<>(successor));
        }
      }
    }
    Collections.reverse(visited);
    return visited;
  }
}
