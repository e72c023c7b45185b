package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Machine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.Region;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order of blocks and what becomes of their jumps and ends. Registers are chosen already. */
class BlockLayoutTest {
  private final MachineRoutine machine = routine();
  private final MachineBlock entry = machine.newBlock();
  private final MachineBlock one = machine.newBlock();
  private final MachineBlock two = machine.newBlock();
  private final MachineBlock end = machine.newBlock();

  private String arranged() {
    return arranged(3, Set.of());
  }

  private String arranged(int instructionSet, Set<String> disabled) {
    BlockLayout.arrange(machine, instructionSet, disabled);
    return text(machine);
  }

  /** Work that is no copy and not the same anywhere else. */
  private static void work(MachineBlock block, int value) {
    MachineInstruction add = add(7, 7);
    add.immediate = value;
    append(block, add);
  }

  @Test
  void whatDoesNotJumpFallsThrough() {
    work(entry, 1);
    branch(entry, 1, Relation.EQUAL, 5, two, one);
    work(one, 2);
    one.next = end;
    work(two, 3);
    two.next = end;
    append(end, exit());

    assertThat(arranged())
        .isEqualTo(
            """
            m0: r7 += r7; if r1 == 5 goto m2
            m1: r7 += r7; goto m3
            m2: r7 += r7
            m3: exit
            """);
  }

  @Test
  void aJumpToWhatFollowsIsTurnedRound() {
    branch(entry, 1, Relation.EQUAL, 5, one, end);
    work(one, 1);
    one.next = end;
    append(end, exit());

    assertThat(arranged())
        .isEqualTo(
            """
            m0: if r1 != 5 goto m3
            m1: r7 += r7
            m3: exit
            """);
  }

  @Test
  void theFirstInstructionSetHasNoOppositeOfEachJump() {
    branch(entry, 1, Relation.GREATER, 5, one, end);
    work(one, 1);
    one.next = end;
    append(end, exit());

    assertThat(arranged(1, Set.of())).startsWith("m0: if r1 > 5 goto m1; goto m3\n");
    assertThat(arranged(2, Set.of())).startsWith("m0: if r1 <= 5 goto m3\n");
  }

  @Test
  void anEmptyBlockIsSkipped() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    one.next = two;
    work(two, 1);
    two.next = end;
    append(end, exit());

