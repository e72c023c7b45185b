package dev.whistler.compiler.emit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Iterated register coalescing (L. George and A. W. Appel, 1996) over r0 to r9: simplification,
 * conservative coalescing, freezing and selection of spill candidates in turn, then colours.
 */
final class Coloring {
  private static final int REGISTERS = 10;
  private static final int ALL = (1 << REGISTERS) - 1;

  /** Caller-saved registers first: values that live across calls cannot have them anyway. */
  private static final int[] ORDER = {1, 2, 3, 4, 5, 0, 6, 7, 8, 9};

  /** Counting significant neighbours one by one is only worth while for few. */
  private static final int MOST_NEIGHBOURS_COUNTED = 256;

  private static final int MOST_RELIEF = 24;

  private enum State {
    SIMPLIFY,
    FREEZE,
    SPILL,
    SELECTED,
    COALESCED
  }

  private static final class Move {
    final int target;
    final int source;
    final int weight;
    boolean active;
    boolean queued = true;
    boolean done;

    Move(int target, int source, int weight) {
      this.target = target;
      this.source = source;
      this.weight = weight;
    }
  }

  private final InterferenceGraph graph;
  private final int count;
  private final State[] state;
  private final int[] degree;
  private final int[] alias;
  private final int[] color;
  private final double[] cost;
  private final boolean[] present;

  /** Moves of a node that may still be coalesced. */
  private final int[] openMoves;

  private final List<List<Move>> moves = new ArrayList<>();
  private final Deque<Move> moveWork = new ArrayDeque<>();
  private final Deque<Integer> simplifyWork = new ArrayDeque<>();
  private final Deque<Integer> freezeWork = new ArrayDeque<>();
  private final BitSet spillWork = new BitSet();

  /** The nodes of {@link #spillWork} by cost; a cost here may be less than it is by now. */
  private final PriorityQueue<Candidate> candidates =
      new PriorityQueue<>(
          Comparator.comparingDouble(Candidate::cost).thenComparingInt(Candidate::node));

  private final Deque<Integer> stack = new ArrayDeque<>();
  private final List<Integer> spilled = new ArrayList<>();

  private record Candidate(double cost, int node) {}

  /**
   * Colours a routine.
   *
   * @param unspillable registers that stand for a word of the frame already
   */
  Coloring(MachineRoutine machine, BitSet unspillable) {
    count = machine.registerCount();
    graph = new InterferenceGraph(machine);
    state = new State[count];
    degree = new int[count];
    alias = new int[count];
    color = new int[count];
    cost = new double[count];
    present = new boolean[count];
    openMoves = new int[count];
    for (int i = 0; i < count; i++) {
      alias[i] = i;
      color[i] = i < MachineInstruction.FIRST_VIRTUAL ? i : -1;
      moves.add(new ArrayList<>());
    }
    collect(machine);
    for (int i = unspillable.nextSetBit(0); i >= 0; i = unspillable.nextSetBit(i + 1)) {
      cost[i] = Double.POSITIVE_INFINITY;
    }
    run();
  }

  /** The machine register of a virtual one; -1 if it is spilled. */
  int color(int register) {
    return color[find(register)];
  }

  /** The register that stands for all registers merged with this one. */
  int find(int register) {
    int current = register;
    while (alias[current] != current) {
      alias[current] = alias[alias[current]];
      current = alias[current];
    }
    return current;
  }

  /** Representatives that found no register. */
  List<Integer> spilled() {
    return spilled;
  }

  private void collect(MachineRoutine machine) {
    for (MachineBlock block : machine.blocks) {
      int weight = 1;
      for (int d = 0; d < Math.min(block.depth, 4); d++) {
        weight *= 8;
      }
      for (MachineInstruction i : block.all()) {
        touch(i.defined(), weight);
        if (i.readsTarget()) {
          touch(i.target, weight);
        }
        if (i.readsSource()) {
          touch(i.source, weight);
        }
        if (i.isMove()
            && i.source != i.target
            && i.source != MachineInstruction.FRAME_POINTER
            && (i.source >= MachineInstruction.FIRST_VIRTUAL
                || i.target >= MachineInstruction.FIRST_VIRTUAL)) {
          Move move = new Move(i.target, i.source, weight);
          moveWork.add(move);
          openMoves[i.target]++;
          openMoves[i.source]++;
          if (isVirtual(i.target)) {
            moves.get(i.target).add(move);
          }
          if (isVirtual(i.source)) {
            moves.get(i.source).add(move);
          }
        }
      }
    }
  }

  private void touch(int register, int weight) {
    if (register >= MachineInstruction.FIRST_VIRTUAL) {
      cost[register] += weight;
      present[register] = true;
    }
  }

  private static boolean isVirtual(int register) {
    return register >= MachineInstruction.FIRST_VIRTUAL;
  }

