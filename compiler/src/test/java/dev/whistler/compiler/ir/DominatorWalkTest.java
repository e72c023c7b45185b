package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is noted in a block is known below it and nowhere else. */
class DominatorWalkTest {
  private final Routine routine = new Routine("p", true, 1, OptionalLong.empty(), HERE);
  private final Block entry = routine.entry();

  private void jump(Block from, Block to) {
    from.terminate(routine.newValue(new Operation.Jump(), ScalarType.U64, HERE), to);
  }

  private void branch(Block from, Block holds, Block otherwise) {
    Value zero = routine.constant(0);
    Operation test = new Operation.Branch(Relation.EQUAL, false);
    from.terminate(routine.newValue(test, ScalarType.U64, HERE, zero, zero), holds, otherwise);
  }

  private void leave(Block from) {
    Value zero = routine.constant(0);
    from.terminate(routine.newValue(new Operation.Return(), ScalarType.U64, HERE, zero));
  }

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
