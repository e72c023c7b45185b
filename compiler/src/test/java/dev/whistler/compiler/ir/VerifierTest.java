package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.type.ScalarType;
import org.junit.jupiter.api.Test;

/** Each invariant of a routine, broken on purpose, gives its own message and the routine's text. */
class VerifierTest extends Graph {
  private Value sum(Value left, Value right) {
    return value(new Operation.Binary(Operator.ADD, false), left, right);
  }

  /** The arms of a conditional and where they meet. */
  private Block[] diamond() {
    Block[] blocks = {routine.newBlock(), routine.newBlock(), routine.newBlock()};
    branch(entry, blocks[0], blocks[1]);
    jump(blocks[0], blocks[2]);
    jump(blocks[1], blocks[2]);
    return blocks;
  }

  private Value phi(Block block, Value... operands) {
    Value phi = value(new Operation.Phi(), operands);
    block.appendPhi(phi);
    return phi;
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> Verifier.check(routine))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(message + "\n")
        .hasMessageContaining("b0:");
  }

  @Test
  void whatIsRightIsAccepted() {
    Block[] arms = diamond();
    Value first = number(arms[0]);
    Value merged = phi(arms[2], first, routine.constant(7));
    leave(arms[2], merged);

    assertThatCode(() -> Verifier.check(routine)).doesNotThrowAnyException();
  }

  @Test
  void aLoopMayUseWhatItMadeTheTimeBefore() {
    Block header = routine.newBlock();
    Block end = routine.newBlock();
    jump(entry, header);
    Value counter = phi(header, routine.constant(0));
    Value next = sum(counter, routine.constant(1));
    header.append(next);
    branch(header, header, end);
    header.completePhi(counter, next);
    leave(end, next);

    assertThatCode(() -> Verifier.check(routine)).doesNotThrowAnyException();
  }

  @Test
  void aBlockThatNothingLeadsTo() {
    leave(entry, routine.constant(0));
    leave(routine.newBlock(), routine.constant(0));

    assertRefused("unreachable block");
  }

  @Test
  void aBlockWithoutAnEnd() {
    assertThatThrownBy(() -> Verifier.check(routine)).hasMessage("block 0 has no terminator yet");
  }

  @Test
  void aValueThatSaysItStandsElsewhere() {
    Block next = routine.newBlock();
    Value value = number(entry);
    jump(entry, next);
    leave(next, value);
    value.block = next;

    assertRefused(value + " is not where it stands");
  }

  @Test
  void aPhiThatSaysItStandsElsewhere() {
    Block[] arms = diamond();
    Value phi = phi(arms[2], routine.constant(1), routine.constant(2));
    leave(arms[2], phi);
    phi.block = entry;

    assertRefused(phi + " is not where it stands");
  }

  @Test
  void aConstantInABlock() {
    entry.append(routine.constant(5));
    leave(entry, routine.constant(5));

    assertRefused("leaf 5 stands in a block");
  }

  @Test
  void anEdgeToABlockOfAnotherRoutine() {
    Block own = routine.newBlock();
    leave(own, routine.constant(0));
    Routine other = newRoutine();
    Block foreign = other.newBlock();
    foreign.terminate(
        other.newValue(new Operation.Return(), ScalarType.U64, HERE, other.constant(0)));
    jump(entry, foreign);

    assertRefused("edge b0 to b1 is not known to its target");
  }

  @Test
  void anEdgeFromABlockOfAnotherRoutine() {
    Block next = routine.newBlock();
    jump(entry, next);
    leave(next, routine.constant(0));
    Routine other = newRoutine();
    Block foreign = other.newBlock();
    foreign.terminate(other.newValue(new Operation.Jump(), ScalarType.U64, HERE), next);

    assertRefused("edge b1 to b1 is not known to its source");
  }

  @Test
  void bothWaysOfABranchToABlockWithPhis() {
    Block end = routine.newBlock();
    branch(entry, end, end);
    Value phi = phi(end, routine.constant(1), routine.constant(2));
    leave(end, phi);

    assertRefused("two edges from b0 to a block with phis");
  }

  @Test
  void aPhiWithoutAnOperandForEachWay() {
    Block[] arms = diamond();
    Value phi = phi(arms[2], routine.constant(1));
    leave(arms[2], phi);

    assertRefused(phi + " does not match the predecessors of b3");
  }

  @Test
  void aPhiOfWhatTheOtherArmMade() {
    Block[] arms = diamond();
    Value first = number(arms[0]);
    Value phi = phi(arms[2], routine.constant(1), first);
    leave(arms[2], phi);

    assertRefused("operand " + first + " of " + phi + " is not defined on its edge");
  }

  @Test
  void aUseBeforeTheDefinition() {
    Value late = value(new Operation.Parameter(0));
    Value early = sum(late, routine.constant(1));
    entry.append(early);
    entry.append(late);
    leave(entry, early);

    assertRefused("operand " + late + " of " + early + " is not defined before");
  }

  @Test
  void aUseBehindAnArmThatMayNotHaveBeenTaken() {
    Block[] arms = diamond();
    Value first = number(arms[0]);
    Value sum = sum(first, routine.constant(1));
    arms[2].append(sum);
    leave(arms[2], sum);

    assertRefused("operand " + first + " of " + sum + " is not defined before");
  }

  @Test
  void aResultThatStandsNowhere() {
    Value lost = value(new Operation.Parameter(0));
    leave(entry, lost);

    assertRefused("operand " + lost + " of " + entry.terminator() + " is not defined before");
  }
}
