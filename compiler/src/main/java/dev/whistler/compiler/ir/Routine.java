package dev.whistler.compiler.ir;

import dev.whistler.compiler.flow.DepthFirst;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A program, a kernel-side function or a callback, under construction or being improved. */
public final class Routine {
  private final String symbol;
  private final boolean program;
  private final int parameterCount;
  private final OptionalLong passValue;
  private final Origin origin;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Block> blocksView = Collections.unmodifiableList(blocks);
  private final List<StackObject> stackObjects = new ArrayList<>();
  private final Map<Operation.Leaf, Value> leaves = new HashMap<>();
  private int nextValue;
  private int nextBlock;

  // Both null until asked for, and again whenever an edge changes: most passes change none.
  private @Nullable List<Block> order;
  private @Nullable Dominators dominators;

  /**
   * Creates a routine with an empty entry block.
   *
   * @param symbol ELF symbol
   * @param program whether it is a program, else a subprogram
   * @param parameterCount 0 to 5
   * @param passValue the constant that each exit sets in its own block, if the tier asks for it
   * @param origin the definition
   */
  public Routine(
      String symbol, boolean program, int parameterCount, OptionalLong passValue, Origin origin) {
    this.symbol = symbol;
    this.program = program;
    this.parameterCount = parameterCount;
    this.passValue = passValue;
    this.origin = origin;
    newBlock();
  }

  public String symbol() {
    return symbol;
  }

  public boolean isProgram() {
    return program;
  }

  public int parameterCount() {
    return parameterCount;
  }

  public OptionalLong passValue() {
    return passValue;
  }

  public Origin origin() {
    return origin;
  }

  /** All blocks, the entry first; a read-only view. */
  public List<Block> blocks() {
    return blocksView;
  }

  public Block entry() {
    return blocks.getFirst();
  }

  /** All stack objects ever made; some may no longer be in use. */
  public List<StackObject> stackObjects() {
    return Collections.unmodifiableList(stackObjects);
  }

  /** One more than the highest number of a value. */
  public int valueCount() {
    return nextValue;
  }

  /** One more than the highest number of a block. */
  public int blockCount() {
    return nextBlock;
  }

  public Block newBlock() {
    reshaped();
    Block block = new Block(nextBlock++, this::reshaped);
    blocks.add(block);
    return block;
  }

  private void reshaped() {
    order = null;
    dominators = null;
  }

  public StackObject newStackObject(int size, int alignment, StackObject.Cause cause, Origin from) {
    StackObject object = new StackObject(stackObjects.size(), size, alignment, cause, from);
    stackObjects.add(object);
    return object;
  }

  /** Makes a value that stands nowhere yet. */
  public Value newValue(Operation operation, StaticType type, Origin from, Value... operands) {
    return new Value(nextValue++, operation, type, from, operands);
  }

  /** The one value of a leaf. */
  public Value leaf(Operation.Leaf operation) {
    return leaves.computeIfAbsent(
        operation, o -> new Value(nextValue++, o, ScalarType.U64, origin));
  }

  public Value constant(long value) {
    return leaf(new Operation.Constant(value));
  }

  /** Puts an empty block on an edge. */
  public Block split(Block from, int successor, Origin at) {
    Block middle = newBlock();
    from.split(successor, middle, newValue(new Operation.Jump(), ScalarType.U64, at));
    return middle;
  }

  /** Blocks in reverse post-order: each after its predecessors, but for loops; a snapshot. */
  public List<Block> reversePostOrder() {
    List<Block> known = order;
    if (known == null) {
      known = Collections.unmodifiableList(DepthFirst.reversePostOrder(List.of(entry())));
      order = known;
    }
    return known;
  }

  /** The dominator tree as it is now; a snapshot. */
  public Dominators dominators() {
    Dominators known = dominators;
    if (known == null) {
      known = new Dominators(this);
      dominators = known;
    }
    return known;
  }

  /**
   * Replaces operands everywhere. {@code replacement} returns its argument where nothing changes.
   */
  public void replaceOperands(UnaryOperator<Value> replacement) {
    for (Block block : blocks) {
      for (Value value : block.phis()) {
        replaceOperands(value, replacement);
      }
      for (Value value : block.instructions()) {
        replaceOperands(value, replacement);
      }
      replaceOperands(block.terminator(), replacement);
    }
  }

  private static void replaceOperands(Value value, UnaryOperator<Value> replacement) {
    for (int i = 0; i < value.operandCount(); i++) {
      value.setOperand(i, replacement.apply(value.operand(i)));
    }
  }

  /** How often each value is used as an operand, by its number. */
  public int[] useCounts() {
    int[] counts = new int[nextValue];
    for (Block block : blocks) {
      for (Value value : block.phis()) {
        countUses(value, counts);
      }
      for (Value value : block.instructions()) {
        countUses(value, counts);
      }
      countUses(block.terminator(), counts);
    }
    return counts;
  }

  private static void countUses(Value value, int[] counts) {
    for (int i = 0; i < value.operandCount(); i++) {
      counts[value.operand(i).number()]++;
    }
  }

  /** Takes out blocks to which no edge leads. */
  void forgetBlocks(Predicate<Block> gone) {
    blocks.removeIf(gone);
  }

  /** Replaces values by others everywhere, following chains. */
  public void replaceAll(Replacements replacements) {
    if (!replacements.isEmpty()) {
      replaceOperands(replacements::of);
    }
  }

  /** Of what {@link #toString} shows; two that differ have the same one by chance only. */
  public long fingerprint() {
    long mark = 0;
    for (Block block : reversePostOrder()) {
      mark = mixed(mark, block.number());
      for (Block from : block.predecessors()) {
        mark = mixed(mark, from.number());
      }
      for (Value value : block.phis()) {
        mark = mixed(mark, value);
      }
      for (Value value : block.instructions()) {
        mark = mixed(mark, value);
      }
      if (block.isTerminated()) {
        mark = mixed(mark, block.terminator());
        for (Block to : block.successors()) {
          mark = mixed(mark, to.number());
        }
      }
    }
    return mark;
  }

  private static long mixed(long mark, Value value) {
    long mixed = mixed(mixed(mark, value.number()), value.operation().hashCode());
    for (Value operand : value.operands()) {
      boolean leaf = operand.operation() instanceof Operation.Leaf;
      mixed = mixed(mixed, leaf ? operand.operation().hashCode() : operand.number());
    }
    return mixed;
  }

  /** A step of a linear congruential generator (Knuth's MMIX). */
  private static long mixed(long mark, int more) {
    return (mark + more) * 6364136223846793005L + 1442695040888963407L;
  }

  @Override
  public String toString() {
    return Printer.print(this);
  }
}
