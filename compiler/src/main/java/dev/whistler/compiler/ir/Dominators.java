package dev.whistler.compiler.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dominator tree of a routine (K. Cooper, T. Harvey, K. Kennedy, 2001). A snapshot. */
public final class Dominators {
  private final List<Block> order;
  private final int[] position;
  private final int[] immediate;
  private final int[] enter;
  private final int[] leave;
  private final List<List<Block>> children = new ArrayList<>();

  /** Use {@link Routine#dominators}, which computes it once for all who ask. */
  Dominators(Routine routine) {
    order = routine.reversePostOrder();
    position = new int[routine.blockCount()];
    Arrays.fill(position, -1);
    for (int i = 0; i < order.size(); i++) {
      position[order.get(i).number()] = i;
      children.add(new ArrayList<>());
    }
    immediate = new int[order.size()];
    Arrays.fill(immediate, -1);
    immediate[0] = 0;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 1; i < order.size(); i++) {
        int dominator = -1;
        for (Block predecessor : order.get(i).predecessors()) {
          int p = position[predecessor.number()];
          if (p >= 0 && immediate[p] >= 0) {
            dominator = dominator < 0 ? p : intersect(p, dominator);
          }
        }
        if (dominator != immediate[i]) {
          immediate[i] = dominator;
          changed = true;
        }
      }
    }
    for (int i = 1; i < order.size(); i++) {
      children.get(immediate[i]).add(order.get(i));
    }
    enter = new int[order.size()];
    leave = new int[order.size()];
    number();
  }

  private int intersect(int a, int b) {
    int x = a;
    int y = b;
    while (x != y) {
      while (x > y) {
        x = immediate[x];
      }
      while (y > x) {
        y = immediate[y];
      }
    }
    return x;
  }

  private void number() {
    int clock = 0;
    int[] next = new int[order.size()];
    int current = 0;
    enter[0] = clock++;
    while (true) {
      List<Block> below = children.get(current);
      if (next[current] < below.size()) {
        current = position[below.get(next[current]++).number()];
        enter[current] = clock++;
      } else {
        leave[current] = clock++;
        if (current == 0) {
          return;
        }
        current = immediate[current];
      }
    }
  }

  /** Blocks in reverse post-order. */
  public List<Block> order() {
    return order;
  }

  /** Blocks that a block dominates immediately. */
  public List<Block> children(Block block) {
    return children.get(position[block.number()]);
  }

  /** The block that dominates a block immediately; null for the entry and what is not reached. */
  public @Nullable Block parent(Block block) {
    if (!isReached(block) || position[block.number()] == 0) {
      return null;
    }
    return order.get(immediate[position[block.number()]]);
  }

  private boolean isReached(Block block) {
    return block.number() < position.length && position[block.number()] >= 0;
  }

  /**
   * Whether every path to {@code b} goes through {@code a}. No answer is claimed about blocks that
   * were not reached, or not there, when this was computed: false.
   */
  public boolean dominates(Block a, Block b) {
    if (!isReached(a) || !isReached(b)) {
      return false;
    }
    int x = position[a.number()];
    int y = position[b.number()];
    return enter[x] <= enter[y] && leave[y] <= leave[x];
  }

  /**
   * The place of a block in a walk through the tree; those of the blocks that it dominates lie
   * between it and {@link #leave}. -1 for a block that was not reached.
   */
  public int enter(Block block) {
    return isReached(block) ? enter[position[block.number()]] : -1;
  }

  /** The end of a block's part of the walk, or -1. */
  public int leave(Block block) {
    return isReached(block) ? leave[position[block.number()]] : -1;
  }

  /** Whether an edge from {@code from} to {@code to} closes a loop. */
  public boolean isBackEdge(Block from, Block to) {
    return position[to.number()] <= position[from.number()];
  }
}
