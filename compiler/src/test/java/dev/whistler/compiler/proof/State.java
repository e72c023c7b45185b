package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BoolExpr;
import dev.whistler.compiler.ir.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where an execution is, and what it has done. */
final class State {
  Block block;
  final BitVecExpr[] values;
  Memory memory;
  final List<Event> events;

  /** Objects of which someone else has the address. */
  final Set<Owner> given;

  /** What may be taken for granted from here on; whoever drives the execution takes it out. */
  final List<BoolExpr> granted = new ArrayList<>();

  /** Changes of packet and context, and of maps, so far. */
  int contexts;

  int maps;
  int steps;

  State(Block block, int values, Memory memory) {
    this(block, new BitVecExpr[values], memory, new ArrayList<>(), new HashSet<>());
  }

  private State(
      Block block, BitVecExpr[] values, Memory memory, List<Event> events, Set<Owner> given) {
    this.block = block;
    this.values = values;
    this.memory = memory;
    this.events = events;
    this.given = given;
  }

  State copy() {
    State copy =
        new State(
            block,
            Arrays.copyOf(values, values.length),
            memory,
            new ArrayList<>(events),
            new HashSet<>(given));
    copy.contexts = contexts;
    copy.maps = maps;
    copy.steps = steps;
    return copy;
  }
}
