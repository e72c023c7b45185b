package dev.whistler.compiler.ir;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the body of one routine: dispatch, variables and control. Memory, calls and loops have
 * classes of their own.
 */
final class BodyLowering {
  private final Lowering unit;
  private final Builder builder;
  private final Environment environment = new Environment();
  private final Map<Local, Value> addresses = new HashMap<>();
  private Map<Expr, StackObject> blocks = new IdentityHashMap<>();
  private final MemoryLowering memory;
  private final CallLowering calls;
  private final LoopLowering loops;
  private ReturnTarget returnTarget = new ReturnTarget.RoutineExit();
  private @Nullable Value context;
  private @Nullable Value frame;
  private boolean leavesOuter;
  private List<Local> sharedBack = List.of();
  private List<Local> frameOrder = List.of();

  /** What {@code return} means at the present place. */
  sealed interface ReturnTarget {
    /** The routine ends. */
    record RoutineExit() implements ReturnTarget {}

    /** An inlined function ends. */
    record Inlined(Join join) implements ReturnTarget {}

    /**
     * A loop callback stops the loop and leaves the value for the code after it.
     *
     * @param frame address of the variables shared with the loop's surroundings
     */
    record LoopCallback(Value frame) implements ReturnTarget {}
  }

  BodyLowering(Lowering unit, Routine routine) {
    this.unit = unit;
    this.builder = new Builder(routine);
    this.memory = new MemoryLowering(builder);
    this.calls = new CallLowering(this, builder, memory);
    this.loops = new LoopLowering(this, builder, memory);
  }

  Lowering unit() {
    return unit;
  }

  Builder builder() {
    return builder;
  }

  Environment environment() {
    return environment;
  }

  /** Addresses of the locals that live in memory. */
  Map<Local, Value> addresses() {
    return addresses;
  }

  void setContext(Value value) {
    context = value;
  }

  @Nullable Value context() {
    return context;
  }

  ReturnTarget returnTarget() {
    return returnTarget;
  }

  void setReturnTarget(ReturnTarget target) {
    returnTarget = target;
  }

  /** A conditional of which the last arm is being evaluated. */
  private record OpenConditional(Expr.If expr, Join end) {}

  /**
   * Evaluates an expression. What ends in another one is gone through in a loop: a chain of clauses
   * or bindings is as long as its source, the stack is not.
   */
  Value lower(Expr expr) {
    Deque<OpenConditional> open = new ArrayDeque<>();
    Expr last = expr;
    while (!builder.isDead() && (last instanceof Expr.Let || last instanceof Expr.If)) {
      builder.at(last.origin());
      if (last instanceof Expr.Let let) {
        bind(let.local(), lower(let.init()));
        last = let.body();
      } else if (last instanceof Expr.If conditional) {
        open.push(new OpenConditional(conditional, firstArm(conditional)));
        last = conditional.otherwise();
      }
    }
    Value value = lowerOther(last);
    while (!open.isEmpty()) {
      OpenConditional outer = open.pop();
      jump(outer.end(), value);
      builder.at(outer.expr().origin());
      Value joined = enter(outer.end(), outer.expr().type());
      value = joined == null ? builder.constant(0) : joined;
    }
    return value;
  }

