package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;

/**
 * Base-2 logarithm by halving: each step asks whether the upper half of the remaining bits is
 * empty. About 20 instructions; a version without branches takes 36.
 */
final class Logarithm {
  private Logarithm() {}

  static Value lower(Builder builder, Value operand) {
    if (builder.isDead()) {
      return operand;
    }
    // 2^32 is no immediate operand, so the first step looks at the shifted word instead.
    Value rest =
        builder.binary(Operator.SHIFT_RIGHT, operand, builder.constant(32), ScalarType.U64);
    Value result = builder.constant(32);
    Block start = builder.block();
    Block upper = builder.routine().newBlock();
    Block join = builder.routine().newBlock();
    builder.branch(Relation.EQUAL, rest, builder.constant(0), join, upper);
    builder.continueIn(upper);
    builder.jump(join);
    assert join.predecessors().equals(List.of(start, upper));
    rest = builder.merge(join, List.of(operand, rest), ScalarType.U64);
    result = builder.merge(join, List.of(builder.constant(0), result), ScalarType.U64);
    builder.continueIn(join);
    for (int bits = 16; bits >= 2; bits /= 2) {
      upper = builder.routine().newBlock();
      join = builder.routine().newBlock();
      builder.branch(Relation.LESS, rest, builder.constant(1L << bits), join, upper);
      builder.continueIn(upper);
      Value shifted = builder.binary(Operator.SHIFT_RIGHT, rest, bits);
      Value sum = builder.binary(Operator.ADD, result, builder.constant(bits), ScalarType.U64);
      builder.jump(join);
      rest = builder.merge(join, List.of(rest, shifted), ScalarType.U64);
      result = builder.merge(join, List.of(result, sum), ScalarType.U64);
      builder.continueIn(join);
    }
    // What remains is below 4: its upper bit is the last step.
    Value last = builder.binary(Operator.SHIFT_RIGHT, rest, 1);
    return builder.binary(Operator.ADD, result, last, ScalarType.U64);
  }
}
