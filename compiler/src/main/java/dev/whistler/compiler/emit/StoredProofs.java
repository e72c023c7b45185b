package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.StackObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Jumps that bound a word of the frame. Verifiers before 6.8 keep what a test says of a register
 * from the word that it was loaded from (check_stack_write_fixed_off, kernel/bpf/verifier.c, gives
 * no id to what it stores), so the register is stored once more after the test wherever the word is
 * loaded again.
 */
final class StoredProofs {
  /** One of the registers compared at the end of a block, on one of the ways from there. */
  private record Proof(MachineBlock block, boolean taken, boolean target, StackObject word) {}

  private final MachineRoutine machine;
  private final IntFunction<@Nullable StackObject> words;
  private final List<Proof> proofs = new ArrayList<>();

  /**
   * Looks for them before loads and stores are put in.
   *
   * @param words the word that a register is to live in, or null
   */
  StoredProofs(MachineRoutine machine, IntFunction<@Nullable StackObject> words) {
    this.machine = machine;
    this.words = words;
    Liveness liveness = null;
    for (MachineBlock block : machine.blocks) {
      MachineInstruction jump = block.jump;
      if (jump == null || !jump.proof) {
        continue;
      }
      for (boolean target : new boolean[] {true, false}) {
        StackObject word = words.apply(target ? jump.target : jump.source);
        if (word == null) {
          continue;
        }
        liveness = liveness == null ? new Liveness(machine) : liveness;
        for (boolean taken : new boolean[] {true, false}) {
          MachineBlock to = taken ? block.taken : block.next;
          if (to != null && isRead(word, to, liveness)) {
            proofs.add(new Proof(block, taken, target, word));
          }
        }
      }
    }
  }

  /** Whether a word may be read from the start of a block on. */
  private boolean isRead(StackObject word, MachineBlock block, Liveness liveness) {
    for (MachineInstruction i : block.all()) {
      if (i.readsTarget() && words.apply(i.target) == word
          || i.readsSource() && words.apply(i.source) == word) {
        return true;
      }
      if (words.apply(i.defined()) == word) {
        return false;
      }
    }
    int[] live = liveness.liveOut(block);
    for (int i = 0; i < liveness.liveOutSize(block); i++) {
      if (words.apply(live[i]) == word) {
        return true;
      }
    }
    return false;
  }

  /** Stores the registers, which are known by now. */
  void store() {
    Map<MachineBlock, Integer> predecessors = new HashMap<>();
    for (MachineBlock block : machine.blocks) {
      block.successors().forEach(s -> predecessors.merge(s, 1, Integer::sum));
    }
    for (Proof proof : proofs) {
      MachineInstruction jump = java.util.Objects.requireNonNull(proof.block().jump);
      int register = proof.target() ? jump.target : jump.source;
      MachineBlock edge = edge(proof, predecessors);
      edge.code.addFirst(RegisterAllocator.storeWord(proof.word(), register, jump.origin));
    }
  }

  /** A block of which nothing but the jump leads to the start. */
  private MachineBlock edge(Proof proof, Map<MachineBlock, Integer> predecessors) {
    MachineBlock from = proof.block();
    MachineBlock to = java.util.Objects.requireNonNull(proof.taken() ? from.taken : from.next);
    if (predecessors.getOrDefault(to, 0) == 1) {
      return to;
    }
    MachineBlock edge = machine.newBlock();
    edge.depth = from.depth;
    edge.next = to;
    if (proof.taken()) {
      from.taken = edge;
    } else {
      from.next = edge;
    }
    predecessors.put(edge, 1);
    return edge;
  }
}