    // Both ways are the same then, so nothing is left to decide.
    assertThat(arranged()).isEqualTo("m0: r7 += r7; exit\n");
  }

  @Test
  void whatNothingLeadsToIsNotKept() {
    work(entry, 1);
    entry.next = end;
    work(one, 2);
    one.next = end;
    append(end, exit());

    assertThat(arranged()).isEqualTo("m0: r7 += r7; exit\n");
  }

  @Test
  void aCopyOnTheWayFromAJumpMovesInFrontOfIt() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, set(0, 3));
    one.next = end;
    work(two, 1);
    append(two, set(0, 4));
    two.next = end;
    append(end, exit());

    assertThat(arranged())
        .isEqualTo(
            """
            m0: r0 = 3; if r1 == 5 goto m3
            m2: r7 += r7; r0 = 4
            m3: exit
            """);
  }

  @Test
  void aCopyStaysWhereTheOtherWayOrTheJumpNeedsTheRegister() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, set(7, 3));
    one.next = end;
    work(two, 1);
    two.next = end;
    append(end, copy(0, 7), exit());
    // r7 is read in m2, so m1 keeps its copy.
    assertThat(arranged()).contains("m1: r7 = 3\n").contains("m0: if r1 == 5 goto m1\n");
  }

  @Test
  void aCopyIntoTheRegisterThatIsComparedStays() {
    branch(entry, 0, Relation.EQUAL, 5, one, two);
    append(one, set(0, 3));
    one.next = end;
    append(two, set(0, 4), add(0, 7));
    two.next = end;
    append(end, exit());

    assertThat(arranged()).startsWith("m0: if r0 == 5 goto m1\n");
  }

  @Test
  void equalEndsStandThereOnce() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, add(7, 1), add(7, 8), call());
    one.next = end;
    append(two, add(7, 2), add(7, 8), call());
    two.next = end;
    append(end, set(0, 0), exit());

    assertThat(arranged())
        .isEqualTo(
            """
            m0: if r1 == 5 goto m1
            m2: r7 += r2; goto m4
            m1: r7 += r1
            m4: r7 += r8; call; r0 = 0; exit
            """);
  }

  /** Two ways that do {@code shared} and then decide by r0 where to go on. */
  private void twoWaysDecideAlike(Relation first, Relation second, int sharedValue) {
    MachineBlock other = machine.newBlock();
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, add(7, 1), set(0, sharedValue));
    append(two, add(7, 2), set(0, sharedValue));
    branch(one, 0, first, 0, end, other);
    boolean turned = first != second;
    branch(two, 0, second, 0, turned ? other : end, turned ? end : other);
    work(other, 1);
    append(other, exit());
    append(end, set(0, 0), exit());
  }

  @Test
  void equalEndsWithTheSameTestStandThereOnce() {
    twoWaysDecideAlike(Relation.EQUAL, Relation.EQUAL, 3);

    assertThat(arranged())
        .isEqualTo(
            """
            m0: if r1 == 5 goto m1
            m2: r7 += r2; goto m5
            m1: r7 += r1
            m5: r0 = 3; if r0 == 0 goto m3
            m4: r7 += r7; exit
            m3: r0 = 0; exit
            """);
  }

  @Test
  void aTestAndItsOppositeAreTheSameIfTheWaysAreToo() {
    twoWaysDecideAlike(Relation.EQUAL, Relation.NOT_EQUAL, 3);
    assertThat(arranged()).contains("m2: r7 += r2; goto m5\n");
  }

  @Test
  void testsThatLeadElsewhereAreNotTheSame() {
    twoWaysDecideAlike(Relation.EQUAL, Relation.GREATER, 3);
    assertThat(arranged()).doesNotContain("m5");
  }

  @Test
  void aCallIsSharedWithWhatItIsGiven() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, set(1, 1), set(2, 3), MachineInstruction.call(1, 2, Tree.HERE));
    one.next = end;
    append(two, set(1, 2), set(2, 3), MachineInstruction.call(1, 2, Tree.HERE));
    two.next = end;
    append(end, set(0, 0), exit());

    // Two maps, perhaps: then the kernel would not know which one the call is for.
    assertThat(arranged()).contains("m2: r1 = 2; r2 = 3; call; goto m3");
  }

  @ParameterizedTest
  @EnumSource(names = {"CONTEXT", "KERNEL"})
  void accessesThatTheKernelRewritesAreNotThoseOfMemory(Region rewritten) {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    for (MachineBlock block : List.of(one, two)) {
      MachineInstruction load = MachineInstruction.memory(Opcode.load(4), 1, 6, 0, Tree.HERE);
      load.rewritten = block == one ? rewritten : null;
      append(block, load, add(7, 1));
      block.next = end;
    }
    append(end, set(0, 0), exit());

    assertThat(arranged()).contains("m2: r1 = null; r7 += r1; goto m3");
  }

  @Test
  void anExitAloneIsNotSharedSoThatEachWaySetsItsResult() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, set(0, 1), exit());
    append(two, set(0, 2), exit());

    assertThat(arranged())
        .isEqualTo(
            """
            m0: if r1 == 5 goto m1
            m2: r0 = 2; exit
            m1: r0 = 1; exit
            """);
  }

  @Test
  void switchedOffOnlyTheOrderIsMade() {
    branch(entry, 1, Relation.EQUAL, 5, one, two);
    append(one, set(0, 3));
    one.next = end;
    work(two, 1);
    append(two, set(0, 4));
    two.next = end;
    append(end, exit());

    assertThat(arranged(3, Set.of(BlockLayout.NAME)))
        .isEqualTo(
            """
            m0: if r1 == 5 goto m1
            m2: r7 += r7; r0 = 4; goto m3
            m1: r0 = 3
            m3: exit
            """);
  }
}
