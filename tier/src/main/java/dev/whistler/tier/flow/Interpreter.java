package dev.whistler.tier.flow;

import dev.whistler.tier.Tier;
import dev.whistler.tier.Violation.Kind;
import dev.whistler.tier.object.Function;
import dev.whistler.tier.object.Function.Code;
import dev.whistler.tier.object.Function.Reference;
import dev.whistler.tier.object.MalformedException;
import dev.whistler.tier.table.SectionRule;
import java.util.BitSet;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The instructions of one function (RFC 9669) over {@link Value}s. */
final class Interpreter {
  private static final int LOAD_64 = 0x18;
  private static final int CALL = 0x85;
  private static final int EXIT = 0x95;
  private static final int GOTO = 0x05;
  private static final int GOTO_LONG = 0x06;
  private static final int MODE_ABSOLUTE = 0x20;
  private static final int MODE_INDIRECT = 0x40;
  private static final int MODE_MEMORY = 0x60;
  private static final int MODE_SIGNED = 0x80;
  private static final int MODE_ATOMIC = 0xc0;
  private static final int PSEUDO_HELPER = 0;
  private static final int FETCH = 0x01;
  private static final int COMPARE_EXCHANGE = 0xf1;
  private static final int LOAD_ACQUIRE = 0x100;
  private static final int STORE_RELEASE = 0x110;

  private final Analysis analysis;
  private final Function function;
  private final Code code;
  private final SectionRule rule;
  private final OptionalLong returns;
  private final BitSet leaders;
  private final Calls calls;
  private @Nullable State exit;

  /** Told of a state that reaches the start of a basic block. */
  interface Edges {
    void reach(int slot, State state);
  }

  Interpreter(
      Analysis analysis,
      Function function,
      BitSet leaders,
      SectionRule rule,
      OptionalLong returns) {
    this.analysis = analysis;
    this.function = function;
    this.code = function.code();
    this.rule = rule;
    this.returns = returns;
    this.leaders = leaders;
    this.calls = new Calls(analysis, function, rule);
  }

  /** What is left where the function returns; null if it did not. */
  @Nullable State exit() {
    return exit;
  }

  /** The slots to which a function jumps. */
  static BitSet leaders(Function function) {
    BitSet leaders = new BitSet();
    for (int slot = 0; slot < function.size(); slot++) {
      int opcode = function.code().opcode(slot);
      if (opcode == LOAD_64) {
        slot++;
      } else if (isJump(opcode)) {
        leaders.set(target(function, slot));
      }
    }
    return leaders;
  }

  private static boolean isJump(int opcode) {
    int kind = opcode & 7;
    return (kind == 5 || kind == 6) && opcode != CALL && opcode != EXIT;
  }

  private static int target(Function function, int slot) {
    Code code = function.code();
    long distance = code.opcode(slot) == GOTO_LONG ? code.immediate(slot) : code.offset(slot);
    long target = slot + 1 + distance;
    if (target < 0 || target >= function.size()) {
      throw malformed(function, "jumps out of itself");
    }
    return (int) target;
  }

  private MalformedException malformed(String what) {
    return malformed(function, what);
  }

  private static MalformedException malformed(Function function, String what) {
    return new MalformedException("its function " + function.name() + " " + what);
  }

  /** Interprets from the start of a basic block to its end. */
  void runFrom(int start, State state, Edges edges) {
    int slot = start;
    while (true) {
      if (slot >= function.size()) {
        throw malformed("does not end with an exit or a jump");
      }
      if (slot != start && leaders.get(slot)) {
        edges.reach(slot, state);
        return;
      }
      analysis.budget().step(1);
      int opcode = code.opcode(slot);
      int next = slot + 1;
      switch (opcode & 7) {
        case 0 -> next = load(slot, opcode, state);
        case 1 -> loadMemory(slot, opcode, state);
        case 2 -> store(slot, opcode, state);
        case 3 -> storeRegister(slot, opcode, state);
        case 4, 7 -> arithmetic(slot, opcode, state);
        default -> {
          if (opcode == EXIT) {
            exit(slot, state);
            return;
          }
          if (opcode == CALL) {
            if (!call(slot, state)) {
              return;
            }
          } else {
            if (jump(slot, opcode, state, edges)) {
              return;
            }
          }
        }
      }
      slot = next;
    }
  }

  private Value register(State state, int number) {
    if (number >= State.REGISTERS) {
      throw malformed("uses a register that does not exist");
    }
    return state.get(number);
  }

  private void set(State state, int number, Value value) {
    if (number >= State.REGISTERS - 1) {
      throw malformed("writes a register that cannot be written");
    }
    state.set(number, value);
  }

