package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.CleanUp;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import java.util.List;

/**
 * Where both ways from a branch begin with the same test, and go on alike on one side of it, that
 * test is made once and first: {@code c ? (t ? x : end) : (t ? y : end)} becomes {@code t ? (c ? x
 * : y) : end}. What either test shows still holds on each way to {@code x} and {@code y}; at {@code
 * end} nothing could be known of {@code c}.
 */
final class SharedTests implements Pass {
  @Override
  public String name() {
    return "shared-tests";
  }

  @Override
  public boolean run(Routine routine) {
    boolean changed = false;
    for (Block block : List.copyOf(routine.blocks())) {
      // The second test may itself be one that both ways begin with.
      while (turn(block)) {
        changed = true;
      }
    }
    if (changed) {
      CleanUp.removeUnreachable(routine);
    }
    return changed;
  }

  private static boolean turn(Block block) {
    Test choice = Test.of(block.terminator());
    if (choice == null || !(block.terminator().operation() instanceof Operation.Branch)) {
      return false;
    }
    Block holds = block.successors().getFirst();
    Block otherwise = block.successors().getLast();
    if (holds == otherwise || !isOnlyATest(holds) || !isOnlyATest(otherwise)) {
      return false;
    }
    Test test = Test.of(holds.terminator());
    int common = commonWay(holds, otherwise);
    if (test == null || common < 0 || !test.equals(Test.of(otherwise.terminator()))) {
      return false;
    }
    turn(block, choice, test, common);
    return true;
  }

  private static boolean isOnlyATest(Block block) {
    return block.phis().isEmpty()
        && block.instructions().isEmpty()
        && block.predecessors().size() == 1
        && block.terminator().operation() instanceof Operation.Branch;
  }

  /**
   * The side of their tests on which two blocks go on alike, while the other sides differ; or -1.
   */
  private static int commonWay(Block a, Block b) {
    for (int side = 0; side < 2; side++) {
      Block end = a.successors().get(side);
      Block x = a.successors().get(1 - side);
      Block y = b.successors().get(1 - side);
      if (end == b.successors().get(side) && x != y && x != end && y != end) {
        int fromA = a.edge(side);
        int fromB = b.edge(side);
        boolean alike =
            end.phis().stream().allMatch(phi -> phi.operand(fromA) == phi.operand(fromB));
        return alike ? side : -1;
      }
    }
    return -1;
  }

  /** The block makes the test; the first way from it then makes the choice. */
  private static void turn(Block block, Test choice, Test test, int common) {
    Block chooser = block.successors().getFirst();
    Block gone = block.successors().getLast();
    Block end = chooser.successors().get(common);
    redirect(block, 1, end, chooser.edge(common));
    become(block.terminator(), common == 1 ? test : test.inverse());
    Block other = gone.successors().get(1 - common);
    redirect(chooser, common, other, gone.edge(1 - common));
    become(chooser.terminator(), common == 1 ? choice : choice.inverse());
  }

  /** Leads an edge elsewhere, with what another edge brings there. */
  private static void redirect(Block from, int side, Block to, int alike) {
    List<Value> operands = to.phis().stream().map(phi -> phi.operand(alike)).toList();
    from.redirect(side, to);
    for (int i = 0; i < operands.size(); i++) {
      to.completePhi(to.phis().get(i), operands.get(i));
    }
  }

  private static void become(Value terminator, Test test) {
    terminator.become(test.branch(), test.a(), test.b());
  }
}
