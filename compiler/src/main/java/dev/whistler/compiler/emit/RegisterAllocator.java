package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.source.Origin;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each virtual register a machine register. Registers that find none live in an 8-byte word
 * of the frame and are loaded before each use and stored after each definition; then everything is
 * coloured anew.
 */
final class RegisterAllocator {
  /** Each round makes the remaining live ranges shorter; more rounds mean a defect. */
  private static final int MOST_ROUNDS = 40;

  /**
   * In the first rounds a word that was just loaded or stored is used again until the next call.
   */
  private static final int ROUNDS_THAT_KEEP = 2;

  private final MachineRoutine machine;

  /** Registers that hold words of the frame at the present place, while {@link #keeping}. */
  private final Map<StackObject, Integer> kept = new HashMap<>();

  private boolean keeping;
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
      spill(coloring, round < ROUNDS_THAT_KEEP);
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

  private void spill(Coloring coloring, boolean keep) {
    keeping = keep;
    Map<Integer, StackObject> words = new HashMap<>();
    for (int representative : coloring.spilled()) {
      words.put(
          representative,
          machine.routine.newStackObject(8, 8, StackObject.Cause.SPILL, machine.routine.origin()));
    }
    StoredProofs proofs = new StoredProofs(machine, r -> word(r, words, coloring));
    for (MachineBlock block : machine.blocks) {
      kept.clear();
      List<MachineInstruction> code = new ArrayList<>(block.code.size());
      for (MachineInstruction i : block.code) {
        rewrite(i, words, coloring, code);
      }
      if (block.jump != null) {
        reload(block.jump, words, coloring, code);
      }
      block.code = code;
    }
    proofs.store();
  }

  private void rewrite(
      MachineInstruction i,
      Map<Integer, StackObject> words,
      Coloring coloring,
      List<MachineInstruction> code) {
    if (i.isCall()) {
      kept.clear();
    }
    StackObject target = word(i.target, words, coloring);
    StackObject source = word(i.source, words, coloring);
    if (i.isMove() && (target != null || source != null)) {
      if (target == source) {
        return;
      }
      if (target != null && source == null) {
        code.add(storeWord(target, i.source, i.origin));
        kept.remove(target);
        return;
      }
      if (target == null && source != null) {
        Integer register = kept.get(source);
        code.add(
            register == null
                ? loadWord(i.target, source, i.origin)
                : MachineInstruction.move(i.target, register, i.origin));
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
      keep(result, now);
    }
  }

  private void keep(StackObject word, int register) {
    if (keeping) {
      kept.put(word, register);
      // It may live for long now, so it must be possible to spill it in turn.
      unspillable.clear(register);
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
      i.target =
          i.defined() == i.target
              ? load(target, i.origin, code)
              : loadOrKept(target, i.origin, code);
    }
    if (source != null) {
      i.source =
          source == target && i.defined() == MachineInstruction.NONE
              ? i.target
              : i.defined() == i.source
                  ? load(source, i.origin, code)
                  : loadOrKept(source, i.origin, code);
    }
  }

  /** A register with a word that is only read. */
  private int loadOrKept(StackObject word, Origin origin, List<MachineInstruction> code) {
    Integer register = kept.get(word);
    if (register != null) {
      return register;
    }
    int loaded = load(word, origin, code);
    keep(word, loaded);
    return loaded;
  }

  /** A fresh register with a word. */
  private int load(StackObject word, Origin origin, List<MachineInstruction> code) {
    int temporary = temporary();
    Integer register = kept.get(word);
    code.add(
        register == null
            ? loadWord(temporary, word, origin)
            : MachineInstruction.move(temporary, register, origin));
    return temporary;
  }

  private static @Nullable StackObject word(
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

  static MachineInstruction storeWord(StackObject word, int register, Origin origin) {
    MachineInstruction store =
        MachineInstruction.memory(
            Opcode.store(8), MachineInstruction.FRAME_POINTER, register, 0, origin);
    store.object = word;
    return store;
  }
}
