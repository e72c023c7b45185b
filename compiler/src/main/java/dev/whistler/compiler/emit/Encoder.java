package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From ordered blocks to instruction slots: jump offsets, relocations, line marks. */
final class Encoder {
  private static final int PSEUDO_MAP = 1;
  private static final int PSEUDO_DATA = 2;
  private static final int PSEUDO_CALL = 1;
  private static final int PSEUDO_FUNCTION = 4;

  private final MachineRoutine machine;
  private final Frame frame;
  private final List<Instruction> code = new ArrayList<>();
  private final List<CompiledFunction.Relocation> relocations = new ArrayList<>();
  private final List<CompiledFunction.LineMark> lines = new ArrayList<>();
  private final Map<MachineBlock, Integer> starts = new HashMap<>();
  private final List<Fixup> fixups = new ArrayList<>();
  private @Nullable SourceRange line;

  private record Fixup(int slot, MachineBlock target) {}

  private Encoder(MachineRoutine machine, Frame frame) {
    this.machine = machine;
    this.frame = frame;
  }

  static CompiledFunction encode(
      MachineRoutine machine, Frame frame, int instructionSet, int limit) {
    return new Encoder(machine, frame).run(instructionSet, limit);
  }

  private CompiledFunction run(int instructionSet, int limit) {
    Routine routine = machine.routine;
    List<MachineBlock> order = machine.blocks;
    for (int i = 0; i < order.size(); i++) {
      MachineBlock block = order.get(i);
      MachineBlock following = i + 1 < order.size() ? order.get(i + 1) : null;
      starts.put(block, code.size());
      for (MachineInstruction instruction : block.code) {
        emit(instruction);
      }
      if (block.jump != null) {
        fixups.add(new Fixup(code.size(), java.util.Objects.requireNonNull(block.taken)));
        emit(block.jump);
      }
      if (block.next != null && block.next != following) {
        fixups.add(new Fixup(code.size(), block.next));
        code.add(new Instruction(Opcode.GO, 0, 0, 0, 0));
      }
    }
    for (Fixup fixup : fixups) {
      fix(fixup, instructionSet);
    }
    if (code.size() > limit) {
      throw new BackEndException(
          Message.TOO_MANY_INSTRUCTIONS, routine.origin(), routine.symbol(), code.size(), limit);
    }
    return new CompiledFunction(
        routine.symbol(),
        routine.isProgram(),
        routine.parameterCount(),
        code,
        relocations,
        lines,
        frame.size());
  }

  private void fix(Fixup fixup, int instructionSet) {
    int distance = java.util.Objects.requireNonNull(starts.get(fixup.target())) - fixup.slot() - 1;
    Instruction jump = code.get(fixup.slot());
    Instruction fixed;
    if (distance == (short) distance) {
      fixed =
          new Instruction(jump.opcode(), jump.target(), jump.source(), distance, jump.immediate());
    } else if (jump.opcode() == Opcode.GO && instructionSet >= 4) {
      fixed = new Instruction(Opcode.GO_LONG, 0, 0, 0, distance);
    } else {
      throw new IllegalStateException("a jump over " + distance + " instructions");
    }
    code.set(fixup.slot(), fixed);
  }

  private void emit(MachineInstruction i) {
    mark(i.origin.line());
    int target = Math.max(i.target, 0);
    int source = Math.max(i.source, 0);
    if (i.opcode == Opcode.LOAD_WIDE) {
      wide(i, target);
      return;
    }
    if (i.isCall() && i.symbol != null) {
      relocations.add(new CompiledFunction.Relocation(code.size(), i.symbol));
      code.add(new Instruction(i.opcode, 0, PSEUDO_CALL, 0, -1));
      return;
    }
    code.add(new Instruction(i.opcode, target, source, i.offset, i.immediate));
  }

  private void wide(MachineInstruction i, int target) {
    if (i.symbol == null) {
      code.add(new Instruction(i.opcode, target, 0, 0, (int) i.wide));
      code.add(new Instruction(0, 0, 0, 0, (int) (i.wide >> 32)));
      return;
    }
    relocations.add(new CompiledFunction.Relocation(code.size(), i.symbol));
    int pseudo =
        switch (i.symbol) {
          case CompiledFunction.Target.Map map -> PSEUDO_MAP;
          case CompiledFunction.Target.Data data -> PSEUDO_DATA;
          case CompiledFunction.Target.Function function -> PSEUDO_FUNCTION;
        };
    int addend = i.symbol instanceof CompiledFunction.Target.Data data ? data.offset() : 0;
    code.add(new Instruction(i.opcode, target, pseudo, 0, 0));
    code.add(new Instruction(0, 0, 0, 0, addend));
  }

  private void mark(SourceRange range) {
    if (line == null || !line.equals(range)) {
      line = range;
      lines.add(new CompiledFunction.LineMark(code.size(), range));
    }
  }
}
