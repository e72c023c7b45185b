package dev.whistler.compiler.ir;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends instructions at the place where the lowering is. After a return there is no such place
 * ({@link #isDead}); what is appended then goes nowhere.
 */
final class Builder {
  /** Intermediate instructions of a program (section 22). */
  private static final int LIMIT = 200_000;

  private final Routine routine;
  private @Nullable Block block;
  private Origin origin;

  Builder(Routine routine) {
    this.routine = routine;
    this.block = routine.entry();
    this.origin = routine.origin();
  }

  Routine routine() {
    return routine;
  }

  /** Whether control cannot get here. */
  boolean isDead() {
    return block == null;
  }

  /** The form that the next instructions come from. */
  Origin origin() {
    return origin;
  }

  void at(Origin next) {
    origin = next;
  }

  /** Continues at the end of a block, or nowhere. */
  void continueIn(@Nullable Block next) {
    block = next;
  }

  Block block() {
    if (block == null) {
      throw new IllegalStateException("no place to append to");
    }
    return block;
  }

  Value emit(Operation operation, StaticType type, Value... operands) {
    Value value = routine.newValue(operation, type, origin, operands);
    if (value.number() > LIMIT) {
      throw new BackEndException(
          Message.TOO_MANY_INTERMEDIATE_INSTRUCTIONS, origin, routine.symbol());
    }
    if (block != null) {
      block.append(value);
    }
    return value;
  }

  Value constant(long value) {
    return routine.constant(value);
  }

  Value binary(Operator operator, Value left, Value right, StaticType type) {
    if (operator == Operator.ADD && right.operation() instanceof Operation.Constant c) {
      if (c.value() == 0) {
        return left;
      }
      if (left.operation() instanceof Operation.StackAddress address
          && -Short.MAX_VALUE <= c.value()
          && c.value() <= Short.MAX_VALUE) {
        return routine.leaf(
            new Operation.StackAddress(
                address.object(), (int) (address.displacement() + c.value())));
      }
    }
    return emit(new Operation.Binary(operator, false), type, left, right);
  }

  Value binary(Operator operator, Value left, long right) {
    return binary(operator, left, constant(right), left.type());
  }

  Value extend(ScalarType scalar, Value value) {
    return scalar.width() == 8 ? value : emit(new Operation.Extend(scalar), scalar, value);
  }

  Value call(Helper helper, StaticType type, Value... arguments) {
    return emit(new Operation.Call(helper), type, arguments);
  }

  void jump(Block target) {
    terminate(new Operation.Jump(), List.of(), target);
  }

  void branch(Relation relation, Value left, Value right, Block holds, Block otherwise) {
    terminate(new Operation.Branch(relation, false), List.of(left, right), holds, otherwise);
  }

  void ret(Value value) {
    terminate(new Operation.Return(), List.of(value));
  }

  private void terminate(Operation operation, List<Value> operands, Block... targets) {
    if (block != null) {
      block.terminate(
          routine.newValue(operation, ScalarType.U64, origin, operands.toArray(new Value[0])),
          targets);
      block = null;
    }
  }

  /** The common value of all edges into a block, or a phi. */
  Value merge(Block target, List<Value> values, StaticType type) {
    Value first = values.getFirst();
    if (Collections.frequency(values, first) == values.size()) {
      return first;
    }
    Value phi = routine.newValue(new Operation.Phi(), type, origin, values.toArray(new Value[0]));
    target.appendPhi(phi);
    return phi;
  }
}
