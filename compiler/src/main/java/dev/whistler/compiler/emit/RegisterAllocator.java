package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.source.Origin;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each virtual register a machine register. Registers that find none live in an 8-byte word
 * of the frame and are loaded before each use and stored after each definition; then everything is
 * coloured anew.
 */
final class RegisterAllocator {
  /** Each round makes the remaining live ranges shorter; more rounds mean a defect. */
  private static final int MOST_ROUNDS = 40;

  private final MachineRoutine machine;
  private final BitSet unspillable = new BitSet();

  private RegisterAllocator(MachineRoutine machine) {
    this.machine = machine;
  }

  static void allocate(MachineRoutine machine) {
    new RegisterAllocator(machine).run();
  }

  private void run() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Coloring coloring = new Coloring(machine, unspillable);
      if (coloring.spilled().isEmpty()) {
        rename(coloring);
        return;
      }
      spill(coloring);
    }
    throw new IllegalStateException("register allocation does not end");
  }

  private void rename(Coloring coloring) {
    for (MachineBlock block : machine.blocks) {
      for (MachineInstruction i : block.all()) {
        if (i.target != MachineInstruction.NONE) {
          i.target = coloring.color(i.target);
        }
        if (i.source != MachineInstruction.NONE) {
          i.source = coloring.color(i.source);
        }
      }
      block.code.removeIf(i -> i.isMove() && i.target == i.source);
    }
  }

  private void spill(Coloring coloring) {
    Map<Integer, StackObject> words = new HashMap<>();
    for (int representative : coloring.spilled()) {
      words.put(
          representative,
          machine.routine.newStackObject(8, 8, StackObject.Cause.SPILL, machine.routine.origin()));
    }
    for (MachineBlock block : machine.blocks) {
      List<MachineInstruction> code = new ArrayList<>(block.code.size());
      for (MachineInstruction i : block.code) {
        rewrite(i, words, coloring, code);
      }
      if (block.jump != null) {
        reload(block.jump, words, coloring, code);
      }
      block.code = code;
    }
  }

  private void rewrite(
      MachineInstruction i,
      Map<Integer, StackObject> words,
      Coloring coloring,
      List<MachineInstruction> code) {
    StackObject target = word(i.target, words, coloring);
    StackObject source = word(i.source, words, coloring);
    if (i.isMove() && (target != null || source != null)) {
      if (target == source) {
        return;
      }
      if (source == null) {
        code.add(storeWord(target, i.source, i.origin));
        return;
      }
      if (target == null) {
        code.add(loadWord(i.target, source, i.origin));
        return;
      }
    }
    int defined = i.defined();
    StackObject result = defined == MachineInstruction.NONE ? null : word(defined, words, coloring);
    reload(i, words, coloring, code);
    code.add(i);
    if (result != null) {
      int now = i.defined();
      if (now == defined) {
        // Written but not read: it has no temporary yet.
        now = temporary();
        if (i.isAtomic()) {
          i.source = now;
        } else {
          i.target = now;
        }
      }
      code.add(storeWord(result, now, i.origin));
    }
  }

  /** Loads spilled operands into temporaries. */
  private void reload(
      MachineInstruction i,
      Map<Integer, StackObject> words,
      Coloring coloring,
      List<MachineInstruction> code) {
    StackObject target = i.readsTarget() ? word(i.target, words, coloring) : null;
    StackObject source = i.readsSource() ? word(i.source, words, coloring) : null;
    if (target != null) {
      int temporary = temporary();
      code.add(loadWord(temporary, target, i.origin));
      i.target = temporary;
    }
    if (source != null) {
      if (source == target && i.defined() == MachineInstruction.NONE) {
        i.source = i.target;
      } else {
        int temporary = temporary();
        code.add(loadWord(temporary, source, i.origin));
        i.source = temporary;
      }
    }
  }

  private static @org.jspecify.annotations.Nullable StackObject word(
      int register, Map<Integer, StackObject> words, Coloring coloring) {
    return register < MachineInstruction.FIRST_VIRTUAL ? null : words.get(coloring.find(register));
  }

  private int temporary() {
    int register = machine.newRegister();
    unspillable.set(register);
    return register;
  }

  private static MachineInstruction loadWord(int register, StackObject word, Origin origin) {
    MachineInstruction load =
        MachineInstruction.memory(
            Opcode.load(8), register, MachineInstruction.FRAME_POINTER, 0, origin);
    load.object = word;
    return load;
  }

  private static MachineInstruction storeWord(StackObject word, int register, Origin origin) {
    MachineInstruction store =
        MachineInstruction.memory(
            Opcode.store(8), MachineInstruction.FRAME_POINTER, register, 0, origin);
    store.object = word;
    return store;
  }
}
