package dev.whistler.compiler.ir;

import static dev.whistler.compiler.emit.Tree.HERE;

import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.OptionalLong;

/** A routine that a test puts together block by block; only the ways between them matter. */
abstract class Graph {
  final Routine routine = newRoutine();
  final Block entry = routine.entry();

  static Routine newRoutine() {
    return new Routine("p", true, 1, OptionalLong.empty(), HERE);
  }

  final Value value(Operation operation, Value... operands) {
    return routine.newValue(operation, ScalarType.U64, HERE, operands);
  }

  /** A value that depends on nothing and stands in a block. */
  final Value number(Block block) {
    Value value = value(new Operation.Parameter(0));
    block.append(value);
    return value;
  }

  final void jump(Block from, Block to) {
    from.terminate(value(new Operation.Jump()), to);
  }

  final void branch(Block from, Block holds, Block otherwise) {
    branch(from, routine.constant(0), holds, otherwise);
  }

  /** Goes on by whether a value is 0. */
  final void branch(Block from, Value tested, Block holds, Block otherwise) {
    Operation test = new Operation.Branch(Relation.EQUAL, false);
    from.terminate(value(test, tested, routine.constant(0)), holds, otherwise);
  }

  final Value leave(Block from) {
    return leave(from, routine.constant(0));
  }

  final Value leave(Block from, Value result) {
    Value exit = value(new Operation.Return(), result);
    from.terminate(exit);
    return exit;
  }
}
