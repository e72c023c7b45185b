package dev.whistler.compiler.emit;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.NeededBounds;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Relations;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Instruction selection: from a routine to machine instructions on virtual registers. Phis become
 * copies at the ends of predecessors, so critical edges must have been split; comparisons as values
 * must have become branches.
 *
 * <p>Constants and addresses are made where they are used: in the instruction where it takes an
 * immediate, else in a register just before it. None is ever kept over a call.
 */
final class Selector {
  private final int instructionSet;
  private final Routine routine;
  private final MachineRoutine machine;
  private final int[] registers;
  private final int[] uses;
  private final NeededBounds bounds;
  private final Map<Block, MachineBlock> blocks = new HashMap<>();

  /** Loads (v4) that extend the sign at once, with the conversion whose result they give. */
  private final Map<Value, Value> signedLoads = new HashMap<>();

  /** Constants that are in a register at the present place. */
  private final Map<Long, Integer> constants = new HashMap<>();

  /** More of them at once would take registers from values. */
  private static final int MOST_ADDRESSES = 3;

  /** The address of a byte of global data in a register. */
  private record Held(Operation.DataAddress data, int register) {}

  /** Addresses that are in a register at the present place, the last one first. */
  private final Deque<Held> addresses = new ArrayDeque<>();

  private List<MachineInstruction> code = new ArrayList<>();
  private Origin origin;

  private Selector(Routine routine, int instructionSet) {
    this.routine = routine;
    this.instructionSet = instructionSet;
    this.machine = new MachineRoutine(routine);
    this.registers = new int[routine.valueCount()];
    this.uses = new int[routine.valueCount()];
    this.bounds = new NeededBounds(routine);
    this.origin = routine.origin();
  }

  static MachineRoutine select(Routine routine, int instructionSet) {
    return new Selector(routine, instructionSet).run();
  }

  private MachineRoutine run() {
    List<Block> order = routine.reversePostOrder();
    routine.replaceOperands(
        v -> {
          uses[v.number()]++;
          return v;
        });
    for (Block block : order) {
      blocks.put(block, machine.newBlock());
      if (instructionSet >= 4) {
        block.instructions().forEach(this::findSignedLoad);
      }
    }
    for (Block block : order) {
      MachineBlock target = machineBlock(block);
      code = target.code;
      forgetLeaves();
      for (Value value : block.instructions()) {
        origin = value.origin();
        select(value);
      }
      terminate(block, target);
    }
    markLoops(order);
    return machine;
  }

  /** A load whose only use is the conversion of all that it loads. */
  private void findSignedLoad(Value value) {
    if (value.operation() instanceof Operation.Extend extend
        && extend.scalar().signed()
        && diesHere(value.operand(0))) {
      int loaded =
          switch (value.operand(0).operation()) {
            case Operation.Load load -> load.width();
            case Operation.ContextLoad load -> load.width();
            default -> 0;
          };
      if (loaded == extend.scalar().width()) {
        signedLoads.put(value.operand(0), value);
      }
    }
  }

  private MachineBlock machineBlock(Block block) {
    return java.util.Objects.requireNonNull(blocks.get(block));
  }

