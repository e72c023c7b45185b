package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns comparisons used as values into branches around a 0: eBPF has no instruction that sets a
 * register by a comparison.
 */
final class ExpandCompares implements Pass {
  @Override
  public String name() {
    return "expand-compares";
  }

  @Override
  public boolean run(Routine routine) {
    Replacements replacements = new Replacements();
    for (Block block : List.copyOf(routine.blocks())) {
      Block current = block;
      int index = find(current);
      while (index >= 0) {
        Value compare = current.instructions().get(index);
        Operation.Compare operation = (Operation.Compare) compare.operation();
        Block zero = routine.newBlock();
        Block rest = routine.newBlock();
        current.moveTail(index + 1, rest);
        current.setInstructions(new ArrayList<>(current.instructions().subList(0, index)));
        current.terminate(
            routine.newValue(
                new Operation.Branch(operation.relation(), operation.narrow()),
                ScalarType.U64,
                compare.origin(),
                compare.operand(0),
                compare.operand(1)),
            rest,
            zero);
        zero.terminate(
            routine.newValue(new Operation.Jump(), ScalarType.U64, compare.origin()), rest);
        Value phi =
            routine.newValue(
                new Operation.Phi(),
                ScalarType.U64,
                compare.origin(),
                routine.constant(1),
                routine.constant(0));
        rest.appendPhi(phi);
        replacements.put(compare, phi);
        current = rest;
        index = find(current);
      }
    }
    routine.replaceAll(replacements);
    return !replacements.isEmpty();
  }

  private static int find(Block block) {
    List<Value> instructions = block.instructions();
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i).operation() instanceof Operation.Compare) {
        return i;
      }
    }
    return -1;
  }
}
