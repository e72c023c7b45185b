package dev.whistler.compiler.proof;

import static dev.whistler.compiler.emit.Tree.HERE;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A small routine under construction, at the end of one block. */
final class Draft {
  /** Makes a value at the end of a draft. */
  interface Part {
    Value in(Draft draft);
  }

  final Routine routine = new Routine("rule", true, 4, OptionalLong.empty(), HERE);
  private Block block = routine.entry();
  private final Map<Integer, Value> parameters = new HashMap<>();
  private final Map<Integer, Value> fields = new HashMap<>();
  private final Map<Integer, StackObject> objects = new HashMap<>();

  /** A word of which nothing is known. */
  static Part word(int index) {
    return d -> d.parameter(index, ScalarType.U64);
  }

  static Part constant(long value) {
    return d -> d.routine.constant(value);
  }

  /** A number of a few bytes, of which passes know that. */
  static Part loaded(int bytes) {
    return d ->
        d.append(
            new Operation.ContextLoad(bytes, 8 * bytes),
            ScalarType.of(bytes, false),
            d.parameter(2, pointer(Region.CONTEXT)));
  }

  static Part binary(Operator operator, boolean narrow, Part a, Part b) {
    return d -> d.append(new Operation.Binary(operator, narrow), ScalarType.U64, a.in(d), b.in(d));
  }

  static Part extend(ScalarType scalar, Part a) {
    return d -> d.append(new Operation.Extend(scalar), scalar, a.in(d));
  }

  static Part swap(int width, Part a) {
    return d -> d.append(new Operation.SwapBytes(width), ScalarType.of(width, false), a.in(d));
  }

  static Part compare(Relation relation, boolean narrow, Part a, Part b) {
    return d -> d.append(new Operation.Compare(relation, narrow), ScalarType.U64, a.in(d), b.in(d));
  }

  /** Where the packet begins, at 0, or ends, at 4. */
  static Part packet(int field) {
    return d -> {
      Value known = d.fields.get(field);
      if (known == null) {
        Value context = d.parameter(2, pointer(Region.CONTEXT));
        known = d.value(new Operation.ContextLoad(4, field), pointer(Region.PACKET), context);
        d.routine.entry().append(known);
        d.fields.put(field, known);
      }
      return known;
    };
  }

  /** The address of a map's value. */
  static Part element() {
    return d -> d.parameter(3, pointer(Region.MAP_VALUE));
  }

  /** An address in one of the routine's stack objects, which have 16 bytes each. */
  static Part stack(int object, int displacement) {
    return d -> d.routine.leaf(new Operation.StackAddress(d.object(object), displacement));
  }

  /** One of two values, by a word; a number, whatever they are. */
  static Part chosen(Part a, Part b) {
    return d -> {
      Value x = a.in(d);
      Value y = b.in(d);
      Block[] ways = d.fork(new Question(Relation.EQUAL, false, word(1), constant(0)));
      d.meet(ways);
      Value phi = d.value(new Operation.Phi(), ScalarType.U64, x, y);
      d.block.appendPhi(phi);
      return phi;
    };
  }

  /** Things done one after the other; the last one's value. */
  static Part sequence(Part... parts) {
    return d -> {
      Value last = d.routine.constant(0);
      for (Part part : parts) {
        last = part.in(d);
      }
      return last;
    };
  }

  static Part call(Helper helper, Part... arguments) {
    return d ->
        d.append(
            new Operation.Call(helper),
            ScalarType.I64,
            Stream.of(arguments).map(a -> a.in(d)).toArray(Value[]::new));
  }

  static Part map() {
    return d -> d.routine.leaf(new Operation.MapAddress("m", false));
  }

  static Part address(Part base, Part offset) {
    return d -> {
      Value start = base.in(d);
      Operation sum = new Operation.Binary(Operator.ADD, false);
      return d.append(sum, pointer(start.region()), start, offset.in(d));
    };
  }