  private void markLoops(List<Block> order) {
    Map<Block, Integer> position = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      position.put(order.get(i), i);
    }
    int[] change = new int[order.size() + 1];
    for (int i = 0; i < order.size(); i++) {
      for (Block successor : order.get(i).successors()) {
        int start = position.getOrDefault(successor, i + 1);
        if (start <= i) {
          change[start]++;
          change[i + 1]--;
        }
      }
    }
    int depth = 0;
    for (int i = 0; i < order.size(); i++) {
      depth += change[i];
      machineBlock(order.get(i)).depth = depth;
    }
  }

  // Operands

  private int registerOf(Value value) {
    int register = registers[value.number()];
    if (register == 0) {
      register = machine.newRegister();
      registers[value.number()] = register;
    }
    return register;
  }

  private void forgetLeaves() {
    constants.clear();
    addresses.clear();
  }

  /** A register that holds a value, for reading only. */
  private int read(Value value) {
    if (!value.isLeaf()) {
      return registerOf(value);
    }
    if (value.operation() instanceof Operation.Constant constant) {
      return constants.computeIfAbsent(
          constant.value(),
          c -> {
            int register = machine.newRegister();
            materialize(value, register);
            return register;
          });
    }
    int register = machine.newRegister();
    materialize(value, register);
    return register;
  }

  /** Puts a value into a given register. */
  private void put(int register, Value value) {
    if (value.isLeaf()) {
      materialize(value, register);
    } else {
      code.add(MachineInstruction.move(register, registerOf(value), origin));
    }
  }

  private void materialize(Value leaf, int register) {
    switch ((Operation.Leaf) leaf.operation()) {
      case Operation.Constant constant -> {
        long value = constant.value();
        Integer known = constants.get(value);
        if (value == (int) value) {
          code.add(MachineInstruction.moveImmediate(register, (int) value, origin));
        } else if (value >>> 32 == 0 && instructionSet >= 3) {
          code.add(
              MachineInstruction.aluImmediate(
                  Opcode.ALU | Opcode.MOVE, register, (int) value, origin));
        } else if (known != null) {
          code.add(MachineInstruction.move(register, known, origin));
        } else {
          code.add(MachineInstruction.wide(register, value, origin));
        }
      }
      case Operation.StackAddress address -> {
        code.add(MachineInstruction.move(register, MachineInstruction.FRAME_POINTER, origin));
        MachineInstruction add =
            MachineInstruction.aluImmediate(
                Opcode.ALU64 | Opcode.alu(Operator.ADD), register, address.displacement(), origin);
        add.object = address.object();
        code.add(add);
      }
      case Operation.MapAddress map ->
          code.add(
              MachineInstruction.address(
                  register, new CompiledFunction.Target.Map(map.symbol()), origin));
      case Operation.DataAddress data ->
          code.add(
              MachineInstruction.address(
                  register,
                  new CompiledFunction.Target.Data(data.section(), data.offset()),
                  origin));
      case Operation.RoutineAddress function ->
          code.add(
              MachineInstruction.address(
                  register, new CompiledFunction.Target.Function(function.symbol()), origin));
    }
  }

  private static boolean isImmediate(Value value) {
    return value.operation() instanceof Operation.Constant c && c.value() == (int) c.value();
  }

  private static int immediate(Value value) {
    return (int) value.constant().orElseThrow();
  }

  // Instructions

  private void select(Value value) {
    switch (value.operation()) {
      case Operation.Parameter parameter ->
          code.add(MachineInstruction.move(registerOf(value), parameter.index() + 1, origin));
      case Operation.Binary binary -> binary(value, binary);
      case Operation.Extend extend -> extend(value, extend);
      case Operation.SwapBytes swap -> {
        int register = registerOf(value);
        put(register, value.operand(0));
        code.add(
            MachineInstruction.aluImmediate(
                Opcode.TO_BIG_ENDIAN, register, 8 * swap.width(), origin));
      }
      case Operation.Load load ->
          code.add(
              access(
                  loadOpcode(value, load.width()),
                  value.operand(0),
                  load.displacement(),
                  loaded(value)));
      case Operation.ContextLoad load ->
          code.add(
              accessing(
                  Region.CONTEXT,
                  MachineInstruction.memory(
                      loadOpcode(value, load.width()),
                      loaded(value),
                      read(value.operand(0)),
                      load.offset(),
                      origin)));
      case Operation.Store store ->
          store(store.width(), value.operand(0), store.displacement(), value.operand(1));
      case Operation.Zero zero -> zero(value.operand(0), zero.ranges());
      case Operation.ContextStore store -> {
        int word = read(value.operand(1));
        code.add(
            accessing(
                Region.CONTEXT,
                MachineInstruction.memory(
                    Opcode.store(store.width()),
                    read(value.operand(0)),
                    word,
                    store.offset(),
                    origin)));
      }
      case Operation.AtomicAdd add -> atomicAdd(value, add);
      case Operation.Call call ->
          call(value, MachineInstruction.call(call.helper().id(), value.operandCount(), origin));
      case Operation.CallRoutine call -> {
        MachineInstruction instruction = MachineInstruction.call(0, value.operandCount(), origin);
        instruction.symbol = new CompiledFunction.Target.Function(call.symbol());
        call(value, instruction);
      }
      // Where it is used, or at the end of the block.
      case Operation.Leaf _,
          Operation.Phi _,
          Operation.Compare _,
          Operation.Below _,
          Operation.Terminator _ ->
          throw new IllegalStateException("cannot select " + value + " = " + value.operation());
    }
  }

  private void binary(Value value, Operation.Binary binary) {
    Value left = value.operand(0);
    Value right = value.operand(1);
    Operator operator = binary.operator();
    int register = registerOf(value);
    int kind = binary.narrow() ? Opcode.ALU : Opcode.ALU64;
    if (operator == Operator.SUBTRACT && left.isConstant(0)) {
      put(register, right);
      code.add(MachineInstruction.aluImmediate(kind | Opcode.NEGATE, register, 0, origin));
      return;
    }
    if (operator.isCommutative() && swaps(left, right)) {
      Value swapped = left;
      left = right;
      right = swapped;
    }
    if (operator == Operator.SUBTRACT
        && isImmediate(right)
        && immediate(right) != Integer.MIN_VALUE) {
      put(register, left);
      code.add(
          MachineInstruction.aluImmediate(
              kind | Opcode.alu(Operator.ADD), register, -immediate(right), origin));
      return;
    }
    if (isShift(operator) && right.operation() instanceof Operation.Constant c) {
      right = routine.constant(c.value() & (binary.narrow() ? 31 : 63));
    }
    // The kernel refuses an immediate divisor 0, but divides by a register that is 0.
    boolean immediate =
        (isImmediate(right) || binary.narrow() && right.operation() instanceof Operation.Constant)
            && !(isDivision(operator) && right.isConstant(0));
    if (immediate) {
      put(register, left);
      code.add(
          MachineInstruction.aluImmediate(
              kind | Opcode.alu(operator), register, immediate(right), origin));
    } else {
      int second = read(right);
      put(register, left);
      code.add(MachineInstruction.alu(kind | Opcode.alu(operator), register, second, origin));
    }
  }

  /**
   * Whether a commutative operation takes its operands the other way round. In a function a stack
   * address comes first: where it is added to a number, the verifier forgets whose frame it is of
   * (adjust_ptr_min_max_vals, kernel/bpf/verifier.c).
   */
  private boolean swaps(Value left, Value right) {
    if (!routine.isProgram() && (mayBeOnStack(left) || mayBeOnStack(right))) {
      return !mayBeOnStack(left);
    }
    return (left.isLeaf() || diesHere(right) && !diesHere(left)) && !right.isLeaf();
  }

  private static boolean mayBeOnStack(Value value) {
    return value.isPointer()
        && (value.region() == Region.STACK || value.region() == Region.UNKNOWN);
  }

  private static boolean isShift(Operator operator) {
    return operator == Operator.SHIFT_LEFT
        || operator == Operator.SHIFT_RIGHT
        || operator == Operator.SHIFT_RIGHT_SIGNED;
  }

  private static boolean isDivision(Operator operator) {
    return operator == Operator.DIVIDE || operator == Operator.MODULO;
  }

  private boolean diesHere(Value value) {
    return uses[value.number()] == 1;
  }

  private int loadOpcode(Value load, int width) {
    return signedLoads.containsKey(load) ? Opcode.loadSigned(width) : Opcode.load(width);
  }

  /** The register for what a load loads. */
  private int loaded(Value load) {
    return registerOf(signedLoads.getOrDefault(load, load));
  }

  private void extend(Value value, Operation.Extend extend) {
    if (signedLoads.get(value.operand(0)) == value) {
      return; // The load has done it.
    }
    int register = registerOf(value);
    Value operand = value.operand(0);
    int bits = 8 * extend.scalar().width();
    if (extend.scalar().signed()) {
      if (instructionSet >= 4) {
        MachineInstruction move = MachineInstruction.move(register, read(operand), origin);
        move.offset = bits;
        code.add(move);
      } else {
        shiftBothWays(register, operand, 64 - bits, Operator.SHIFT_RIGHT_SIGNED);
      }
    } else if (bits < 32) {
      put(register, operand);
      code.add(
          MachineInstruction.aluImmediate(
              Opcode.ALU64 | Opcode.alu(Operator.AND), register, (1 << bits) - 1, origin));
    } else if (instructionSet >= 3) {
      code.add(MachineInstruction.alu(Opcode.ALU | Opcode.MOVE, register, read(operand), origin));
    } else {
      shiftBothWays(register, operand, 32, Operator.SHIFT_RIGHT);
    }
  }

  private void shiftBothWays(int register, Value operand, int bits, Operator back) {
    put(register, operand);
    code.add(
        MachineInstruction.aluImmediate(
            Opcode.ALU64 | Opcode.alu(Operator.SHIFT_LEFT), register, bits, origin));
    code.add(
        MachineInstruction.aluImmediate(Opcode.ALU64 | Opcode.alu(back), register, bits, origin));
  }

  /** A load into, or a store of, {@code register} at an address. */
  private MachineInstruction access(int opcode, Value base, int displacement, int register) {
    boolean load = Opcode.classOf(opcode) == Opcode.LDX;
    int baseRegister;
    int offset = displacement;
    MachineInstruction instruction;
    if (base.operation() instanceof Operation.StackAddress address) {
      offset += address.displacement();
      instruction =
          load
              ? MachineInstruction.memory(
                  opcode, register, MachineInstruction.FRAME_POINTER, offset, origin)
              : MachineInstruction.memory(
                  opcode, MachineInstruction.FRAME_POINTER, register, offset, origin);
      instruction.object = address.object();
      return instruction;
    }
    if (base.operation() instanceof Operation.DataAddress data) {
      Held held = held(base, data, offset);
      baseRegister = held.register();
      offset += data.offset() - held.data().offset();
    } else {
      baseRegister = read(base);
    }
    instruction =
        load
            ? MachineInstruction.memory(opcode, register, baseRegister, offset, origin)
            : MachineInstruction.memory(opcode, baseRegister, register, offset, origin);
    return accessing(base.region(), instruction);
  }

  /** A register with an address from where an instruction reaches a byte of the same section. */
  private Held held(Value address, Operation.DataAddress data, int displacement) {
    for (Held held : addresses) {
      int distance = data.offset() - held.data().offset() + displacement;
      if (held.data().section().equals(data.section()) && distance == (short) distance) {
        return held;
      }
    }
    Held fresh = new Held(data, read(address));
    addresses.addFirst(fresh);
    if (addresses.size() > MOST_ADDRESSES) {
      addresses.removeLast();
    }
    return fresh;
  }

  private static MachineInstruction accessing(Region region, MachineInstruction instruction) {
    if (region == Region.CONTEXT || region == Region.KERNEL) {
      instruction.rewritten = region;
    }
    return instruction;
  }

  private void store(int width, Value base, int displacement, Value value) {
    if (value.operation() instanceof Operation.Constant constant
        && (width < 8 || constant.value() == (int) constant.value())) {
      MachineInstruction instruction =
          access(Opcode.store(width), base, displacement, MachineInstruction.NONE);
      instruction.opcode = Opcode.storeImmediate(width);
      instruction.immediate = storeImmediate(width, constant.value());
      code.add(instruction);
    } else {
      int word = read(value);
      code.add(access(Opcode.store(width), base, displacement, word));
    }
  }

  private static int storeImmediate(int width, long value) {
    return switch (width) {
      case 1 -> (int) (value & 0xff);
      case 2 -> (int) (value & 0xffff);
      default -> (int) value;
    };
  }

  private void zero(Value base, List<Operation.ByteRange> ranges) {
    for (Operation.ByteRange range : ranges) {
      for (int at = range.start(); at < range.end(); ) {
        int width =
            Math.min(
                Integer.highestOneBit(range.end() - at), at == 0 ? 8 : Integer.lowestOneBit(at));
        width = Math.min(width, 8);
        store(width, base, at, routine.constant(0));
        at += width;
      }
    }
  }

  private void atomicAdd(Value value, Operation.AtomicAdd add) {
    int addend;
    if (add.fetch()) {
      addend = registerOf(value);
      put(addend, value.operand(1));
    } else {
      addend = read(value.operand(1));
    }
    MachineInstruction instruction =
        access(Opcode.atomic(add.width()), value.operand(0), add.displacement(), addend);
    instruction.immediate = add.fetch() ? Opcode.ATOMIC_FETCH : Opcode.ATOMIC_ADD;
    code.add(instruction);
  }

  private void call(Value value, MachineInstruction instruction) {
    // Values first: a leaf made in an argument register would only be in their way.
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < value.operandCount(); i++) {
        if (value.operand(i).isLeaf() == (pass == 1)) {
          put(i + 1, value.operand(i));
        }
      }
    }
    code.add(instruction);
    forgetLeaves();
    if (uses[value.number()] > 0) {
      code.add(MachineInstruction.move(registerOf(value), 0, origin));
    }
  }

  // Ends of blocks

  private void terminate(Block block, MachineBlock target) {
    Value last = block.terminator();
    origin = last.origin();
    switch (last.operation()) {
      case Operation.Return exit -> {
        put(0, last.operand(0));
        code.add(MachineInstruction.exit(origin));
      }
      case Operation.Jump jump -> {
        copyPhis(block, block.successors().getFirst());
        target.next = machineBlock(block.successors().getFirst());
      }
      case Operation.Branch branch -> branch(block, target, last, branch);
      default -> throw new IllegalStateException("no terminator: " + last.operation());
    }
  }

  private void branch(Block block, MachineBlock target, Value last, Operation.Branch branch) {
    Block holds = block.successors().getFirst();
    Block otherwise = block.successors().getLast();
    Relation relation = branch.relation();
    Value left = last.operand(0);
    Value right = last.operand(1);
    if (left.isLeaf() && !right.isLeaf()) {
      Value swapped = left;
      left = right;
      right = swapped;
      relation = Relations.swapped(relation);
    }
    if (!Relations.isSupported(relation, instructionSet)) {
      // v1 has neither "less" relation, but each is another one turned round.
      if (isImmediate(right)) {
        relation = Relations.inverse(relation);
        Block other = holds;
        holds = otherwise;
        otherwise = other;
      } else {
        Value swapped = left;
        left = right;
        right = swapped;
        relation = Relations.swapped(relation);
      }
    }
    int kind = branch.narrow() ? Opcode.JMP32 : Opcode.JMP;
    int first = read(left);
    target.jump =
        isImmediate(right) || branch.narrow() && right.operation() instanceof Operation.Constant
            ? MachineInstruction.aluImmediate(
                kind | Opcode.jump(relation), first, immediate(right), origin)
            : MachineInstruction.alu(kind | Opcode.jump(relation), first, read(right), origin);
    target.jump.proof = bounds.isNeeded(left) || bounds.isNeeded(right);
    target.taken = machineBlock(holds);
    target.next = machineBlock(otherwise);
  }

  /** Copies of all phis of a successor at once, in an order in which none destroys another. */
  private void copyPhis(Block from, Block to) {
    int edge = to.predecessors().indexOf(from);
    record Copy(int target, Value source) {}
    List<Copy> pending = new ArrayList<>();
    List<Copy> leaves = new ArrayList<>();
    for (Value phi : to.phis()) {
      Value source = phi.operand(edge);
      if (source != phi) {
        (source.isLeaf() ? leaves : pending).add(new Copy(registerOf(phi), source));
      }
    }
    Map<Integer, Integer> moved = new HashMap<>();
    while (!pending.isEmpty()) {
      boolean progress = false;
      for (int i = 0; i < pending.size(); i++) {
        Copy copy = pending.get(i);
        boolean free = true;
        for (Copy other : pending) {
          int source = registerOf(other.source());
          free &= other == copy || moved.getOrDefault(source, source) != copy.target();
        }
        if (free) {
          int source = registerOf(copy.source());
          code.add(
              MachineInstruction.move(copy.target(), moved.getOrDefault(source, source), origin));
          pending.remove(i);
          progress = true;
          break;
        }
      }
      if (!progress) {
        int victim = pending.getFirst().target();
        int spare = machine.newRegister();
        code.add(MachineInstruction.move(spare, victim, origin));
        moved.put(victim, spare);
      }
    }
    for (Copy copy : leaves) {
      materialize(copy.source(), copy.target());
    }
  }
}
