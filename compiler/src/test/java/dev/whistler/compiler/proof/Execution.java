package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Expr;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Operation.ByteRange;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helper.Trait;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs a routine on terms instead of words, along one path: phis are the values of the edge that
 * was taken, and at a branch whose condition is no constant whoever drives the execution says which
 * way it goes on. Loops are gone through as often as their conditions say.
 */
final class Execution {
  /** Addresses are neither small nor so large that sums with offsets would wrap round. */
  private static final long LEAST_ADDRESS = 1L << 28;

  private static final long MOST_ADDRESS = 1L << 62;
  private static final Set<Region> OF_CONTEXT = Set.of(Region.PACKET, Region.CONTEXT);

  /** Instructions on a path; a loop with more rounds is too long. */
  private static final int MOST_STEPS = 2_000;

  private final Terms terms;
  private final Addresses addresses;
  private final Calls calls;
  private final Routine routine;
  private final Memory blank;
  private final boolean trusted;

  /** Why an execution does not go on. */
  sealed interface Stop {
    /** At a branch; the first successor is where the condition holds. */
    record Fork(BoolExpr condition) implements Stop {}

    record End(BitVecExpr result) implements Stop {}

    /** There are too many steps. */
    record TooLong() implements Stop {}
  }

  /**
   * Prepares executions.
   *
   * @param blank memory of which nothing is known
   * @param trusted whether what the routine says of its values may be taken for granted: of the
   *     routine before a pass, which the kernel's verifier would let pass
   */
  Execution(Terms terms, Addresses addresses, Memory blank, Routine routine, boolean trusted) {
    this.terms = terms;
    this.addresses = addresses;
    this.calls = new Calls(terms, addresses);
    this.blank = blank;
    this.routine = routine;
    this.trusted = trusted;
  }

  State start() {
    return new State(routine.entry(), routine.valueCount(), blank);
  }

  Stop run(State state) {
    if (state.values.length > 0 && state.steps == 0) {
      body(state);
    }
    while (true) {
      if (state.steps > MOST_STEPS) {
        return new Stop.TooLong();
      }
      Value last = state.block.terminator();
      switch (last.operation()) {
        case Operation.Return _ -> {
          return new Stop.End(value(state, last.operand(0)));
        }
        case Operation.Jump _ -> enter(state, 0);
        case Operation.Branch branch -> {
          BoolExpr condition =
              terms.asked(branch, value(state, last.operand(0)), value(state, last.operand(1)));
          if (!condition.isTrue() && !condition.isFalse()) {
            return new Stop.Fork(condition);
          }
          enter(state, condition.isTrue() ? 0 : 1);
        }
        default -> throw new IllegalStateException("no terminator: " + last);
      }
    }
  }

  /** Goes on along an edge of a branch. */
  void enter(State state, int way) {
    Block from = state.block;
    int edge = from.edge(way);
    Block to = from.successors().get(way);
    List<BitVecExpr> incoming = new ArrayList<>();
    for (Value phi : to.phis()) {
      incoming.add(value(state, phi.operand(edge)));
    }
    for (int i = 0; i < incoming.size(); i++) {
      set(state, to.phis().get(i), incoming.get(i));
    }
    state.block = to;
    body(state);
  }

  private void body(State state) {
    for (Value value : state.block.instructions()) {
      step(state, value);
    }
    state.steps += state.block.instructions().size() + 1;
  }

  private void set(State state, Value value, BitVecExpr term) {
    state.values[value.number()] = term;
    if (value.type() instanceof PointerType pointer && pointsInto(value, pointer.region())) {
      addresses.own(term, new Owner(pointer.region(), -1, term, 0));
      boolean sum =
          value.operation() instanceof Operation.Binary
              || value.operation() instanceof Operation.Phi;
      if (pointer.region() == Region.PACKET && (trusted || !sum)) {
        state.granted.add(isAddress(term));
      }
    }
  }

  /** Every address is a number to kernel code; only what the kernel hands out is its own memory. */
  private static boolean pointsInto(Value value, Region region) {
    return region != Region.UNKNOWN
        && (region != Region.KERNEL
            || value.operation() instanceof Operation.ContextLoad
            || value.operation() instanceof Operation.Call);
  }

  private BoolExpr isAddress(BitVecExpr term) {
    return terms.within(term, LEAST_ADDRESS, MOST_ADDRESS);
  }

  private BitVecExpr value(State state, Value value) {
    return switch (value.operation()) {
      case Operation.Constant constant -> terms.word(constant.value());
      case Operation.StackAddress address -> {
        BitVecExpr start = terms.unknown("stack " + address.object().number());
        StackObject object = address.object();
        addresses.own(start, new Owner(Region.STACK, object.number(), start, object.size()));
        state.granted.add(isAddress(start));
        yield terms.plus(start, address.displacement());
      }
      case Operation.DataAddress data -> {
        BitVecExpr start = symbol(state, "section " + data.section());
        addresses.own(start, new Owner(Region.GLOBAL, -1, start, 0));
        yield terms.plus(start, data.offset());
      }
      case Operation.MapAddress map -> symbol(state, "map " + map.symbol());
      case Operation.RoutineAddress code -> symbol(state, "routine " + code.symbol());
      default -> state.values[value.number()];
    };
  }