  static Part load(int width, int displacement, Part address) {
    return d ->
        d.append(
            new Operation.Load(width, displacement), ScalarType.of(width, false), address.in(d));
  }

  static Part store(int width, int displacement, Part address, Part value) {
    return d -> {
      d.append(
          new Operation.Store(width, displacement), ScalarType.U64, address.in(d), value.in(d));
      return d.routine.constant(0);
    };
  }

  static Part zero(int from, int to, Part address) {
    return d ->
        d.append(
            new Operation.Zero(List.of(new Operation.ByteRange(from, to))),
            ScalarType.U64,
            address.in(d));
  }

  static Part atomicAdd(int width, Part address, Part value) {
    return d ->
        d.append(
            new Operation.AtomicAdd(width, 0, false), ScalarType.U64, address.in(d), value.in(d));
  }

  private static PointerType pointer(Region region) {
    return new PointerType(region, null, 64, false);
  }

  /** A routine that returns a value. */
  static Routine returning(Part value) {
    Draft draft = new Draft();
    Value result = value.in(draft);
    draft.leave(draft.block, result);
    return draft.routine;
  }

  /** A routine that returns 7 where a comparison holds, and 9 where not. */
  static Routine asking(Relation relation, boolean narrow, Part a, Part b) {
    Draft draft = new Draft();
    Block[] ways = draft.fork(new Question(relation, narrow, a, b));
    draft.leave(ways[0], draft.routine.constant(7));
    draft.leave(ways[1], draft.routine.constant(9));
    return draft.routine;
  }

  /** A comparison. */
  record Question(Relation relation, boolean narrow, Part a, Part b) {}

  /** Asks one question, and on each way another one; returns both answers. */
  static Routine askingTwice(Question first, Question second) {
    Draft draft = new Draft();
    Block[] ways = draft.fork(first);
    for (int i = 0; i < 2; i++) {
      draft.block = ways[i];
      Block[] after = draft.fork(second);
      draft.leave(after[0], draft.routine.constant(2 * i));
      draft.leave(after[1], draft.routine.constant(2 * i + 1));
    }
    return draft.routine;
  }

  /** Asks one question, notes the answer, and asks another one where the ways have met. */
  static Routine askingAgain(Question first, Question second) {
    Draft draft = new Draft();
    Block[] ways = draft.fork(first);
    for (int i = 0; i < 2; i++) {
      draft.block = ways[i];
      store(4, 0, element(), constant(i)).in(draft);
    }
    draft.meet(ways);
    Block[] after = draft.fork(second);
    draft.leave(after[0], draft.routine.constant(0));
    draft.leave(after[1], draft.routine.constant(1));
    return draft.routine;
  }

  private Block[] fork(Question question) {
    Block[] ways = {routine.newBlock(), routine.newBlock()};
    Value left = question.a().in(this);
    Value right = question.b().in(this);
    Operation branch = new Operation.Branch(question.relation(), question.narrow());
    block.terminate(value(branch, ScalarType.U64, left, right), ways);
    return ways;
  }

  private void leave(Block from, Value result) {
    from.terminate(value(new Operation.Return(), ScalarType.U64, result));
  }

  private void meet(Block... ways) {
    Block join = routine.newBlock();
    for (Block way : ways) {
      way.terminate(value(new Operation.Jump(), ScalarType.U64), join);
    }
    block = join;
  }

  private StackObject object(int index) {
    return objects.computeIfAbsent(
        index, i -> routine.newStackObject(16, 8, StackObject.Cause.BLOCK, routine.origin()));
  }

  private Value parameter(int index, StaticType type) {
    Value known = parameters.get(index);
    if (known == null) {
      known = value(new Operation.Parameter(index), type);
      routine.entry().append(known);
      parameters.put(index, known);
    }
    return known;
  }

  private Value append(Operation operation, StaticType type, Value... operands) {
    Value value = value(operation, type, operands);
    block.append(value);
    return value;
  }

  private Value value(Operation operation, StaticType type, Value... operands) {
    return routine.newValue(operation, type, HERE, operands);
  }
}