  /** Constants, addresses of maps, data and functions, and the packet loads of classic BPF. */
  private int load(int slot, int opcode, State state) {
    if (opcode != LOAD_64) {
      int mode = opcode & 0xe0;
      if (mode != MODE_ABSOLUTE && mode != MODE_INDIRECT) {
        throw malformed("has an instruction that does not exist");
      }
      if (analysis.tier() == Tier.OBSERVE) {
        // Beyond the packet's end it ends the program with 0, which may drop the packet.
        report(Kind.INSTRUCTION, slot, "a packet load that may end the program");
      }
      calls.clobber(state);
      state.set(0, Value.SOME_NUMBER);
      return slot + 1;
    }
    if (slot + 1 >= function.size() || code.opcode(slot + 1) != 0) {
      throw malformed("has half of a 64-bit load");
    }
    Reference reference = function.references().get(slot);
    Value value;
    if (reference != null) {
      value =
          switch (reference) {
            case Reference.ToMap map -> Value.map(map.type().number(), map.type().inner());
            case Reference.ToData _ -> Value.of(Origin.GLOBAL);
            case Reference.ToFunction(int index) -> Value.function(index);
          };
    } else if (code.source(slot) != 0) {
      // A descriptor or type of whoever loads it: nobody knows what it is.
      value = Value.UNKNOWN;
    } else if (isPatched(slot)) {
      value = Value.SOME_NUMBER;
    } else {
      long low = Integer.toUnsignedLong(code.immediate(slot));
      value = Value.number((long) code.immediate(slot + 1) << 32 | low);
    }
    set(state, code.target(slot), value);
    return slot + 2;
  }

  private boolean isPatched(int slot) {
    return function.patched().contains(slot);
  }

  private static int bytes(int opcode) {
    return switch (opcode & 0x18) {
      case 0x00 -> 4;
      case 0x08 -> 2;
      case 0x10 -> 1;
      default -> 8;
    };
  }

  private void loadMemory(int slot, int opcode, State state) {
    int mode = opcode & 0xe0;
    if (mode != MODE_MEMORY && mode != MODE_SIGNED) {
      throw malformed("has an instruction that does not exist");
    }
    Value address = register(state, code.source(slot));
    Value loaded = loaded(slot, bytes(opcode), state, address);
    boolean narrow = mode == MODE_SIGNED;
    set(state, code.target(slot), narrow ? loaded.mixed(Value.SOME_NUMBER) : loaded);
  }

  private Value loaded(int slot, int bytes, State state, Value address) {
    int origins = address.origins() & ~Origin.NULL;
    boolean placed = !isPatched(slot);
    if (origins == Origin.STACK) {
      return placed ? state.load(address, code.offset(slot), bytes) : Value.UNKNOWN;
    }
    if ((origins & Origin.CONTEXT) != 0) {
      return fromContext(slot, bytes, address, placed);
    }
    if ((origins & Origin.UNKNOWN) != 0) {
      return Value.UNKNOWN;
    }
    if (bytes < 8 || origins == Origin.PACKET) {
      return Value.SOME_NUMBER;
    }
    boolean own = (origins & ~Origin.OWN) == 0 && (origins & Origin.STACK) == 0;
    return Value.of((own ? Origin.FIELD : Origin.KERNEL) | Origin.NUMBER);
  }

  private Value fromContext(int slot, int bytes, Value address, boolean placed) {
    boolean known = placed && address.known() == Value.Known.CONTEXT_OFFSET;
    if (!known) {
      return Value.of(Origin.KERNEL | Origin.NUMBER | Origin.PACKET);
    }
    long field = SectionRule.field(address.low() + code.offset(slot), bytes);
    if (rule.packetPointers().contains(field)) {
      return Value.of(Origin.PACKET);
    }
    return bytes == 8 && !rule.isContextOfNumbers()
        ? Value.of(Origin.KERNEL | Origin.NUMBER)
        : Value.SOME_NUMBER;
  }

  private void store(int slot, int opcode, State state) {
    if ((opcode & 0xe0) != MODE_MEMORY) {
      throw malformed("has an instruction that does not exist");
    }
    Value value = isPatched(slot) ? Value.SOME_NUMBER : Value.number(code.immediate(slot));
    storeTo(slot, opcode, state, value, "a store");
  }

  private void storeTo(int slot, int opcode, State state, Value value, String what) {
    Value address = register(state, code.target(slot));
    calls.checkWrite(slot, address, what);
    if ((address.origins() & Origin.STACK) != 0) {
      if (isPatched(slot)) {
        state.storeAnywhere(value);
      } else {
        state.store(address, code.offset(slot), bytes(opcode), value);
      }
    }
  }

