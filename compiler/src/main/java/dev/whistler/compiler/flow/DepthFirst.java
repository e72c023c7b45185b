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
    // The way to the present block, and how many successors of each are still to be visited: from
    // the last one on, so that the first one comes first when all is reversed.
    List<N> way = new ArrayList<>();
    int[] left = new int[16];
    for (N root : roots) {
      N next = seen.get(root.number()) ? null : root;
      while (next != null || !way.isEmpty()) {
        if (next != null) {
          seen.set(next.number());
          if (way.size() == left.length) {
            left = Arrays.copyOf(left, 2 * left.length);
          }
          left[way.size()] = next.successors().size();
          way.add(next);
        }
        int index = --left[way.size() - 1];
        if (index < 0) {
          visited.add(way.removeLast());
          next = null;
        } else {
          N successor = way.getLast().successors().get(index);
          next = seen.get(successor.number()) ? null : successor;
        }
      }
    }
    Collections.reverse(visited);
    return visited;
  }
}