  private Value lowerOther(Expr expr) {
    if (builder.isDead()) {
      return builder.constant(0);
    }
    builder.at(expr.origin());
    return switch (expr) {
      case Expr.Constant e -> builder.constant(e.value());
      case Expr.Read e -> read(e.local());
      case Expr.Assign e -> assign(e.local(), lower(e.value()));
      case Expr.Let _, Expr.If _ -> lower(expr);
      case Expr.Sequence e -> sequence(e);
      case Expr.Return e -> {
        Value value = lower(e.value());
        e.before().forEach(this::giveBack);
        builder.at(e.origin());
        leave(value);
        yield builder.constant(0);
      }
      case Expr.Repeat e -> loops.repeat(e);
      case Expr.KernelLoop e -> loops.kernelLoop(e);
      case Expr.LoopExit e -> loops.exit();
      case Expr.Binary e -> {
        Value left = lower(e.left());
        Value right = lower(e.right());
        builder.at(e.origin());
        yield builder.binary(e.operator(), left, right, e.type());
      }
      case Expr.Compare e -> {
        Value left = lower(e.left());
        Value right = lower(e.right());
        builder.at(e.origin());
        yield builder.emit(new Operation.Compare(e.relation(), false), ScalarType.U64, left, right);
      }
      case Expr.Convert e -> {
        Value operand = lower(e.operand());
        builder.at(e.origin());
        yield builder.extend(e.type(), operand);
      }
      case Expr.Retype e -> retype(lower(e.operand()), e.type());
      case Expr.SwapBytes e -> {
        Value operand = lower(e.operand());
        builder.at(e.origin());
        yield e.type().width() == 1
            ? builder.extend(ScalarType.U8, operand)
            : builder.emit(new Operation.SwapBytes(e.type().width()), e.type(), operand);
      }
      case Expr.Below e -> {
        Value index = lower(e.index());
        builder.at(e.origin());
        yield index.constant().isPresent()
            ? index
            : builder.emit(new Operation.Below(e.limit()), e.type(), index);
      }
      case Expr.Log2 e -> Logarithm.lower(builder, lower(e.operand()));
      case Expr.Load e -> {
        Value pointer = lower(e.pointer());
        builder.at(e.origin());
        yield memory.load(e.scalar(), pointer, e.displacement(), e.type());
      }
      case Expr.Store e -> {
        Value pointer = lower(e.pointer());
        Value value = lower(e.value());
        builder.at(e.origin());
        memory.store(e.scalar().width(), pointer, e.displacement(), value);
        yield builder.constant(0);
      }
      case Expr.Fill e -> {
        Value pointer = lower(e.pointer());
        Value value = lower(e.value());
        builder.at(e.origin());
        memory.fill(pointer, e.displacement(), value, e.length());
        yield builder.constant(0);
      }
      case Expr.Copy e -> {
        Value target = lower(e.target());
        Value source = lower(e.source());
        builder.at(e.origin());
        memory.copy(target, e.targetDisplacement(), source, e.sourceDisplacement(), e.length());
        yield builder.constant(0);
      }
      case Expr.AtomicAdd e -> {
        Value pointer = lower(e.pointer());
        Value value = lower(e.value());
        builder.at(e.origin());
        yield memory.atomicAdd(e.scalar(), pointer, e.displacement(), value, e.fetch());
      }
      case Expr.StackBlock e -> stackBlock(e);
      case Expr.AddressOf e -> address(e.local());
      case Expr.GlobalAddress e ->
          builder
              .routine()
              .leaf(
                  new Operation.DataAddress(
                      e.global().section(), unit.layout().offset(e.global())));
      case Expr.ProbeRead e -> calls.probeRead(e, lower(e.address()));
      case Expr.ContextPointer e -> contextPointer(e.type());
      case Expr.ContextLoad e ->
          memory.contextLoad(e.scalar(), contextPointer(null), e.offset(), e.type());
      case Expr.ContextStore e -> {
        Value value = lower(e.value());
        builder.at(e.origin());
        memory.contextStore(e.scalar().width(), contextPointer(null), e.offset(), value);
        yield builder.constant(0);
      }
      case Expr.MapLookup e -> calls.lookup(e);
      case Expr.MapUpdate e -> calls.update(e);
      case Expr.MapDelete e -> calls.delete(e);
      case Expr.Call e -> calls.helper(e);
      case Expr.CallFunction e -> calls.function(e);
      case Expr.Count e -> calls.count(e);
    };
  }

