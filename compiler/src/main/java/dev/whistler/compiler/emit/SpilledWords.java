package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out what spilling stored and loaded in vain: a word that a register holds is not loaded
 * again, and not stored where nobody loads it. Looks at one block at a time: from one to the next a
 * word may carry what a test has shown of it ({@link StoredProofs}).
 */
final class SpilledWords {
  private final MachineRoutine machine;
  private int @Nullable [] liveIn;

  /** Registers that hold words at the present place. */
  private final Map<StackObject, Integer> held = new HashMap<>();

  private SpilledWords(MachineRoutine machine) {
    this.machine = machine;
  }

  static void cleanUp(MachineRoutine machine) {
    new SpilledWords(machine).run();
  }

  private void run() {
    List<MachineBlock> blocks = new ArrayList<>();
    for (MachineBlock block : machine.blocks) {
      if (hasWord(block)) {
        blocks.add(block);
      }
    }
    blocks.forEach(this::reuse);
    Set<StackObject> loaded = Collections.newSetFromMap(new IdentityHashMap<>());
    for (MachineBlock block : blocks) {
      for (MachineInstruction i : block.code) {
        if (isLoad(i)) {
          loaded.add(word(i));
        }
      }
    }
    for (MachineBlock block : blocks) {
      removeDeadStores(block, loaded);
    }
  }

  private static boolean hasWord(MachineBlock block) {
    for (MachineInstruction i : block.code) {
      if (word(i) != null) {
        return true;
      }
    }
    return false;
  }

  /** The word that an instruction loads or stores; null for any other. */
  private static @Nullable StackObject word(MachineInstruction i) {
    StackObject object = i.object;
    return object != null && object.cause() == StackObject.Cause.SPILL ? object : null;
  }

  private static boolean isLoad(MachineInstruction i) {
    return word(i) != null && i.kind() == Opcode.LDX;
  }

  private void reuse(MachineBlock block) {
    held.clear();
    List<MachineInstruction> before = block.code;
    block.code = new ArrayList<>(before.size());
    for (int at = 0; at < before.size(); at++) {
      MachineInstruction i = before.get(at);
      StackObject word = word(i);
      Integer register = word == null ? null : held.get(word);
      if (word == null) {
        forget(RegisterSets.written(i));
      } else if (!isLoad(i)) {
        held.put(word, i.source);
        if (register != null && register == i.source) {
          continue;
        }
      } else if (register == null) {
        forget(RegisterSets.written(i));
        held.put(word, i.target);
      } else if (register == i.target || rename(block, before, at, register)) {
        continue;
      } else {
        forget(RegisterSets.written(i));
        block.code.add(MachineInstruction.move(i.target, register, i.origin));
        continue;
      }
      block.code.add(i);
    }
  }

  private void forget(int registers) {
    held.values().removeIf(register -> (registers >> register & 1) != 0);
  }

  /**
   * Reads another register instead of the one that is loaded at a place, if that one is only read,
   * and in this block, as long as the other one stays as it is.
   */
  private boolean rename(MachineBlock block, List<MachineInstruction> code, int at, int register) {
    int loaded = code.get(at).target;
    List<MachineInstruction> readers = new ArrayList<>();
    for (int k = at + 1; k < code.size(); k++) {
      MachineInstruction i = code.get(k);
      boolean writes = (RegisterSets.written(i) >> loaded & 1) != 0;
      if ((RegisterSets.read(i) >> loaded & 1) != 0) {
        if (i.isCall() || i.isExit() || writes && (i.readsTarget() || i.isAtomic())) {
          return false;
        }
        readers.add(i);
      }
      if (writes) {
        readers.forEach(reader -> rename(reader, loaded, register));
        return true;
      }
      if ((RegisterSets.written(i) >> register & 1) != 0) {
        return false;
      }
    }
    if (isLiveAfter(block, loaded)) {
      return false;
    }
    readers.forEach(reader -> rename(reader, loaded, register));
    return true;
  }

  private boolean isLiveAfter(MachineBlock block, int register) {
    int[] live = liveIn == null ? RegisterSets.liveIn(machine) : liveIn;
    liveIn = live;
    int after = block.jump == null ? 0 : RegisterSets.read(block.jump);
    for (MachineBlock successor : block.successors()) {
      after |= live[successor.number()];
    }
    return (after >> register & 1) != 0;
  }

  private static void rename(MachineInstruction i, int from, int to) {
    if (i.readsTarget() && i.target == from) {
      i.target = to;
    }
    if (i.readsSource() && i.source == from) {
      i.source = to;
    }
  }

  /** Removes stores of words that are stored again before they are loaded, or never loaded. */
  private static void removeDeadStores(MachineBlock block, Set<StackObject> loaded) {
    Set<StackObject> overwritten = Collections.newSetFromMap(new IdentityHashMap<>());
    List<MachineInstruction> kept = new ArrayList<>(block.code.size());
    for (MachineInstruction i : block.code.reversed()) {
      StackObject word = word(i);
      if (word == null) {
        kept.add(i);
      } else if (isLoad(i)) {
        overwritten.remove(word);
        kept.add(i);
      } else if (loaded.contains(word) && overwritten.add(word)) {
        kept.add(i);
      }
    }
    if (kept.size() < block.code.size()) {
      Collections.reverse(kept);
      block.code = kept;
    }
  }
}
