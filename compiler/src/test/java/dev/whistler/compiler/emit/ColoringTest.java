package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Machine.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.tree.Expr.Relation;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Which machine registers values get, seen in routines of a few instructions. */
class ColoringTest {
  private static final int FIRST_SAVED = 6;
  private static final int LAST = 9;

  private final MachineRoutine machine = routine();
  private final MachineBlock entry = machine.newBlock();
  private final int a = machine.newRegister();
  private final int b = machine.newRegister();

  private Coloring coloring() {
    return new Coloring(machine, new BitSet());
  }

  @Test
  void valuesThatLiveAtTheSameTimeGetDifferentRegisters() {
    append(entry, set(a, 1), set(b, 2), add(a, b), add(b, a), copy(0, b), exit());

    Coloring coloring = coloring();
    assertThat(coloring.color(a)).isNotEqualTo(coloring.color(b)).isBetween(0, LAST);
    assertThat(coloring.color(b)).isBetween(0, LAST);
  }

  @Test
  void valuesThatNeverMeetShareARegister() {
    append(entry, set(a, 1), add(a, a), set(b, 2), add(b, b), set(0, 0), exit());

    Coloring coloring = coloring();
    assertThat(coloring.color(a)).isEqualTo(coloring.color(b));
  }

  @Test
  void aCopyIsMergedWithWhatItIsACopyOf() {
    append(entry, set(a, 1), copy(b, a), add(b, b), copy(0, b), exit());

    Coloring coloring = coloring();
    assertThat(coloring.find(a)).isEqualTo(coloring.find(b));
    // And with the register that the routine returns its result in: no copy is left.
    assertThat(coloring.color(a)).isZero();
  }

  @Test
  void aCopyIsMergedWhereBothLiveOnAndStayTheSame() {
    int c = machine.newRegister();
    append(entry, set(a, 1), copy(b, a), set(c, 3), add(c, a), add(c, b), copy(0, c), exit());

    Coloring coloring = coloring();
    assertThat(coloring.find(a)).isEqualTo(coloring.find(b));
    assertThat(coloring.color(a)).isNotEqualTo(coloring.color(c));
  }

  @Test
  void aCopyStaysWhereBothLiveOnAndDiffer() {
    append(entry, set(a, 1), copy(b, a), add(b, b), add(a, b), copy(0, a), exit());

    Coloring coloring = coloring();
    assertThat(coloring.find(a)).isNotEqualTo(coloring.find(b));
    assertThat(coloring.color(a)).isNotEqualTo(coloring.color(b));
  }

  @Test
  void aResultStaysWhereTheCallLeavesIt() {
    append(entry, call(), copy(a, 0), add(a, a), copy(0, a), exit());

    assertThat(coloring().color(a)).isZero();
  }

  @Test
  void whatLivesAcrossACallGetsARegisterThatTheCallKeeps() {
    append(entry, set(a, 1), set(b, 2), add(b, b), call(), copy(0, a), exit());

    Coloring coloring = coloring();
    assertThat(coloring.color(a)).isBetween(FIRST_SAVED, LAST);
    // b does not live that long, and leaves these to others.
    assertThat(coloring.color(b)).isLessThan(FIRST_SAVED);
  }

  /** Five values across a call, of which four find a register; each is used as often as told. */
  private int[] acrossACall(int... uses) {
    int[] values = new int[uses.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = machine.newRegister();
      append(entry, set(values[i], i));
    }
    append(entry, call());
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < uses[i]; k++) {
        append(entry, add(0, values[i]));
      }
    }
    return values;
  }

  @Test
  void whatFindsNoRegisterIsWhatIsUsedLeast() {
    int[] values = acrossACall(3, 3, 1, 3, 3);
    append(entry, exit());

    Coloring coloring = coloring();
    assertThat(coloring.spilled()).containsExactly(values[2]);
    assertThat(coloring.color(values[2])).isEqualTo(-1);
  }

  @Test
  void aUseInALoopCountsAsManyOutside() {
    int[] values = acrossACall(3, 3, 0, 3, 3);
    MachineBlock loop = machine.newBlock();
    MachineBlock end = machine.newBlock();
    entry.next = loop;
    loop.depth = 1;
    append(loop, add(0, values[2]));
    branch(loop, 0, Relation.NOT_EQUAL, 9, loop, end);
    append(end, exit());

    assertThat(coloring().spilled()).hasSize(1).doesNotContain(values[2]);
  }

  @Test
  void whatStandsForAWordOfTheFrameIsNotSpilledOnceMore() {
    int[] values = acrossACall(3, 3, 1, 3, 3);
    append(entry, exit());
    BitSet unspillable = new BitSet();
    unspillable.set(values[2]);

    assertThat(new Coloring(machine, unspillable).spilled()).hasSize(1).doesNotContain(values[2]);
  }

  @Test
  void aSpilledValueIsStoredAfterItIsMadeAndLoadedBeforeItIsUsed() {
    acrossACall(2, 2, 1, 2, 2);
    append(entry, exit());

    RegisterAllocator.allocate(machine);
    assertThat(text(machine))
        .containsOnlyOnce("r1 = 2; stack0 = r1; ")
        .containsOnlyOnce("r1 = stack0; r0 += r1; ")
        .doesNotContain("stack1");
  }
}
