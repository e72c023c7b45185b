package dev.whistler.compiler.ir;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A walk through the dominator tree: a block before those that it dominates. What is noted in a
 * block holds below it and is undone before the walk goes on elsewhere. The tree is that of the
 * start; its depth is no depth of calls.
 */
public abstract class DominatorWalk {
  private final Routine routine;

  /** Blocks to visit, and between them what is to be undone. */
  private final Deque<Runnable> work = new ArrayDeque<>();

  protected DominatorWalk(Routine routine) {
    this.routine = routine;
  }

  /** Visits all blocks that are reached. */
  public final void run() {
    Dominators dominators = routine.dominators();
    work.push(() -> visit(routine.entry(), dominators));
    while (!work.isEmpty()) {
      work.pop().run();
    }
  }

  private void visit(Block block, Dominators dominators) {
    enter(block);
    for (Block child : dominators.children(block)) {
      work.push(() -> visit(child, dominators));
    }
  }

  /** Looks at a block, or changes its instructions. */
  protected abstract void enter(Block block);

  /** Undoes something once all is visited that the present block dominates; the last one first. */
  protected final void onLeave(Runnable undo) {
    work.push(undo);
  }

  /**
   * Puts an entry into a map for what the present block dominates.
   *
   * @return the value that the key has already and keeps, or null
   */
  protected final <K, V> @Nullable V putIfAbsent(Map<K, V> map, K key, V value) {
    V before = map.putIfAbsent(key, value);
    if (before == null) {
      onLeave(() -> map.remove(key));
    }
    return before;
  }
}
