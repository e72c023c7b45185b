package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Region;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An instruction whose registers are still virtual (numbers from {@link #FIRST_VIRTUAL}) or already
 * those of the machine (0 to 10). Jumps inside a routine are not instructions but edges of {@link
 * MachineBlock}.
 */
final class MachineInstruction {
  static final int FIRST_VIRTUAL = 16;
  static final int FRAME_POINTER = 10;

  /** No register. */
  static final int NONE = -1;

  int opcode;
  int target = NONE;
  int source = NONE;
  int offset;
  int immediate;

  /** Value of a {@link Opcode#LOAD_WIDE} without {@link #symbol}. */
  long wide;

  /** What a wide load or a call refers to. */
  CompiledFunction.@Nullable Target symbol;

  /**
   * The stack object whose place in the frame is added to the offset, or to the immediate of ALU.
   */
  @Nullable StackObject object;

  /**
   * For loads and stores: where the address points if that is the program's context or an object of
   * the kernel, such as a socket; else null. The kernel rewrites these, so that one instruction
   * cannot serve different ones (reg_type_mismatch, kernel/bpf/verifier.c).
   */
  @Nullable Region rewritten;

  /** For calls: r1 up to this register are read. */
  int arguments;

  /** For jumps: the verifier needs what it learns here about the registers compared. */
  boolean proof;

  Origin origin;

  MachineInstruction(int opcode, Origin origin) {
    this.opcode = opcode;
    this.origin = origin;
  }

  static MachineInstruction move(int target, int source, Origin origin) {
    return alu(Opcode.ALU64 | Opcode.MOVE, target, source, origin);
  }

  static MachineInstruction moveImmediate(int target, int immediate, Origin origin) {
    return aluImmediate(Opcode.ALU64 | Opcode.MOVE, target, immediate, origin);
  }

  /** An ALU or conditional jump opcode with a register operand. */
  static MachineInstruction alu(int opcode, int target, int source, Origin origin) {
    MachineInstruction i = new MachineInstruction(opcode | Opcode.REGISTER, origin);
    i.target = target;
    i.source = source;
    return i;
  }

  static MachineInstruction aluImmediate(int opcode, int target, int immediate, Origin origin) {
    MachineInstruction i = new MachineInstruction(opcode, origin);
    i.target = target;
    i.immediate = immediate;
    return i;
  }

  static MachineInstruction wide(int target, long value, Origin origin) {
    MachineInstruction i = new MachineInstruction(Opcode.LOAD_WIDE, origin);
    i.target = target;
    i.wide = value;
    return i;
  }

  static MachineInstruction address(int target, CompiledFunction.Target symbol, Origin origin) {
    MachineInstruction i = new MachineInstruction(Opcode.LOAD_WIDE, origin);
    i.target = target;
    i.symbol = symbol;
    return i;
  }

  static MachineInstruction memory(int opcode, int target, int source, int offset, Origin origin) {
    MachineInstruction i = new MachineInstruction(opcode, origin);
    i.target = target;
    i.source = source;
    i.offset = offset;
    return i;
  }

  static MachineInstruction storeImmediate(
      int width, int base, int offset, int immediate, Origin origin) {
    MachineInstruction i = new MachineInstruction(Opcode.storeImmediate(width), origin);
    i.target = base;
    i.offset = offset;
    i.immediate = immediate;
    return i;
  }

  static MachineInstruction call(int helper, int arguments, Origin origin) {
    MachineInstruction i = new MachineInstruction(Opcode.CALL, origin);
    i.immediate = helper;
    i.arguments = arguments;
    return i;
  }

  static MachineInstruction exit(Origin origin) {
    return new MachineInstruction(Opcode.EXIT, origin);
  }

  /** The instruction class. */
  int kind() {
    return Opcode.classOf(opcode);
  }

  boolean isCall() {
    return opcode == Opcode.CALL;
  }

  boolean isExit() {
    return opcode == Opcode.EXIT;
  }

  /** A 64-bit copy from register to register, without sign extension. */
  boolean isMove() {
    return opcode == (Opcode.ALU64 | Opcode.MOVE | Opcode.REGISTER) && offset == 0;
  }

  private boolean isAlu() {
    return kind() == Opcode.ALU || kind() == Opcode.ALU64;
  }

  /** Whether the target is set to an operand alone. */
  boolean isAnyMove() {
    return isAlu() && Opcode.operation(opcode) == Opcode.MOVE;
  }

  boolean isAtomic() {
    return kind() == Opcode.STX && Opcode.mode(opcode) == Opcode.ATOMIC;
  }

  /** The register written, or NONE; calls write r0 and clobber r1 to r5 besides. */
  int defined() {
    if (isAlu() || kind() == Opcode.LDX || opcode == Opcode.LOAD_WIDE) {
      return target;
    }
    if (isAtomic() && (immediate & Opcode.ATOMIC_FETCH) != 0) {
      return source;
    }
    return NONE;
  }

  /** Whether {@link #target} is read. */
  boolean readsTarget() {
    return switch (kind()) {
      case Opcode.ALU, Opcode.ALU64 -> !isAnyMove();
      case Opcode.ST, Opcode.STX -> true;
      case Opcode.JMP, Opcode.JMP32 -> target != NONE;
      default -> false;
    };
  }

  /** Whether {@link #source} is read. */
  boolean readsSource() {
    return source != NONE;
  }

  /** Instruction slots. */
  int slots() {
    return opcode == Opcode.LOAD_WIDE ? 2 : 1;
  }

  /** Whether two instructions do exactly the same. */
  boolean sameAs(MachineInstruction other) {
    return opcode == other.opcode
        && target == other.target
        && source == other.source
        && offset == other.offset
        && immediate == other.immediate
        && wide == other.wide
        && rewritten == other.rewritten
        && object == other.object
        && java.util.Objects.equals(symbol, other.symbol);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%02x t%d s%d off %d imm %d %s",
        opcode,
        target,
        source,
        offset,
        immediate,
        symbol == null ? "" : symbol);
  }
}
