package dev.whistler.compiler.emit;

import dev.whistler.compiler.flow.DepthFirst;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The order of blocks: what is reached by falling through follows, and nothing unreachable is kept.
 */
final class BlockLayout {
  /** The name by which tests switch off {@link MachineCleanUp}, but for empty blocks. */
  static final String NAME = "layout";

  private BlockLayout() {}

  static void arrange(MachineRoutine machine, int instructionSet, Set<String> disabled) {
    MachineCleanUp cleanUp = new MachineCleanUp(machine);
    var _ = cleanUp.skipEmpty();
    if (!disabled.contains(NAME)) {
      cleanUp.run();
    }
    order(machine, instructionSet);
  }

  /**
   * Reverse post-order: a block stands after those that lead to it, and close to them. Where a jump
   * would go to the next block it is turned round.
   */
  private static void order(MachineRoutine machine, int instructionSet) {
    List<MachineBlock> order = DepthFirst.reversePostOrder(List.of(machine.blocks.getFirst()));
    machine.blocks.clear();
    machine.blocks.addAll(order);
    for (int i = 0; i + 1 < order.size(); i++) {
      MachineBlock block = order.get(i);
      if (block.jump != null && block.taken == order.get(i + 1)) {
        invert(block, instructionSet);
      }
    }
  }

  /** Turns a jump round, if the instruction set has the opposite relation. */
  private static void invert(MachineBlock block, int instructionSet) {
    MachineInstruction jump = Objects.requireNonNull(block.jump);
    int operation = Opcode.operation(jump.opcode);
    for (Relation relation : Relation.values()) {
      Relation inverse = Relations.inverse(relation);
      if (Opcode.jump(relation) == operation && Relations.isSupported(inverse, instructionSet)) {
        jump.opcode = jump.opcode - operation | Opcode.jump(inverse);
        MachineBlock taken = block.taken;
        block.taken = block.next;
        block.next = taken;
        return;
      }
    }
  }
}