  private BitVecExpr symbol(State state, String name) {
    BitVecExpr symbol = terms.unknown(name);
    state.granted.add(isAddress(symbol));
    return symbol;
  }

  private void step(State state, Value value) {
    switch (value.operation()) {
      case Operation.Parameter parameter ->
          set(state, value, terms.unknown("parameter " + parameter.index()));
      case Operation.Binary _, Operation.Compare _, Operation.Extend _, Operation.SwapBytes _ ->
          set(state, value, terms.computed(value.operation(), operands(state, value)));
      case Operation.Below below -> {
        BitVecExpr index = operand(state, value, 0);
        if (trusted) {
          state.granted.add(terms.z3.mkBVULT(index, terms.word(below.limit())));
        }
        set(state, value, index);
      }
      case Operation.Load load ->
          set(
              state,
              value,
              state.memory.load(
                  terms.plus(operand(state, value, 0), load.displacement()), load.width()));
      case Operation.ContextLoad load -> set(state, value, contextLoad(state, value, load));
      case Operation.Store store ->
          store(
              state,
              terms.plus(operand(state, value, 0), store.displacement()),
              store.width(),
              operand(state, value, 1));
      case Operation.Zero zero -> {
        for (ByteRange range : zero.ranges()) {
          BitVecExpr address = terms.plus(operand(state, value, 0), range.start());
          int length = range.end() - range.start();
          if (!isOwn(address)) {
            note(state, "zero " + length, address);
          }
          state.memory = state.memory.zero(address, length);
        }
      }
      case Operation.AtomicAdd add -> atomicAdd(state, value, add);
      case Operation.ContextStore store -> {
        note(
            state,
            "context store " + 8 * store.width() + " at " + store.offset(),
            operand(state, value, 0),
            terms.low(store.width(), operand(state, value, 1)));
        state.contexts++;
        state.memory = state.memory.touched("context " + state.events.size(), OF_CONTEXT, Set.of());
      }
      case Operation.Call call -> call(state, value, call);
      case Operation.CallRoutine call -> {
        set(state, value, calls.routine(state, call, operands(state, value)));
      }
      default -> throw new IllegalStateException("not in a block: " + value.operation());
    }
  }

  private BitVecExpr contextLoad(State state, Value value, Operation.ContextLoad load) {
    String name = "context %d at %d, %d".formatted(8 * load.width(), load.offset(), state.contexts);
    BitVecExpr word = terms.unknown(name);
    return value.isPointer() ? word : terms.low(load.width(), word);
  }

  private void store(State state, BitVecExpr address, int bytes, BitVecExpr word) {
    if (!isOwn(address)) {
      note(state, "store " + 8 * bytes, address, terms.low(bytes, word));
    }
    Owner kept = addresses.owner(word);
    if (kept != null && kept.isOwn()) {
      state.given.add(kept);
    }
    state.memory = state.memory.store(address, bytes, word);
  }

  private void atomicAdd(State state, Value value, Operation.AtomicAdd add) {
    BitVecExpr address = terms.plus(operand(state, value, 0), add.displacement());
    BitVecExpr old = state.memory.load(address, add.width());
    BitVecExpr more = operand(state, value, 1);
    if (!isOwn(address)) {
      note(state, "atomic " + 8 * add.width(), address, terms.low(add.width(), more));
    }
    state.memory =
        state.memory.store(address, add.width(), Terms.simple(terms.z3.mkBVAdd(old, more)));
    set(state, value, old);
  }

  private void call(State state, Value value, Operation.Call call) {
    List<BitVecExpr> arguments = operands(state, value);
    if (call.helper().is(Helpers.MAP_LOOKUP)) {
      boolean permanent =
          value.operand(0).operation() instanceof Operation.MapAddress map && map.permanent();
      set(state, value, calls.lookup(state, arguments, permanent));
      return;
    }
    boolean context = false;
    for (int i = 0; i < value.operandCount(); i++) {
      context |= value.operand(i).region() == Region.CONTEXT;
    }
    int index = state.events.size();
    BitVecExpr result =
        calls.helper(
            state, call.helper(), arguments, context && !call.helper().has(Trait.READS_KERNEL));
    if (call.helper().is(Helpers.RINGBUF_RESERVE)) {
      int size = Terms.isNumber(arguments.get(1)) ? (int) Terms.number(arguments.get(1)) : 0;
      addresses.own(result, new Owner(Region.RING, index, result, size));
      state.granted.add(terms.z3.mkOr(terms.z3.mkEq(result, terms.word(0)), isAddress(result)));
    }
    set(state, value, result);
  }

  private boolean isOwn(BitVecExpr address) {
    Owner owner = addresses.owner(address);
    return owner != null && owner.isOwn();
  }

  @SafeVarargs
  private static void note(State state, String name, Expr<BitVecSort>... words) {
    state.events.add(new Event(name, List.of(words)));
  }

  private BitVecExpr operand(State state, Value value, int index) {
    return value(state, value.operand(index));
  }

  private List<BitVecExpr> operands(State state, Value value) {
    List<BitVecExpr> operands = new ArrayList<>();
    for (Value operand : value.operands()) {
      operands.add(value(state, operand));
    }
    return operands;
  }
}
