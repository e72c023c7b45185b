package dev.whistler.compiler.ir;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.StaticType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An instruction and its result. Compared by identity. Passes change operation and operands in
 * place; only {@link Block} changes where a value stands.
 */
public final class Value {
  private final int number;
  private final Origin origin;
  private StaticType type;
  private Operation operation;
  private Value[] operands;
  @Nullable Block block;

  Value(int number, Operation operation, StaticType type, Origin origin, Value... operands) {
    this.number = number;
    this.operation = operation;
    this.type = type;
    this.origin = origin;
    this.operands = operands;
  }

  /** Number within the routine, from 0; stable. */
  public int number() {
    return number;
  }

  /** The form it comes from. */
  public Origin origin() {
    return origin;
  }

  /** The static type of the result; tells pointers from numbers. */
  public StaticType type() {
    return type;
  }

  public void setType(StaticType type) {
    this.type = type;
  }

  public Operation operation() {
    return operation;
  }

  /** The block it stands in; null for leaves and for values that were taken out. */
  public @Nullable Block block() {
    return block;
  }

  public int operandCount() {
    return operands.length;
  }

  public Value operand(int index) {
    return operands[index];
  }

  /** A read-only view. */
  public List<Value> operands() {
    return Collections.unmodifiableList(Arrays.asList(operands));
  }

  public void setOperand(int index, Value value) {
    operands[index] = value;
  }

  /** Becomes another operation on other operands. */
  public void become(Operation newOperation, Value... newOperands) {
    operation = newOperation;
    operands = newOperands;
  }

  void addOperand(Value value) {
    operands = Arrays.copyOf(operands, operands.length + 1);
    operands[operands.length - 1] = value;
  }

  void removeOperand(int index) {
    Value[] rest = new Value[operands.length - 1];
    System.arraycopy(operands, 0, rest, 0, index);
    System.arraycopy(operands, index + 1, rest, index, rest.length - index);
    operands = rest;
  }

  /** Whether it is a constant or an address that needs no place in a block. */
  public boolean isLeaf() {
    return operation instanceof Operation.Leaf;
  }

  public boolean isPhi() {
    return operation instanceof Operation.Phi;
  }

  /** Whether it is that constant. */
  public boolean isConstant(long value) {
    return operation instanceof Operation.Constant constant && constant.value() == value;
  }

  /** Its value if it is a constant. */
  public OptionalLong constant() {
    return operation instanceof Operation.Constant constant
        ? OptionalLong.of(constant.value())
        : OptionalLong.empty();
  }

  /**
   * Whether the kernel's verifier may see a pointer here: arithmetic on it must not be rewritten
   * and it must never pass through 32-bit instructions. Kernel addresses are plain numbers.
   */
  public boolean isPointer() {
    return type instanceof PointerType pointer && pointer.region() != Region.KERNEL
        || operation instanceof Operation.Leaf && !(operation instanceof Operation.Constant);
  }

  /** The memory it points into, {@link Region#UNKNOWN} if it is no pointer type. */
  public Region region() {
    if (operation instanceof Operation.StackAddress) {
      return Region.STACK;
    }
    if (operation instanceof Operation.DataAddress) {
      return Region.GLOBAL;
    }
    return type instanceof PointerType pointer ? pointer.region() : Region.UNKNOWN;
  }

  @Override
  public String toString() {
    return Printer.reference(this);
  }
}