  private void run() {
    for (int i = MachineInstruction.FIRST_VIRTUAL; i < count; i++) {
      degree[i] = graph.neighbourCount(i) + Integer.bitCount(graph.forbidden(i) & ALL);
    }
    for (int i = MachineInstruction.FIRST_VIRTUAL; i < count; i++) {
      if (present[i]) {
        classify(i);
      }
    }
    while (true) {
      if (!simplifyWork.isEmpty()) {
        int node = simplifyWork.poll();
        if (state[node] == State.SIMPLIFY) {
          select(node);
        }
      } else if (!moveWork.isEmpty()) {
        coalesce(moveWork.poll());
      } else if (!freezeWork.isEmpty()) {
        int node = freezeWork.poll();
        if (state[node] == State.FREEZE) {
          state[node] = State.SIMPLIFY;
          simplifyWork.add(node);
          freezeMoves(node);
        }
      } else if (!spillWork.isEmpty()) {
        chooseSpill();
      } else {
        break;
      }
    }
    assignColors();
  }

  private void classify(int node) {
    if (degree[node] >= REGISTERS) {
      state[node] = State.SPILL;
      becomeCandidate(node);
    } else if (isMoveRelated(node)) {
      state[node] = State.FREEZE;
      freezeWork.add(node);
    } else {
      state[node] = State.SIMPLIFY;
      simplifyWork.add(node);
    }
  }

  private boolean isMoveRelated(int node) {
    return openMoves[node] > 0;
  }

  /** How much there is to copy when a node is merged into another one. */
  private int size(int node) {
    return graph.neighbourCount(node) + moves.get(node).size();
  }

  private void finish(Move move) {
    move.done = true;
    openMoves[find(move.target)]--;
    openMoves[find(move.source)]--;
  }

  private boolean isGone(int node) {
    return state[node] == State.SELECTED || state[node] == State.COALESCED;
  }

  private void select(int node) {
    state[node] = State.SELECTED;
    stack.push(node);
    for (int i = 0; i < graph.neighbourCount(node); i++) {
      int neighbour = graph.neighbour(node, i);
      if (!isGone(neighbour)) {
        decrement(neighbour);
      }
    }
  }

  private void decrement(int node) {
    int before = degree[node]--;
    if (before == REGISTERS) {
      enableMoves(node);
      for (int i = 0; i < graph.neighbourCount(node); i++) {
        int neighbour = graph.neighbour(node, i);
        if (!isGone(neighbour)) {
          enableMoves(neighbour);
        }
      }
      spillWork.clear(node);
      if (isMoveRelated(node)) {
        state[node] = State.FREEZE;
        freezeWork.add(node);
      } else {
        state[node] = State.SIMPLIFY;
        simplifyWork.add(node);
      }
    }
  }

  private void enableMoves(int node) {
    // Moves inside one node are of no further use, not even as hints.
    moves.get(node).removeIf(m -> m.done && find(m.target) == find(m.source));
    for (Move move : moves.get(node)) {
      if (move.active && !move.done && !move.queued) {
        move.queued = true;
        moveWork.add(move);
      }
    }
  }

  private void coalesce(Move move) {
    move.queued = false;
    if (move.done) {
      return;
    }
    int x = find(move.target);
    int y = find(move.source);
    // The smaller one is merged into the larger one, or into the machine register.
    boolean second = !isVirtual(y) || isVirtual(x) && size(y) > size(x);
    int u = second ? y : x;
    int v = second ? x : y;
    if (u == v) {
      finish(move);
      loosen(u);
    } else if (!isVirtual(v) || interferes(u, v)) {
      finish(move);
      loosen(u);
      loosen(v);
    } else if (isVirtual(u) ? isSafe(u, v) : george(u, v)) {
      finish(move);
      combine(u, v);
      loosen(u);
    } else {
      move.active = true;
    }
  }

  private boolean interferes(int u, int v) {
    return isVirtual(u) ? graph.connected(u, v) : (graph.forbidden(v) >> u & 1) != 0;
  }

  /** A node may have become free of moves. */
  private void loosen(int node) {
    if (isVirtual(node)
        && state[node] == State.FREEZE
        && !isMoveRelated(node)
        && degree[node] < REGISTERS) {
      state[node] = State.SIMPLIFY;
      simplifyWork.add(node);
    }
  }

