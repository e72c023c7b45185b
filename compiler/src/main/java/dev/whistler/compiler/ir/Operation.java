package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;

/**
 * What a {@link Value} does with its operands. Immutable and comparable, so that equal operations
 * on equal operands can be found. All words have 64 bits; {@code narrow} means that only the low 32
 * bits of the operands count and that a result is zero-extended.
 */
public sealed interface Operation {

  /** Operations without operands and effects that belong to no block. */
  sealed interface Leaf extends Operation {}

  /** Operations whose result depends on nothing but the operands. */
  sealed interface Pure extends Operation {}

  /** Operations that read memory and do nothing else. */
  sealed interface Read extends Operation {}

  /** Operations with effects: they stay in order and are never dropped by liveness alone. */
  sealed interface Effect extends Operation {}

  /** The last instruction of a block. */
  sealed interface Terminator extends Operation {}

  /** A 64-bit constant. */
  record Constant(long value) implements Leaf {}

  /** The address of a byte of a stack object. */
  record StackAddress(StackObject object, int displacement) implements Leaf {}

  /**
   * The address of a map.
   *
   * @param permanent whether elements stay at their places for ever, as those of arrays do
   */
  record MapAddress(String symbol, boolean permanent) implements Leaf {}

  /** An address in {@code .bss}, {@code .data} or {@code .rodata}. */
  record DataAddress(String section, int offset) implements Leaf {}

  /** The address of a routine, for callbacks. */
  record RoutineAddress(String symbol) implements Leaf {}

  /** The routine's parameter of that index; stands in the entry block. */
  record Parameter(int index) implements Pure {}

  /** One operand for each predecessor of the block, in their order. */
  record Phi() implements Pure {}

  /** A binary operator. */
  record Binary(Operator operator, boolean narrow) implements Pure {}

  /** A comparison as a value, 1 or 0; becomes a branch before instructions are selected. */
  record Compare(Relation relation, boolean narrow) implements Pure {}

  /** Truncates to the width of a type narrower than 8 bytes and extends by its signedness. */
  record Extend(ScalarType scalar) implements Pure {}

  /**
   * Operand 0 where it is certainly less than {@code limit}, as an unsigned number: an index that
   * was checked, or that cannot be as large. An address is computed from this value and not from
   * the operand, and {@link dev.whistler.compiler.pass.Pipeline} sees to it that the kernel's
   * verifier knows the bound, too.
   */
  record Below(long limit) implements Pure {}

  /** Reverses the low {@code width} (2, 4 or 8) bytes and zero-extends. */
  record SwapBytes(int width) implements Pure {}

  /** Zero-extending load of {@code width} bytes from {@code operand 0 + displacement}. */
  record Load(int width, int displacement) implements Read {}

  /** Zero-extending load from the context, operand 0. */
  record ContextLoad(int width, int offset) implements Read {}

  /** Stores the low {@code width} bytes of operand 1 at {@code operand 0 + displacement}. */
  record Store(int width, int displacement) implements Effect {}

  /**
   * Sets ranges of bytes from operand 0 on to zero.
   *
   * @param ranges ascending, not overlapping, not empty
   */
  record Zero(List<ByteRange> ranges) implements Effect {
    public Zero {
      ranges = List.copyOf(ranges);
    }
  }

  /** Stores to the context, operand 0; the value is operand 1. */
  record ContextStore(int width, int offset) implements Effect {}

  /**
   * Indivisible addition of operand 1; with {@code fetch} the result is the value before,
   * zero-extended.
   */
  record AtomicAdd(int width, int displacement, boolean fetch) implements Effect {}

  /** Calls a helper with at most 5 operands. */
  record Call(Helper helper) implements Effect {}

  /** Calls a routine of the unit with at most 5 operands. */
  record CallRoutine(String symbol) implements Effect {}

  /** Goes to the only successor. */
  record Jump() implements Terminator {}

  /** Goes to the first successor if the relation holds, else to the second. */
  record Branch(Relation relation, boolean narrow) implements Terminator {}

  /** Ends the routine with operand 0. */
  record Return() implements Terminator {}

  /**
   * Bytes {@code start} up to {@code end}, exclusive.
   *
   * @param start at least 0
   * @param end greater than {@code start}
   */
  record ByteRange(int start, int end) {}
}
