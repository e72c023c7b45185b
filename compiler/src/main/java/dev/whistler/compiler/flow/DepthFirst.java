package dev.whistler.compiler.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/** A depth-first walk through a graph. Its depth is no depth of calls. */
public final class DepthFirst {
  private DepthFirst() {}

  /**
   * Blocks in reverse post-order: each after its predecessors, but for loops, and the first
   * successor of a block before the second.
   *
   * @param roots where to begin; what cannot be reached from them is left out
   */
  public static <N extends Node<N>> List<N> reversePostOrder(List<N> roots) {
    BitSet seen = new BitSet();
    List<N> visited = new ArrayList<>();
    // The way to the present block, and how many successors of each are not visited yet.
    List<N> way = new ArrayList<>();
    int[] left = new int[16];
    for (N root : roots) {
      if (!seen.get(root.number())) {
        seen.set(root.number());
        left = push(root, way, left);
      }
      while (!way.isEmpty()) {
        N node = way.getLast();
        int successors = left[way.size() - 1];
        if (successors == 0) {
          visited.add(way.removeLast());
          continue;
        }
        // From the last one on, so that the first one comes first when all is reversed.
        left[way.size() - 1]--;
        N successor = node.successors().get(successors - 1);
        if (!seen.get(successor.number())) {
          seen.set(successor.number());
          left = push(successor, way, left);
        }
      }
    }
    Collections.reverse(visited);
    return visited;
  }

  private static <N extends Node<N>> int[] push(N node, List<N> way, int[] left) {
    int[] room = way.size() == left.length ? Arrays.copyOf(left, 2 * left.length) : left;
    room[way.size()] = node.successors().size();
    way.add(node);
    return room;
  }
}
