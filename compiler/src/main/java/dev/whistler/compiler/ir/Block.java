package dev.whistler.compiler.ir;

import dev.whistler.compiler.flow.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A basic block. Compared by identity. Edges are changed only through its methods. */
public final class Block implements Node<Block> {
  private final int number;
  private final Runnable reshaped;
  private final List<Value> phis = new ArrayList<>();
  private List<Value> instructions = new ArrayList<>();
  private final List<Block> predecessors = new ArrayList<>();
  private final List<Block> successors = new ArrayList<>();

  // Every pass asks for these many times.
  private final List<Value> phisView = Collections.unmodifiableList(phis);
  private List<Value> instructionsView = Collections.unmodifiableList(instructions);
  private final List<Block> predecessorsView = Collections.unmodifiableList(predecessors);
  private final List<Block> successorsView = Collections.unmodifiableList(successors);

  private @Nullable Value terminator;

  /**
   * Makes an empty block.
   *
   * @param reshaped called whenever an edge that leaves the block is made, moved or removed
   */
  Block(int number, Runnable reshaped) {
    this.number = number;
    this.reshaped = reshaped;
  }

  /** Number within the routine, from 0; stable. */
  @Override
  public int number() {
    return number;
  }

  /** A read-only view. */
  public List<Value> phis() {
    return phisView;
  }

  /** Everything between phis and terminator, in order; a read-only view. */
  public List<Value> instructions() {
    return instructionsView;
  }

  /** A read-only view; a block that branches here on both ways is listed twice. */
  public List<Block> predecessors() {
    return predecessorsView;
  }

  /** A read-only view; for a branch first the block where the relation holds. */
  @Override
  public List<Block> successors() {
    return successorsView;
  }

  /** The last instruction. */
  public Value terminator() {
    if (terminator == null) {
      throw new IllegalStateException("block " + number + " has no terminator yet");
    }
    return terminator;
  }

  boolean isTerminated() {
    return terminator != null;
  }

  /** Appends an instruction. */
  public void append(Value value) {
    value.block = this;
    instructions.add(value);
  }

  /** Appends a phi. */
  public void appendPhi(Value phi) {
    phi.block = this;
    phis.add(phi);
  }

  /** Replaces the instructions between phis and terminator. */
  public void setInstructions(List<Value> values) {
    instructions = new ArrayList<>(values);
    instructionsView = Collections.unmodifiableList(instructions);
    for (Value value : values) {
      value.block = this;
    }
  }

  /** Drops the phis that are not in {@code kept}. */
  public void retainPhis(java.util.function.Predicate<Value> kept) {
    if (!phis.isEmpty()) {
      phis.removeIf(kept.negate());
    }
  }

  /** Ends the block and makes the edges. Phis of the targets must be completed by the caller. */
  public void terminate(Value last, Block... targets) {
    if (terminator != null) {
      throw new IllegalStateException("block " + number + " is already terminated");
    }
    reshaped.run();
    last.block = this;
    terminator = last;
    for (Block target : targets) {
      successors.add(target);
      target.predecessors.add(this);
    }
  }

  /** Appends the operand of the predecessor added last to a phi of this block. */
  public void completePhi(Value phi, Value operand) {
    phi.addOperand(operand);
  }

  /** Takes the terminator and all outgoing edges away. */
  public void unterminate() {
    reshaped.run();
    for (Block target : successors) {
      target.removePredecessor(target.predecessors.indexOf(this));
    }
    successors.clear();
    terminator = null;
  }

  /** Turns a branch into a jump along one of its edges. */
  public void keepEdge(int index, Value jump) {
    reshaped.run();
    Block dropped = successors.get(1 - index);
    dropped.removePredecessor(edge(1 - index));
    successors.remove(1 - index);
    jump.block = this;
    terminator = jump;
  }

  /** The position of an outgoing edge among the predecessors of its target. */
  public int edge(int index) {
    Block target = successors.get(index);
    return index == 1 && successors.getFirst() == target
        ? target.predecessors.lastIndexOf(this)
        : target.predecessors.indexOf(this);
  }

  /**
   * Makes the edge at {@code index} lead elsewhere. Phis of the new target are up to the caller.
   */
  public void redirect(int index, Block target) {
    Block old = successors.get(index);
    if (old == target) {
      return;
    }
    reshaped.run();
    old.removePredecessor(edge(index));
    successors.set(index, target);
    target.predecessors.add(this);
  }

  /** Puts {@code middle} on an edge; the operand order of the target's phis is kept. */
  void split(int index, Block middle, Value jump) {
    reshaped.run();
    Block target = successors.get(index);
    int edge = edge(index);
    successors.set(index, middle);
    middle.predecessors.add(this);
    target.predecessors.set(edge, middle);
    middle.successors.add(target);
    jump.block = middle;
    middle.terminator = jump;
  }

  /** Moves the instructions from an index on, the terminator and its edges to an empty block. */
  public void moveTail(int index, Block target) {
    reshaped.run();
    target.setInstructions(List.copyOf(instructions.subList(index, instructions.size())));
    instructions.subList(index, instructions.size()).clear();
    Value last = terminator();
    last.block = target;
    target.terminator = last;
    terminator = null;
    for (Block successor : successors) {
      target.successors.add(successor);
      successor.predecessors.replaceAll(p -> p == this ? target : p);
    }
    successors.clear();
  }

  private void removePredecessor(int index) {
    predecessors.remove(index);
    for (Value phi : phis) {
      phi.removeOperand(index);
    }
  }

  /**
   * Appends the contents of the only successor, of which this is the only predecessor, and takes
   * over its edges. The successor must have no phis.
   */
  public void absorbSuccessor() {
    Block next = successors.getFirst();
    if (successors.size() != 1 || next.predecessors.size() != 1 || !next.phis.isEmpty()) {
      throw new IllegalStateException("blocks cannot be joined");
    }
    reshaped.run();
    for (Value value : next.instructions) {
      append(value);
    }
    Value last = next.terminator();
    last.block = this;
    terminator = last;
    successors.clear();
    for (Block target : next.successors) {
      successors.add(target);
      target.predecessors.replaceAll(p -> p == next ? this : p);
    }
    next.successors.clear();
    next.predecessors.clear();
    next.instructions.clear();
    next.terminator = null;
  }

  @Override
  public String toString() {
    return "b" + number;
  }
}