  private void storeRegister(int slot, int opcode, State state) {
    Value value = register(state, code.source(slot));
    int mode = opcode & 0xe0;
    if (mode == MODE_MEMORY) {
      storeTo(slot, opcode, state, value, "a store");
      return;
    }
    if (mode != MODE_ATOMIC) {
      throw malformed("has an instruction that does not exist");
    }
    int operation = code.immediate(slot);
    switch (operation) {
      case LOAD_ACQUIRE -> {
        Value address = register(state, code.source(slot));
        set(state, code.target(slot), loaded(slot, bytes(opcode), state, address));
      }
      case STORE_RELEASE -> storeTo(slot, opcode, state, value, "an atomic store");
      default -> atomic(slot, opcode, operation, state, value);
    }
  }

  private void atomic(int slot, int opcode, int operation, State state, Value value) {
    Value address = register(state, code.target(slot));
    Value old = loaded(slot, bytes(opcode), state, address).mixed(Value.SOME_NUMBER);
    // Neither the old nor the new value, but made of both.
    storeTo(slot, opcode, state, old.mixed(value), "an atomic operation");
    if (operation == COMPARE_EXCHANGE) {
      state.set(0, old);
    } else if ((operation & FETCH) != 0) {
      set(state, code.source(slot), old);
    }
  }

  private void arithmetic(int slot, int opcode, State state) {
    boolean wide = (opcode & 7) == 7;
    int operation = opcode & 0xf0;
    int target = code.target(slot);
    Value left = register(state, target);
    boolean fromRegister = (opcode & 8) != 0;
    Value right;
    if (operation == 0x80 || operation == 0xd0) {
      right = Value.SOME_NUMBER;
    } else if (fromRegister) {
      right = register(state, code.source(slot));
    } else if (isPatched(slot)) {
      right = Value.SOME_NUMBER;
    } else {
      right = Value.number(code.immediate(slot));
    }
    Value result =
        switch (operation) {
          case 0xb0 -> moved(slot, wide, fromRegister, right);
          case 0x00 -> wide ? left.plus(right) : left.mixed(right);
          case 0x10 -> wide ? left.minus(right) : left.mixed(right);
          case 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xc0, 0xd0 ->
              left.mixed(right);
          default -> throw malformed("has an instruction that does not exist");
        };
    set(state, target, result);
  }

  private Value moved(int slot, boolean wide, boolean fromRegister, Value value) {
    int kind = fromRegister ? code.offset(slot) : 0;
    if (kind == 0 && wide) {
      return value;
    }
    if (kind == 0) {
      return value.isNumber()
          ? Value.number(Integer.toUnsignedLong((int) value.detail()))
          : value.mixed(value);
    }
    // Another offset casts between address spaces.
    return kind == 8 || kind == 16 || kind == 32 ? value.mixed(value) : Value.UNKNOWN;
  }

  /**
   * @return whether nothing follows on the next instruction
   */
  private boolean jump(int slot, int opcode, State state, Edges edges) {
    int target = target(function, slot);
    if (opcode == GOTO || opcode == GOTO_LONG) {
      edges.reach(target, state);
      return true;
    }
    int operation = opcode & 0xf0;
    if (operation == 0x00 || operation == 0x80 || operation == 0x90 || operation >= 0xe0) {
      throw malformed("has an instruction that does not exist");
    }
    int register = code.target(slot);
    Value value = register(state, register);
    if ((opcode & 8) != 0) {
      register(state, code.source(slot));
    }
    boolean nullTest =
        (opcode & 0xf) == 5 && code.immediate(slot) == 0 && register < State.REGISTERS - 1;
    State taken = state.copy();
    if (nullTest && operation == 0x50) {
      taken.set(register, value.notNull());
    } else if (nullTest && operation == 0x10) {
      state.set(register, value.notNull());
    }
    edges.reach(target, taken);
    return false;
  }

  /**
   * @return whether the call returns
   */
  private boolean call(int slot, State state) {
    Reference reference = function.references().get(slot);
    if (reference instanceof Reference.ToFunction(int index)) {
      State left = analysis.call(index, state.called(), rule);
      if (left == null) {
        return false;
      }
      state.returned(left);
      calls.clobber(state);
      state.set(0, left.get(0));
    } else if (code.source(slot) == PSEUDO_HELPER) {
      calls.helper(slot, code.immediate(slot), state);
    } else {
      report(Kind.KERNEL_FUNCTION, slot, "a call of a function of the kernel");
      calls.clobber(state);
      state.set(0, Value.UNKNOWN);
    }
    return true;
  }

  private void exit(int slot, State state) {
    Value value = state.get(0);
    if (returns.isPresent()
        && !(value.isNumber() && (int) value.detail() == (int) returns.getAsLong())) {
      report(
          Kind.RETURN,
          slot,
          "a return value other than the constant "
              + returns.getAsLong()
              + ", which lets the operation pass,");
    }
    if (exit == null) {
      exit = state;
    } else {
      exit.join(state);
    }
  }

  private void report(Kind kind, int slot, String what) {
    analysis.report().add(kind, function, slot, what);
  }
}
