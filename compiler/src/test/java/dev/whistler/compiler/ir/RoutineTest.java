package dev.whistler.compiler.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutineTest extends Graph {
  /** What tests know of a pass that says it changed nothing. */
  @Test
  void theFingerprintTellsChanges() {
    Block left = routine.newBlock();
    Block right = routine.newBlock();
    Value number = number(entry);
    Value sum = value(new Operation.Binary(Operator.ADD, false), number, routine.constant(1));
    entry.append(sum);
    branch(entry, sum, left, right);
    Value branch = entry.terminator();
    leave(left, sum);
    leave(right, number);

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
            () -> number(entry));
    for (Runnable change : changes) {
      long last = routine.fingerprint();
      change.run();
      assertThat(routine.fingerprint()).isNotIn(before, last);
    }
  }
}
