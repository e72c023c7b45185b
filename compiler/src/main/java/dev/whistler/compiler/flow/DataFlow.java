package dev.whistler.compiler.flow;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;

/**
 * Iterative data flow (A. Aho and others, Compilers, 2nd edition, section 9.3): the facts that hold
 * where blocks begin, or end, whichever way control took. Blocks wait for their turn in reverse
 * post-order, or in post-order for facts that go backwards.
 *
 * <p>Facts are compared by {@code equals} and never changed in place. One object serves many
 * problems on a graph, each at the cost of the blocks that its facts reach.
 *
 * @param <N> the blocks
 * @param <F> what is known at a place
 */
public final class DataFlow<N extends Node<N>, F> {
  /** Which way facts go. */
  public enum Direction {
    /** From the start of a block to its end, and on to its successors. */
    FORWARD,
    /** From the end of a block to its start, and on to its predecessors. */
    BACKWARD
  }

  private final List<N> order;

  /** Place in the order by number. */
  private final int[] place;

  /** The places to which the facts of a place go on. */
  private final int[][] receivers;

  private final F initial;
  private final BinaryOperator<F> meet;
  private final List<F> facts;

  /** Places whose fact is not the initial one. */
  private final List<Integer> reached = new ArrayList<>();

  private final Queue waiting;

  /**
   * Makes a graph ready.
   *
   * @param nodes all blocks, the entry first; one that cannot be reached takes part
   * @param initial what is known where no fact has come to
   * @param meet what is known where two facts come to
   */
  public DataFlow(List<N> nodes, Direction direction, F initial, BinaryOperator<F> meet) {
    this.initial = initial;
    this.meet = meet;
    order = DepthFirst.reversePostOrder(nodes);
    if (direction == Direction.BACKWARD) {
      Collections.reverse(order);
    }
    int highest = 0;
    for (N node : order) {
      highest = Math.max(highest, node.number());
    }
    place = new int[1 + highest];
    for (int i = 0; i < order.size(); i++) {
      place[order.get(i).number()] = i;
    }
    receivers = receivers(direction);
    facts = new ArrayList<>(Collections.nCopies(order.size(), initial));
    waiting = new Queue(order.size());
  }

  /**
   * Places that wait for their turn, in rounds: one that is behind the present place waits for the
   * next round. A round costs as much as lies between its first place and its last one.
   */
  private static final class Queue {
    private final long[] words;
    private int at;
    private int ahead;
    private int behind;
    private int firstBehind;

    Queue(int places) {
      words = new long[places / Long.SIZE + 1];
    }

    void add(int place) {
      long bit = 1L << place;
      if ((words[place / Long.SIZE] & bit) != 0) {
        return;
      }
      words[place / Long.SIZE] |= bit;
      if (place >= at) {
        ahead++;
      } else {
        firstBehind = behind == 0 ? place : Math.min(firstBehind, place);
        behind++;
      }
    }

    boolean isEmpty() {
      return ahead + behind == 0;
    }

    /** Begins a round. */
    void rewind() {
      at = firstBehind;
      ahead = behind;
      behind = 0;
    }

    /** Makes all that is added now wait for the next round. */
    void close() {
      at = Integer.MAX_VALUE;
    }

    /** The next place of the round; -1 at its end. */
    int next() {
      if (ahead == 0) {
        return -1;
      }
      int word = at / Long.SIZE;
      long bits = words[word] & -1L << at;
      while (bits == 0) {
        bits = words[++word];
      }
      int place = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
      words[word] &= ~(1L << place);
      at = place + 1;
      ahead--;
      return place;
    }
  }

  /** For sets: where two ways meet, what is in one of them is known. */
  public static <N extends Node<N>> DataFlow<N, BitSet> ofSets(List<N> nodes, Direction direction) {
    return new DataFlow<>(nodes, direction, new BitSet(), DataFlow::union);
  }

  private static BitSet union(BitSet a, BitSet b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    BitSet both = (BitSet) a.clone();
    both.or(b);
    return both;
  }

  private int[][] receivers(Direction direction) {
    int[][] edges = new int[order.size()][];
    for (int i = 0; i < edges.length; i++) {
      List<N> successors = order.get(i).successors();
      int[] targets = new int[successors.size()];
      for (int k = 0; k < targets.length; k++) {
        targets[k] = place[successors.get(k).number()];
      }
      edges[i] = targets;
    }
    return direction == Direction.FORWARD ? edges : reversed(edges);
  }

  private static int[][] reversed(int[][] edges) {
    int[] count = new int[edges.length];
    for (int[] targets : edges) {
      for (int target : targets) {
        count[target]++;
      }
    }
    int[][] result = new int[edges.length][];
    for (int i = 0; i < edges.length; i++) {
      result[i] = new int[count[i]];
    }
    for (int i = 0; i < edges.length; i++) {
      for (int target : edges[i]) {
        result[target][--count[target]] = i;
      }
    }
    return result;
  }

  /**
   * Finds the facts of a problem, and forgets those of the problem before.
   *
   * @param from the blocks that may make something of the initial fact
   * @param transfer what comes out of a block, of what went in
   * @throws IllegalStateException if the facts do not settle
   */
  public void solve(Iterable<N> from, BiFunction<N, F, F> transfer) {
    reached.forEach(i -> facts.set(i, initial));
    reached.clear();
    waiting.close();
    for (N node : from) {
      waiting.add(place[node.number()]);
    }
    // Each round carries facts up to the next edge of a loop that leads back, and on a path without
    // a circle there are fewer of those than blocks (J. Kam and J. Ullman, 1976).
    for (int round = 0; !waiting.isEmpty(); round++) {
      if (round > order.size() + 1) {
        throw new IllegalStateException("the facts do not settle");
      }
      waiting.rewind();
      for (int i = waiting.next(); i >= 0; i = waiting.next()) {
        F out = transfer.apply(order.get(i), facts.get(i));
        for (int receiver : receivers[i]) {
          F known = facts.get(receiver);
          F met = meet.apply(known, out);
          if (!met.equals(known)) {
            if (known.equals(initial)) {
              reached.add(receiver);
            }
            facts.set(receiver, met);
            waiting.add(receiver);
          }
        }
      }
    }
  }

  /** What is known where facts come into a block: at its start, or backwards at its end. */
  public F into(N node) {
    return facts.get(place[node.number()]);
  }

  /** The blocks into which other facts come than the initial one. */
  public List<N> reached() {
    List<N> nodes = new ArrayList<>(reached.size());
    reached.forEach(i -> nodes.add(order.get(i)));
    return nodes;
  }
}