  /** Goes to {@code holds} if the expression is not 0, else to {@code otherwise}. */
  private void test(Expr expr, Join holds, Join otherwise) {
    Expr last = expr;
    Join ifSo = holds;
    Join ifNot = otherwise;
    while (!builder.isDead()) {
      switch (last) {
        case Expr.Compare e when isComparedWithZero(e, Relation.EQUAL) -> {
          Join swapped = ifSo;
          ifSo = ifNot;
          ifNot = swapped;
          last = e.left();
        }
        case Expr.Compare e when isComparedWithZero(e, Relation.NOT_EQUAL) -> last = e.left();
        case Expr.If e -> {
          Join then = join();
          Join other = join();
          test(e.test(), then, other);
          enter(then, e.type());
          test(e.then(), ifSo, ifNot);
          enter(other, e.type());
          last = e.otherwise();
        }
        case Expr.Let e -> {
          bind(e.local(), lower(e.init()));
          last = e.body();
        }
        case Expr.Sequence e -> {
          e.forms().subList(0, e.forms().size() - 1).forEach(this::lower);
          last = e.forms().getLast();
        }
        default -> {
          testValue(last, ifSo, ifNot);
          return;
        }
      }
    }
  }

  private static boolean isComparedWithZero(Expr.Compare compare, Relation relation) {
    return compare.right() instanceof Expr.Constant c
        && c.value() == 0
        && compare.relation() == relation;
  }

  private void testValue(Expr expr, Join holds, Join otherwise) {
    switch (expr) {
      case Expr.Constant e -> jump(e.value() != 0 ? holds : otherwise, null);
      case Expr.Compare e -> {
        Value left = lower(e.left());
        Value right = lower(e.right());
        builder.at(e.origin());
        branch(e.relation(), left, right, holds, otherwise);
      }
      default -> {
        Value value = lower(expr);
        builder.at(expr.origin());
        branch(Relation.NOT_EQUAL, value, builder.constant(0), holds, otherwise);
      }
    }
  }

  /**
   * Evaluates the test and the first arm and goes on in the other; the result is where both end.
   */
  private Join firstArm(Expr.If e) {
    Join then = join();
    Join otherwise = join();
    Join end = join();
    test(e.test(), then, otherwise);
    enter(then, e.type());
    Value first = lower(e.then());
    jump(end, first);
    enter(otherwise, e.type());
    return end;
  }

  Join join() {
    return new Join(builder.routine().newBlock(), environment);
  }

  /** Continues at a join; nowhere if nothing leads there. */
  @Nullable Value enter(Join join, StaticType type) {
    Value value = join.enter(environment, builder, type);
    builder.continueIn(join.isReached() ? join.block() : null);
    return value;
  }

  void jump(Join target, @Nullable Value value) {
    if (!builder.isDead()) {
      builder.jump(target.block());
      target.arrive(environment, value);
    }
  }

  private void branch(Relation relation, Value left, Value right, Join holds, Join otherwise) {
    if (!builder.isDead()) {
      builder.branch(relation, left, right, holds.block(), otherwise.block());
      holds.arrive(environment, null);
      otherwise.arrive(environment, null);
    }
  }

  private Value sequence(Expr.Sequence e) {
    Value last = builder.constant(0);
    for (Expr form : e.forms()) {
      last = lower(form);
    }
    return last;
  }

  /** Ends the program, the inlined function or the loop. */
  void leave(Value value) {
    if (builder.isDead()) {
      return;
    }
    switch (returnTarget) {
      case ReturnTarget.RoutineExit exit -> {
        // In tier "observe" the value is known to be this one; the agent looks for the constant.
        OptionalLong pass = builder.routine().passValue();
        builder.ret(pass.isPresent() ? builder.constant(pass.getAsLong()) : value);
      }
      case ReturnTarget.Inlined inlined -> jump(inlined.join(), value);
      case ReturnTarget.LoopCallback callback -> loops.leave(callback, value);
    }
  }

  /**
   * What a {@code return} does before it leaves. In the body of a helper loop, what was reserved
   * outside stays: the verifier takes the loop to go on after each iteration, also after the one
   * that ends it. {@link LoopLowering} gives it back once the helper has returned.
   */
  void giveBack(Expr step) {
    boolean outside =
        returnTarget instanceof ReturnTarget.LoopCallback
            && Trees.mentioned(step).stream().anyMatch(frameOrder::contains);
    if (!outside) {
      lower(step);
    }
  }

