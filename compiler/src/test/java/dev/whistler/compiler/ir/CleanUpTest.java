package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.type.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each step of the clean-up on a graph that needs it, and on one that it must leave alone. */
class CleanUpTest extends Graph {
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
    branch(entry, number(entry), end, end);
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
    branch(entry, number(entry), first, body);
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
    branch(entry, number(entry), empty, end);
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
    branch(header, number(header), body, end);
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
    branch(entry, number(entry), then, end);
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
