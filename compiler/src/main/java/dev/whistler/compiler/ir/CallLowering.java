package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of helpers and of kernel-side functions; map operations are helper calls. */
final class CallLowering {
  private final BodyLowering body;
  private final Builder builder;
  private final MemoryLowering memory;

  CallLowering(BodyLowering body, Builder builder, MemoryLowering memory) {
    this.body = body;
    this.builder = builder;
    this.memory = memory;
  }

  private Value map(MapDefinition map) {
    return builder.routine().leaf(new Operation.MapAddress(map.symbol(), isPermanent(map.type())));
  }

  private static boolean isPermanent(MapType type) {
    return type == MapType.ARRAY || type == MapType.PERCPU_ARRAY;
  }

  /** The address of a key or value operand. */
  private Value slot(Expr.Slot slot) {
    return switch (slot) {
      case Expr.Slot.ByAddress s -> body.lower(s.pointer());
      case Expr.Slot.ByValue s -> temporary(body.lower(s.value()), s.size());
    };
  }

  private Value temporary(Value value, int size) {
    if (builder.isDead()) {
      return value;
    }
    StackObject object =
        builder
            .routine()
            .newStackObject(
                size,
                Math.min(8, Integer.highestOneBit(size)),
                StackObject.Cause.SLOT,
                builder.origin());
    memory.storeSlot(object, size, value);
    return body.stackAddress(object);
  }

  Value lookup(Expr.MapLookup e) {
    Value key = slot(e.key());
    builder.at(e.origin());
    return builder.call(Helpers.MAP_LOOKUP, e.type(), map(e.map()), key);
  }

  Value update(Expr.MapUpdate e) {
    Value key = slot(e.key());
    Value value = slot(e.value());
    Value flags = body.lower(e.flags());
    builder.at(e.origin());
    return result(Helpers.MAP_UPDATE, e.type(), map(e.map()), key, value, flags);
  }

  Value delete(Expr.MapDelete e) {
    Value key = slot(e.key());
    builder.at(e.origin());
    return result(Helpers.MAP_DELETE, e.type(), map(e.map()), key);
  }

  Value helper(Expr.Call e) {
    List<Value> arguments = new ArrayList<>();
    for (Expr.Argument argument : e.arguments()) {
      arguments.add(
          switch (argument) {
            case Expr.Argument.Value a -> body.lower(a.value());
            case Expr.Argument.Map a -> map(a.map());
            case Expr.Argument.InSlot a -> slot(a.slot());
            case Expr.Argument.Text a ->
                builder
                    .routine()
                    .leaf(
                        new Operation.DataAddress(
                            ".rodata", body.unit().layout().string(a.text())));
          });
    }
    builder.at(e.origin());
    return result(e.helper(), e.type(), arguments.toArray(new Value[0]));
  }

  /** A call whose result is what the specification says, on every kernel. */
  private Value result(Helper helper, StaticType type, Value... arguments) {
    Value result = builder.call(helper, type, arguments);
    return helper.has(Helper.Trait.INT) ? builder.extend(ScalarType.I32, result) : result;
  }

  Value probeRead(Expr.ProbeRead e, Value address) {
    int width = e.scalar().width();
    StackObject object =
        builder.routine().newStackObject(width, width, StackObject.Cause.SLOT, e.origin());
    Value target = body.stackAddress(object);
    builder.at(e.origin());
    memory.fill(target, 0, builder.constant(0), width);
    builder.call(
        e.user() ? Helpers.PROBE_READ_USER : Helpers.PROBE_READ_KERNEL,
        ScalarType.I64,
        target,
        builder.constant(width),
        address);
    return memory.load(e.scalar(), target, 0, e.type());
  }

  Value count(Expr.Count e) {
    Value entry =
        builder.call(
            Helpers.MAP_LOOKUP,
            new PointerType(Region.MAP_VALUE, null, 16, true),
            map(e.statistics()),
            temporary(builder.constant(e.ringIndex()), 4));
    Join found = body.join();
    Join end = body.join();
    builder.branch(Relation.NOT_EQUAL, entry, builder.constant(0), found.block(), end.block());
    found.arrive(body.environment(), null);
    end.arrive(body.environment(), null);
    body.enter(found, ScalarType.U64);
    memory.atomicAdd(
        ScalarType.U64,
        entry,
        e.counter() == Expr.Counter.PRODUCED ? 0 : 8,
        builder.constant(1),
        false);
    body.jump(end, null);
    body.enter(end, ScalarType.U64);
    return builder.constant(0);
  }

  Value function(Expr.CallFunction e) {
    List<Value> arguments = new ArrayList<>();
    for (Expr argument : e.arguments()) {
      arguments.add(body.lower(argument));
    }
    if (builder.isDead()) {
      return builder.constant(0);
    }
    builder.at(e.origin());
    TypedFunction function = e.function();
    if (body.unit().facts().isInlined(function)) {
      return inline(e, arguments);
    }
    body.unit().requireSubprogram(function);
    @Nullable Value context = body.context();
    if (body.unit().takesContext(function) && context != null) {
      arguments.addFirst(context);
    }
    return builder.emit(
        new Operation.CallRoutine(function.symbol()), e.type(), arguments.toArray(new Value[0]));
  }

  private Value inline(Expr.CallFunction e, List<Value> arguments) {
    TypedFunction function = e.function();
    for (int i = 0; i < arguments.size(); i++) {
      body.bind(function.parameters().get(i), arguments.get(i));
    }
    BodyLowering.ReturnTarget outer = body.returnTarget();
    Join end = body.join();
    body.setReturnTarget(new BodyLowering.ReturnTarget.Inlined(end));
    Value last = body.inlined(function.body());
    body.jump(end, last);
    body.setReturnTarget(outer);
    builder.at(e.origin());
    Value value = body.enter(end, e.type());
    return value == null ? builder.constant(0) : value;
  }
}
