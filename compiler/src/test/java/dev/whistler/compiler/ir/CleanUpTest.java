package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each step of the clean-up on a graph that needs it, and on one that it must leave alone. */
class CleanUpTest {
  private final Routine routine = new Routine("p", true, 1, OptionalLong.empty(), HERE);
  private final Block entry = routine.entry();

  private void jump(Block from, Block to) {
    from.terminate(routine.newValue(new Operation.Jump(), ScalarType.U64, HERE), to);
  }

  private void branch(Block from, Block holds, Block otherwise) {
    Operation test = new Operation.Branch(Relation.EQUAL, false);
    from.terminate(
        routine.newValue(test, ScalarType.U64, HERE, number(from), routine.constant(0)),
        holds,
        otherwise);
  }

  private Value leave(Block from, Value result) {
    Value exit = routine.newValue(new Operation.Return(), ScalarType.U64, HERE, result);
    from.terminate(exit);
    return exit;
  }

  private void leave(Block from) {
    leave(from, routine.constant(0));
  }

  /** Something to do for a block. */
  private Value number(Block block) {
    Value value = routine.newValue(new Operation.Parameter(0), ScalarType.U64, HERE);
    block.append(value);
    return value;
  }

  private Value phi(Block block, long... operands) {
    Value phi = routine.newValue(new Operation.Phi(), ScalarType.U64, HERE);
    block.appendPhi(phi);
    for (long operand : operands) {
      block.completePhi(phi, routine.constant(operand));
    }
    return phi;
  }

  @AfterEach
  void theRoutineIsWellFormed() {
    CleanUp.removeUnreachable(routine);
    Verifier.check(routine);
  }

  @Test
  void whatNothingLeadsToGoesWithItsValues() {
    Block lost = routine.newBlock();
    Block end = routine.newBlock();
    jump(entry, end);
    jump(lost, end);
    Value phi = phi(end, 1, 2);
    leave(end, phi);

    assertThat(CleanUp.removeUnreachable(routine)).isTrue();
    assertThat(routine.blocks()).containsExactly(entry, end);
    assertThat(phi.operands()).containsExactly(routine.constant(1));
    assertThat(CleanUp.removeUnreachable(routine)).isFalse();
  }

  @Test
  void aLoopThatNothingLeadsToGoes() {
    Block lost = routine.newBlock();
    leave(entry);
    jump(lost, lost);

    assertThat(CleanUp.removeUnreachable(routine)).isTrue();
    assertThat(routine.blocks()).containsExactly(entry);
  }

  @Test
  void aBranchWhoseWaysAreOneIsAJump() {
    Block end = routine.newBlock();
    branch(entry, end, end);
    leave(end);

    assertThat(CleanUp.joinWays(routine)).isTrue();
    assertThat(entry.successors()).containsExactly(end);
    assertThat(end.predecessors()).containsExactly(entry);
    assertThat(CleanUp.joinWays(routine)).isFalse();
  }

  @Test
  void aBlockThatOnlyJumpsOnIsPassedBy() {
    Block first = routine.newBlock();
    Block second = routine.newBlock();
    Block body = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, first, body);
    jump(first, second);
    jump(second, end);
    number(body);
    jump(body, end);
    Value phi = phi(end, 1, 2);
    leave(end, phi);

    assertThat(CleanUp.skipEmpty(routine)).isTrue();
    CleanUp.removeUnreachable(routine);
    assertThat(routine.blocks()).containsExactly(entry, body, end);
    assertThat(entry.successors()).containsExactly(end, body);
    assertThat(phi.operand(end.predecessors().indexOf(entry))).isSameAs(routine.constant(1));
    assertThat(phi.operand(end.predecessors().indexOf(body))).isSameAs(routine.constant(2));
    assertThat(CleanUp.skipEmpty(routine)).isFalse();
  }

  @Test
  void anEmptyBlockStaysWhereItTellsTheWaysApart() {
    Block empty = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, empty, end);
    jump(empty, end);
    leave(end, phi(end, 1, 2));

    assertThat(CleanUp.skipEmpty(routine)).isFalse();
    assertThat(routine.blocks()).hasSize(3);
  }

  @Test
  void anEmptyLoopStays() {
    Block loop = routine.newBlock();
    jump(entry, loop);
    jump(loop, loop);

    assertThat(CleanUp.skipEmpty(routine)).isFalse();
  }

  @Test
  void blocksInARowAreOne() {
    Block middle = routine.newBlock();
    Block end = routine.newBlock();
    Value first = number(entry);
    jump(entry, middle);
    Value phi = phi(middle, 7);
    Value second = number(middle);
    jump(middle, end);
    Value exit = leave(end, phi);

    assertThat(CleanUp.merge(routine)).isTrue();
    assertThat(routine.blocks()).containsExactly(entry);
    assertThat(entry.instructions()).containsExactly(first, second);
    assertThat(entry.terminator()).isSameAs(exit);
    assertThat(exit.operand(0)).isSameAs(routine.constant(7));
    assertThat(CleanUp.merge(routine)).isFalse();
  }

  @Test
  void aBlockWithTwoWaysInOrTwoWaysOutIsNotMerged() {
    Block header = routine.newBlock();
    Block body = routine.newBlock();
    Block end = routine.newBlock();
    jump(entry, header);
    branch(header, body, end);
    number(body);
    jump(body, header);
    leave(end);

    assertThat(CleanUp.merge(routine)).isFalse();
    assertThat(routine.blocks()).hasSize(4);
  }

  @Test
  void aDecidedBranchKeepsOneEdge() {
    Block then = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, then, end);
    number(then);
    jump(then, end);
    Value phi = phi(end, 1, 2);
    leave(end, phi);

    CleanUp.keepEdge(routine, entry, 1);
    CleanUp.removeUnreachable(routine);
    assertThat(entry.successors()).containsExactly(end);
    assertThat(phi.operands()).containsExactly(routine.constant(1));
  }
}