  private Value read(Local local) {
    Value address = addresses.get(local);
    if (address != null) {
      ScalarType scalar = local.declared() == null ? ScalarType.U64 : local.declared();
      return memory.load(scalar, address, 0, local.type());
    }
    Value value = environment.get(local);
    if (value == null) {
      throw new IllegalStateException("local " + local + " is read before it is bound");
    }
    return value;
  }

  private Value assign(Local local, Value value) {
    if (builder.isDead()) {
      return value;
    }
    Value address = addresses.get(local);
    if (address != null) {
      memory.store(local.memoryWidth(), address, 0, value);
    } else {
      environment.set(local, value);
    }
    return value;
  }

  /** Binds a local to its first value. */
  void bind(Local local, Value value) {
    if (builder.isDead()) {
      return;
    }
    if (local.inMemory()) {
      Value address =
          addresses.computeIfAbsent(
              local,
              l ->
                  stackAddress(
                      builder
                          .routine()
                          .newStackObject(
                              l.memoryWidth(),
                              l.memoryWidth(),
                              StackObject.Cause.VARIABLE,
                              l.origin())));
      memory.store(local.memoryWidth(), address, 0, value);
    } else {
      environment.set(local, value);
    }
  }

  Value stackAddress(StackObject object) {
    return builder.routine().leaf(new Operation.StackAddress(object, 0));
  }

  private Value address(Local local) {
    Value address = addresses.get(local);
    if (address == null) {
      throw new IllegalStateException("local " + local + " has no address");
    }
    return address;
  }

  private Value stackBlock(Expr.StackBlock e) {
    StackObject object =
        blocks.computeIfAbsent(
            e,
            x ->
                builder
                    .routine()
                    .newStackObject(e.type().size(), 8, StackObject.Cause.BLOCK, e.origin()));
    Value address = stackAddress(object);
    memory.fill(address, 0, builder.constant(0), object.size());
    return address;
  }

  /** Lowers with a fresh set of stack blocks: the body of a function that is inlined once more. */
  Value inlined(Expr body) {
    Map<Expr, StackObject> outer = blocks;
    blocks = new IdentityHashMap<>();
    Value value = lower(body);
    blocks = outer;
    return value;
  }

  private static Value retype(Value value, StaticType type) {
    boolean known =
        value.type() instanceof PointerType pointer && pointer.region() != Region.UNKNOWN;
    if (!value.isLeaf() && !known && type instanceof PointerType) {
      value.setType(type);
    }
    return value;
  }

  private Value contextPointer(@Nullable PointerType type) {
    if (context == null) {
      throw new IllegalStateException("no context here");
    }
    if (type != null) {
      context.setType(type);
    }
    return context;
  }

  /** This body is that of a helper loop; its variables are in a frame of the surroundings. */
  void enterLoop(Value loopFrame, boolean exitsLeaveOuter) {
    frame = loopFrame;
    leavesOuter = exitsLeaveOuter;
    returnTarget = new ReturnTarget.LoopCallback(loopFrame);
  }

  /** Which variables go back to the frame at the end of each iteration. */
  void shareBack(List<Local> shared, List<Local> inFrame) {
    sharedBack = List.copyOf(shared);
    frameOrder = List.copyOf(inFrame);
  }

  /** Whether {@code loop-exit} means a loop around the one that this body belongs to. */
  boolean leavesOuter() {
    return leavesOuter;
  }

  /** The frame of the loop whose body this is. */
  Value frame() {
    if (frame == null) {
      throw new IllegalStateException("not in the body of a helper loop");
    }
    return frame;
  }

  /** Writes the variables back and returns to the loop helper: 0 to go on, 1 to stop. */
  void endIteration(int verdict) {
    if (builder.isDead()) {
      return;
    }
    for (Local local : sharedBack) {
      Value value = environment.get(local);
      if (value != null) {
        memory.store(8, frame(), LoopLowering.frameOffset(frameOrder.indexOf(local)), value);
      }
    }
    builder.ret(builder.constant(verdict));
  }
}
