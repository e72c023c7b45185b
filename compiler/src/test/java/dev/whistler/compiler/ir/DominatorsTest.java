package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which block every path to another one goes through, in the shapes that programs have. */
class DominatorsTest extends Graph {
  @Test
  void theEntryDominatesAllAndEachBlockItself() {
    Block next = routine.newBlock();
    jump(entry, next);
    leave(next);

    Dominators dominators = routine.dominators();
    assertThat(dominators.parent(entry)).isNull();
    assertThat(dominators.parent(next)).isSameAs(entry);
    assertThat(dominators.dominates(entry, next)).isTrue();
    assertThat(dominators.dominates(next, next)).isTrue();
    assertThat(dominators.dominates(next, entry)).isFalse();
  }

  @Test
  void neitherArmOfAConditionalDominatesItsEnd() {
    Block then = routine.newBlock();
    Block otherwise = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, then, otherwise);
    jump(then, end);
    jump(otherwise, end);
    leave(end);

    Dominators dominators = routine.dominators();
    assertThat(dominators.parent(end)).isSameAs(entry);
    assertThat(dominators.dominates(then, end)).isFalse();
    assertThat(dominators.dominates(otherwise, end)).isFalse();
    assertThat(dominators.dominates(then, otherwise)).isFalse();
    assertThat(dominators.children(entry)).containsExactlyInAnyOrder(then, otherwise, end);
  }

  @Test
  void anArmThatLeavesMakesTheOtherOneDominate() {
    Block tooShort = routine.newBlock();
    Block body = routine.newBlock();
    Block end = routine.newBlock();
    branch(entry, tooShort, body);
    leave(tooShort);
    jump(body, end);
    leave(end);

    assertThat(routine.dominators().dominates(body, end)).isTrue();
    assertThat(routine.dominators().parent(end)).isSameAs(body);
  }

  @Test
  void aLoopsHeaderDominatesItsBodyAndWhatFollows() {
    Block header = routine.newBlock();
    Block body = routine.newBlock();
    Block after = routine.newBlock();
    jump(entry, header);
    branch(header, body, after);
    jump(body, header);
    leave(after);

    Dominators dominators = routine.dominators();
    assertThat(dominators.dominates(header, body)).isTrue();
    assertThat(dominators.dominates(header, after)).isTrue();
    assertThat(dominators.dominates(body, header)).isFalse();
    assertThat(dominators.isBackEdge(body, header)).isTrue();
    assertThat(dominators.isBackEdge(header, body)).isFalse();
  }

  @Test
  void theWalkEntersABlockBeforeThoseThatItDominates() {
    Block then = routine.newBlock();
    Block inner = routine.newBlock();
    Block otherwise = routine.newBlock();
    branch(entry, then, otherwise);
    jump(then, inner);
    leave(inner);
    leave(otherwise);

    Dominators dominators = routine.dominators();
    assertThat(dominators.enter(entry)).isZero();
    assertThat(dominators.enter(inner))
        .isGreaterThan(dominators.enter(then))
        .isLessThan(dominators.leave(then));
    assertThat(dominators.leave(inner)).isLessThan(dominators.leave(then));
  }

  @Test
  void nothingIsClaimedAboutABlockThatIsNotReached() {
    Block lost = routine.newBlock();
    leave(entry);
    leave(lost);

    Dominators dominators = routine.dominators();
    assertThat(dominators.dominates(entry, lost)).isFalse();
    assertThat(dominators.dominates(lost, lost)).isFalse();
    assertThat(dominators.parent(lost)).isNull();
    assertThat(dominators.enter(lost)).isEqualTo(-1);
    assertThat(dominators.leave(lost)).isEqualTo(-1);
  }

  @Test
  void aSnapshotIsKeptUntilAnEdgeChanges() {
    Block next = routine.newBlock();
    jump(entry, next);
    leave(next);

    Dominators before = routine.dominators();
    assertThat(routine.dominators()).isSameAs(before);
    Block middle = routine.split(entry, 0, HERE);
    assertThat(routine.dominators()).isNotSameAs(before);
    assertThat(routine.dominators().dominates(middle, next)).isTrue();
    assertThat(before.dominates(middle, next)).isFalse();
  }
}