  /** Whether every neighbour of {@code v} is harmless for machine register {@code r}. */
  private boolean george(int r, int v) {
    for (int i = 0; i < graph.neighbourCount(v); i++) {
      int neighbour = graph.neighbour(v, i);
      if (!isGone(neighbour)
          && degree[neighbour] >= REGISTERS
          && (graph.forbidden(neighbour) >> r & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether merging two virtual registers cannot make the graph harder to colour. */
  private boolean isSafe(int u, int v) {
    return georgeVirtual(u, v)
        || graph.neighbourCount(u) <= MOST_NEIGHBOURS_COUNTED && briggs(u, v);
  }

  /** Whether every significant neighbour of {@code v} is one of {@code u} already. */
  private boolean georgeVirtual(int u, int v) {
    if ((graph.forbidden(v) & ~graph.forbidden(u) & ALL) != 0) {
      return false;
    }
    for (int i = 0; i < graph.neighbourCount(v); i++) {
      int neighbour = graph.neighbour(v, i);
      if (!isGone(neighbour) && degree[neighbour] >= REGISTERS && !graph.connected(neighbour, u)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the merged node would have fewer than 10 neighbours of significant degree. */
  private boolean briggs(int u, int v) {
    int significant = Integer.bitCount((graph.forbidden(u) | graph.forbidden(v)) & ALL);
    for (int i = 0; i < graph.neighbourCount(u); i++) {
      int neighbour = graph.neighbour(u, i);
      if (!isGone(neighbour)) {
        int d = degree[neighbour] - (graph.connected(neighbour, v) ? 1 : 0);
        significant += d >= REGISTERS ? 1 : 0;
      }
    }
    for (int i = 0; i < graph.neighbourCount(v); i++) {
      int neighbour = graph.neighbour(v, i);
      if (!isGone(neighbour) && !graph.connected(neighbour, u) && degree[neighbour] >= REGISTERS) {
        significant++;
      }
    }
    return significant < REGISTERS;
  }

  private void combine(int u, int v) {
    spillWork.clear(v);
    state[v] = State.COALESCED;
    alias[v] = u;
    if (!isVirtual(u)) {
      for (int i = 0; i < graph.neighbourCount(v); i++) {
        int neighbour = graph.neighbour(v, i);
        if (isGone(neighbour)) {
          // A node on the stack must not get this register either.
          graph.forbid(neighbour, u);
          continue;
        }
        if ((graph.forbidden(neighbour) >> u & 1) != 0) {
          decrement(neighbour);
        } else {
          graph.forbid(neighbour, u);
        }
      }
      return;
    }
    cost[u] += cost[v];
    enableMoves(v);
    for (Move move : moves.get(v)) {
      if (find(move.target) != find(move.source)) {
        moves.get(u).add(move);
      }
    }
    moves.set(v, List.of());
    openMoves[u] += openMoves[v];
    int added = graph.forbidden(v) & ~graph.forbidden(u) & ALL;
    for (int r = 0; r < REGISTERS; r++) {
      if ((added >> r & 1) != 0) {
        graph.forbid(u, r);
        degree[u]++;
      }
    }
    for (int i = 0; i < graph.neighbourCount(v); i++) {
      int neighbour = graph.neighbour(v, i);
      boolean fresh = graph.connect(u, neighbour);
      if (isGone(neighbour)) {
        continue;
      }
      if (fresh) {
        degree[u]++;
      } else {
        decrement(neighbour);
      }
    }
    // Also where it is one already: merging is what makes a candidate cheaper.
    if (degree[u] >= REGISTERS) {
      state[u] = State.SPILL;
      becomeCandidate(u);
    }
  }

  private void freezeMoves(int node) {
    for (Move move : moves.get(node)) {
      if (move.done) {
        continue;
      }
      finish(move);
      int x = find(move.target);
      int y = find(move.source);
      loosen(x == find(node) ? y : x);
    }
  }

  private void chooseSpill() {
    int best = cheapest();
    spillWork.clear(best);
    state[best] = State.SIMPLIFY;
    simplifyWork.add(best);
    freezeMoves(best);
  }

  /** The node of {@link #spillWork} that costs least, the first of several. */
  private int cheapest() {
    while (true) {
      Candidate next = candidates.remove();
      if (!spillWork.get(next.node)) {
        continue;
      }
      double now = spillCost(next.node);
      if (now == next.cost) {
        return next.node;
      }
      candidates.add(new Candidate(now, next.node));
    }
  }

  private void becomeCandidate(int node) {
    spillWork.set(node);
    candidates.add(new Candidate(spillCost(node), node));
  }

  /** The degree of a variable that lives throughout says little about what its spill relieves. */
  private double spillCost(int node) {
    return cost[node] / Math.min(degree[node], MOST_RELIEF);
  }

  private void assignColors() {
    while (!stack.isEmpty()) {
      int node = stack.pop();
      int available = ALL & ~graph.forbidden(node);
      for (int i = 0; i < graph.neighbourCount(node); i++) {
        int neighbour = find(graph.neighbour(node, i));
        if (color[neighbour] >= 0) {
          available &= ~(1 << color[neighbour]);
        }
      }
      if (available == 0) {
        spilled.add(node);
      } else {
        color[node] = choose(node, available);
      }
    }
  }

  private int choose(int node, int available) {
    int best = -1;
    int bestWeight = 0;
    for (Move move : moves.get(node)) {
      int x = find(move.target);
      int other = x == node ? find(move.source) : x;
      int c = color[other];
      if (c >= 0 && c < REGISTERS && (available >> c & 1) != 0 && move.weight > bestWeight) {
        best = c;
        bestWeight = move.weight;
      }
    }
    if (best >= 0) {
      return best;
    }
    for (int register : ORDER) {
      if ((available >> register & 1) != 0) {
        return register;
      }
    }
    throw new IllegalStateException("no register is available");
  }
}
