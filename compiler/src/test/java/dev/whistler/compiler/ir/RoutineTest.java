package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RoutineTest {
  private final Routine routine = new Routine("p", true, 1, OptionalLong.empty(), HERE);

  private Value value(Operation operation, Value... operands) {
    return routine.newValue(operation, ScalarType.U64, HERE, operands);
  }

  /** What tests know of a pass that says it changed nothing. */
  @Test
  void theFingerprintTellsChanges() {
    Block entry = routine.entry();
    Block left = routine.newBlock();
    Block right = routine.newBlock();
    Value number = value(new Operation.Parameter(0));
    Value sum = value(new Operation.Binary(Operator.ADD, false), number, routine.constant(1));
    entry.append(number);
    entry.append(sum);
    Value branch = value(new Operation.Branch(Relation.EQUAL, false), sum, routine.constant(2));
    entry.terminate(branch, left, right);
    left.terminate(value(new Operation.Return(), sum));
    right.terminate(value(new Operation.Return(), number));

    long before = routine.fingerprint();
    assertThat(routine.fingerprint()).isEqualTo(before);
    List<Runnable> changes =
        List.of(
            () -> sum.setOperand(1, routine.constant(3)),
            () -> sum.setOperand(0, sum),
            () -> sum.become(new Operation.Binary(Operator.ADD, true), number, routine.constant(1)),
            () ->
                branch.become(
                    new Operation.Branch(Relation.EQUAL, true),
                    branch.operands().toArray(Value[]::new)),
            () -> entry.append(value(new Operation.Parameter(0))));
    for (Runnable change : changes) {
      long last = routine.fingerprint();
      change.run();
      assertThat(routine.fingerprint()).isNotIn(before, last);
    }
  }
}
