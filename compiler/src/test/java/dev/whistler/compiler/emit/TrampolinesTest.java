package dev.whistler.compiler.emit;

import static dev.whistler.compiler.emit.Machine.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.compiler.tree.Expr.Relation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jumps over more than a 16-bit offset reaches, followed in the code that comes out. */
class TrampolinesTest {
  private static final int FAR = 40_000;
  private static final int VERY_FAR = 150_000;
  private static final int NEAR = 10;

  /** What only the block that is jumped to sets r0 to. */
  private static final int ARRIVED = 4711;

  private final MachineRoutine machine = routine();

  private MachineBlock block(int instructions) {
    MachineBlock block = machine.newBlock();
    for (int i = 0; i < instructions; i++) {
      append(block, add(7, 7));
    }
    return block;
  }

  /** Skips a body of that length, or goes through it. */
  private void forwardOver(int instructions) {
    MachineBlock entry = block(0);
    MachineBlock first = block(NEAR);
    MachineBlock rest = block(instructions - NEAR);
    MachineBlock end = block(0);
    branch(entry, 1, Relation.EQUAL, 5, end, first);
    first.next = rest;
    rest.next = end;
    append(end, set(0, ARRIVED), exit());
  }

  private List<Instruction> code(int instructionSet) {
    return Encoder.encode(machine, new Frame(machine), instructionSet, 1_000_000).code();
  }

  private static int indexOfJump(List<Instruction> code) {
    int jump = Opcode.JMP | Opcode.jump(Relation.EQUAL);
    for (int i = 0; i < code.size(); i++) {
      if (code.get(i).opcode() == jump) {
        return i;
      }
    }
    throw new AssertionError("no jump");
  }

  /** Where one comes from a jump, by way of plain jumps, and after how many of these. */
  private record Way(Instruction destination, int stops) {}

  private static Way follow(List<Instruction> code, int jump) {
    int at = jump + 1 + code.get(jump).offset();
    int stops = 0;
    while (true) {
      Instruction now = code.get(at);
      if (now.opcode() == Opcode.GO) {
        at += 1 + now.offset();
      } else if (now.opcode() == Opcode.GO_LONG) {
        at += 1 + now.immediate();
      } else {
        return new Way(now, stops);
      }
      stops++;
    }
  }

  @Test
  void aRoutineThatIsShortEnoughStaysAsItIs() {
    forwardOver(3);
    String before = text(machine);

    Trampolines.insert(machine, 3);
    assertThat(text(machine)).isEqualTo(before);
  }

  @Test
  void withoutThemAFarJumpHasNoEncoding() {
    forwardOver(FAR);

    assertThatThrownBy(() -> code(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a jump over " + FAR + " instructions");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aJumpForwardArrivesByAStop(int instructionSet) {
    forwardOver(FAR);

    Trampolines.insert(machine, instructionSet);
    List<Instruction> code = code(instructionSet);
    Way way = follow(code, indexOfJump(code));
    assertThat(way.destination().immediate()).isEqualTo(ARRIVED);
    assertThat(way.stops()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aJumpBackwardArrivesByAStop(int instructionSet) {
    MachineBlock entry = block(0);
    MachineBlock start = block(0);
    MachineBlock body = block(FAR);
    MachineBlock end = block(0);
    entry.next = start;
    append(start, set(0, ARRIVED));
    start.next = body;
    branch(body, 1, Relation.EQUAL, 5, start, end);
    append(end, exit());

    Trampolines.insert(machine, instructionSet);
    List<Instruction> code = code(instructionSet);
    Way way = follow(code, indexOfJump(code));
    assertThat(way.destination().immediate()).isEqualTo(ARRIVED);
    assertThat(way.stops()).isEqualTo(1);
  }

  @Test
  void aLongerWayNeedsMoreStopsUntilPlainJumpsReachEverywhere() {
    forwardOver(VERY_FAR);
    Trampolines.insert(machine, 3);
    List<Instruction> code = code(3);
    Way way = follow(code, indexOfJump(code));
    assertThat(way.destination().immediate()).isEqualTo(ARRIVED);
    assertThat(way.stops()).isGreaterThan(VERY_FAR / (Short.MAX_VALUE + 1));
  }

  @Test
  void fromV4OnOneStopIsEnough() {
    forwardOver(VERY_FAR);
    Trampolines.insert(machine, 4);
    List<Instruction> code = code(4);
    Way way = follow(code, indexOfJump(code));
    assertThat(way.destination().immediate()).isEqualTo(ARRIVED);
    assertThat(way.stops()).isEqualTo(1);
  }

  @Test
  void jumpsToOneTargetShareTheirStops() {
    MachineBlock entry = block(0);
    MachineBlock second = block(0);
    MachineBlock first = block(NEAR);
    MachineBlock rest = block(FAR);
    MachineBlock end = block(0);
    branch(entry, 1, Relation.EQUAL, 5, end, second);
    branch(second, 2, Relation.NOT_EQUAL, 6, end, first);
    first.next = rest;
    rest.next = end;
    append(end, exit());

    Trampolines.insert(machine, 3);
    assertThat(entry.taken).isSameAs(second.taken).isNotSameAs(end);
    // The stop, and the jump past it of those who come from above.
    assertThat(code(3)).filteredOn(i -> i.opcode() == Opcode.GO).hasSize(2);
  }

  @Test
  void whoeverDoesNotJumpRunsPastTheStops() {
    forwardOver(FAR);

    Trampolines.insert(machine, 3);
    List<Instruction> code = code(3);
    int done = 0;
    int at = indexOfJump(code) + 1;
    while (code.get(at).immediate() != ARRIVED) {
      boolean jump = code.get(at).opcode() == Opcode.GO;
      done += jump ? 0 : 1;
      at += jump ? 1 + code.get(at).offset() : 1;
    }
    assertThat(done).isEqualTo(FAR);
  }
}
