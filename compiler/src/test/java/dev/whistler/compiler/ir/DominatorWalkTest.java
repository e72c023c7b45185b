package dev.whistler.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is noted in a block is known below it and nowhere else. */
class DominatorWalkTest extends Graph {
  /** Notes each block, and what it sees of the notes of others. */
  private static final class Notes extends DominatorWalk {
    final Map<Block, String> seen = new HashMap<>();
    final List<String> undone = new ArrayList<>();
    final Map<String, Integer> notes = new HashMap<>();

    Notes(Routine routine) {
      super(routine);
    }

    @Override
    protected void enter(Block block) {
      seen.put(block, String.join(" ", new TreeSet<>(notes.keySet())));
      putIfAbsent(notes, block.toString(), block.number());
      onLeave(() -> undone.add(block.toString()));
    }
  }

  private Notes walk() {
    Notes notes = new Notes(routine);
    notes.run();
    return notes;
  }

  @Test
  void anArmKnowsNothingOfTheOtherAndTheJoinOfNeither() {
    Block then = routine.newBlock();
    Block inner = routine.newBlock();
    Block otherwise = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, then, otherwise);
    jump(then, inner);
    jump(inner, end);
    jump(otherwise, end);
    leave(end);

    Notes notes = walk();
    assertThat(notes.seen)
        .containsOnly(
            Map.entry(entry, ""),
            Map.entry(then, "b0"),
            Map.entry(inner, "b0 b1"),
            Map.entry(otherwise, "b0"),
            Map.entry(end, "b0"));
    assertThat(notes.notes).isEmpty();
    assertThat(notes.undone).hasSize(5).endsWith("b0").containsSubsequence("b2", "b1");
  }

  @Test
  void aLoopsBodyKnowsItsHeaderAndNothingOfTheRoundBefore() {
    Block header = routine.newBlock();
    Block body = routine.newBlock();
    Block after = routine.newBlock();
    jump(entry, header);
    branch(header, body, after);
    jump(body, header);
    leave(after);

    Notes notes = walk();
    assertThat(notes.seen).containsEntry(header, "b0").containsEntry(body, "b0 b1");
    assertThat(notes.seen).containsEntry(after, "b0 b1");
  }

  @Test
  void whatAKeyHasAlreadyStaysBelowAndIsUndoneAbove() {
    Block below = routine.newBlock();
    jump(entry, below);
    leave(below);
    List<Integer> before = new ArrayList<>();
    Map<String, Integer> map = new HashMap<>();
    new DominatorWalk(routine) {
      @Override
      protected void enter(Block block) {
        Integer known = putIfAbsent(map, "key", block.number());
        before.add(known == null ? -1 : known);
      }
    }.run();

    assertThat(before).containsExactly(-1, 0);
    assertThat(map).isEmpty();
  }

  @Test
  void aBlockThatIsNotReachedIsNotVisited() {
    Block lost = routine.newBlock();
    leave(entry);
    leave(lost);

    assertThat(walk().seen).containsOnlyKeys(entry);
  }
}
