package dev.whistler.compiler.ir;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Checks the invariants of a routine. For tests; a violation is a defect of the pass before.
 *
 * <ul>
 *   <li>Every block is reachable and terminated; edges are known to both ends.
 *   <li>A phi has an operand for each predecessor; two edges from one block to a block with phis do
 *       not occur.
 *   <li>An operand is a leaf or stands in a block, and its definition dominates the use.
 * </ul>
 */
public final class Verifier {
  private Verifier() {}

  /**
   * Checks.
   *
   * @throws IllegalStateException that names the violation and prints the routine
   */
  public static void check(Routine routine) {
    Set<Block> blocks = new HashSet<>(routine.blocks());
    require(routine, routine.reversePostOrder().size() == blocks.size(), () -> "unreachable block");
    Dominators dominators = routine.dominators();
    int[] index = new int[routine.valueCount()];
    for (Block block : routine.blocks()) {
      int at = 0;
      for (Value value : block.phis()) {
        require(routine, value.block() == block, () -> value + " is not where it stands");
        index[value.number()] = at;
      }
      for (Value value : block.instructions()) {
        require(routine, value.block() == block, () -> value + " is not where it stands");
        require(routine, !value.isLeaf(), () -> "leaf " + value + " stands in a block");
        index[value.number()] = ++at;
      }
      index[block.terminator().number()] = ++at;
    }
    for (Block block : routine.blocks()) {
      checkEdges(routine, block, blocks);
      for (Value phi : block.phis()) {
        require(
            routine,
            phi.operandCount() == block.predecessors().size(),
            () -> phi + " does not match the predecessors of " + block);
        for (int i = 0; i < phi.operandCount(); i++) {
          Block from = block.predecessors().get(i);
          Value operand = phi.operand(i);
          Block defining = operand.block();
          require(
              routine,
              operand.isLeaf()
                  || defining != null
                      && blocks.contains(defining)
                      && dominators.dominates(defining, from),
              () -> "operand " + operand + " of " + phi + " is not defined on its edge");
        }
      }
      for (Value value : block.instructions()) {
        checkOperands(routine, value, block, blocks, dominators, index);
      }
      checkOperands(routine, block.terminator(), block, blocks, dominators, index);
    }
  }

  private static void checkEdges(Routine routine, Block block, Set<Block> blocks) {
    List<Block> successors = block.successors();
    for (Block successor : successors) {
      require(
          routine,
          blocks.contains(successor) && successor.predecessors().contains(block),
          () -> "edge " + block + " to " + successor + " is not known to its target");
    }
    for (Block predecessor : block.predecessors()) {
      require(
          routine,
          blocks.contains(predecessor) && predecessor.successors().contains(block),
          () -> "edge " + predecessor + " to " + block + " is not known to its source");
    }
    require(
        routine,
        successors.size() < 2
            || successors.getFirst() != successors.getLast()
            || successors.getFirst().phis().isEmpty(),
        () -> "two edges from " + block + " to a block with phis");
  }

  private static void checkOperands(
      Routine routine,
      Value value,
      Block block,
      Set<Block> blocks,
      Dominators dominators,
      int[] index) {
    for (Value operand : value.operands()) {
      if (operand.isLeaf()) {
        continue;
      }
      Block home = operand.block();
      boolean defined =
          home != null
              && blocks.contains(home)
              && (home == block
                  ? index[operand.number()] < index[value.number()]
                  : dominators.dominates(home, block));
      require(
          routine, defined, () -> "operand " + operand + " of " + value + " is not defined before");
    }
  }

  /** Messages are only made where they are needed: this runs after every pass of every test. */
  private static void require(Routine routine, boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new IllegalStateException(message.get() + "\n" + Printer.print(routine));
    }
  }
}
