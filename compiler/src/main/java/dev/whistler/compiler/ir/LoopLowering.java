package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Loops. Short ones are copied out; those the kernel's verifier can walk through become real loops
 * with a counter that it sees grow; the rest go through the loop helper, whose body is a routine of
 * its own that shares variables with its surroundings by a frame on the stack.
 */
final class LoopLowering {
  /** Copies of a body at most (section 22). */
  private static final int MOST_COPIES = 64;

  /** Nodes in all copies together. */
  private static final int MOST_COPIED_NODES = 48;

  /**
   * The same where a body only computes: with constant indices there is no counter, no bounds check
   * and less for the verifier to walk through. Bodies with calls spend their time in these, and
   * each copy would have its own slots on the stack. About where clang stops unrolling, too.
   */
  private static final int MOST_COPIED_COMPUTING_NODES = 512;

  /** Frame: how the loop ended, the value of {@code return}, then one word for each variable. */
  private static final int STATE = 0;

  private static final int VALUE = 8;
  private static final int VARIABLES = 16;
  private static final int RETURNED = 1;
  private static final int LEFT_OUTER_LOOP = 2;

  private final BodyLowering body;
  private final Builder builder;
  private final MemoryLowering memory;

  LoopLowering(BodyLowering body, Builder builder, MemoryLowering memory) {
    this.body = body;
    this.builder = builder;
    this.memory = memory;
  }

  /** Where a variable lies in the frame. */
  static int frameOffset(int index) {
    return VARIABLES + 8 * index;
  }

  Value repeat(Expr.Repeat e) {
    if (isCopied(e)) {
      for (long i = 0; i < e.count() && !builder.isDead(); i++) {
        body.bind(e.index(), builder.constant(i));
        body.lower(e.body());
      }
    } else if (body.unit().facts().usesHelper(e)) {
      helperLoop(e.index(), builder.constant(e.count()), e.body(), false);
    } else {
      realLoop(e);
    }
    return builder.constant(0);
  }

  private static boolean isCopied(Expr.Repeat e) {
    if (e.count() > MOST_COPIES) {
      return false;
    }
    int mostNodes = onlyComputes(e.body()) ? MOST_COPIED_COMPUTING_NODES : MOST_COPIED_NODES;
    return LoopWork.times(e.count(), new LoopWork(e.index(), e.body()).count()) <= mostNodes;
  }

  /** Whether a loop is more than the verifier can be asked to walk through. */
  static boolean isLong(Expr.Repeat e) {
    return LoopWork.times(e.count(), new LoopWork(null, e.body()).count())
        > LoopWork.MOST_WALKED_NODES;
  }

  /** Whether a tree neither calls anything nor needs room on the stack of its own. */
  private static boolean onlyComputes(Expr root) {
    boolean[] calls = {false};
    Trees.visit(
        root,
        e ->
            calls[0] |=
                switch (e) {
                  case Expr.MapLookup _, Expr.MapUpdate _, Expr.MapDelete _ -> true;
                  case Expr.Call _, Expr.CallFunction _, Expr.KernelLoop _ -> true;
                  case Expr.ProbeRead _, Expr.Count _ -> true;
                  case Expr.StackBlock _, Expr.AddressOf _ -> true;
                  default -> false;
                });
    return !calls[0];
  }

  Value kernelLoop(Expr.KernelLoop e) {
    Value count = body.lower(e.count());
    if (builder.isDead()) {
      return count;
    }
    builder.at(e.origin());
    if (count.constant().isPresent()) {
      return count.isConstant(0) ? count : helperLoop(e.index(), count, e.body(), true);
    }
    return guarded(count, e);
  }

  /**
   * Calls the helper only for a count that is not 0. Where the verifier knows that it is 0 it does
   * not look at the callback, and such a program is refused as "verifier bug: No program to jit"
   * (jit_subprogs, kernel/bpf/verifier.c).
   */
  private Value guarded(Value count, Expr.KernelLoop e) {
    Join loop = body.join();
    Join end = body.join();
    builder.branch(Relation.NOT_EQUAL, count, builder.constant(0), loop.block(), end.block());
    loop.arrive(body.environment(), null);
    end.arrive(body.environment(), builder.constant(0));
    body.enter(loop, e.type());
    body.jump(end, helperLoop(e.index(), count, e.body(), true));
    Value performed = body.enter(end, e.type());
    return performed == null ? builder.constant(0) : performed;
  }

  private void realLoop(Expr.Repeat e) {
    Block header = builder.routine().newBlock();
    builder.jump(header);
    builder.continueIn(header);
    Map<Local, Value> carried = new LinkedHashMap<>();
    for (Local local : Trees.assigned(e.body())) {
      Value before = body.environment().get(local);
      if (before != null) {
        Value phi =
            builder.routine().newValue(new Operation.Phi(), local.type(), e.origin(), before);
        header.appendPhi(phi);
        body.environment().set(local, phi);
        carried.put(local, phi);
      }
    }
    Value counter =
        builder
            .routine()
            .newValue(new Operation.Phi(), ScalarType.U32, e.origin(), builder.constant(0));
    header.appendPhi(counter);
    body.bind(e.index(), counter);
    body.lower(e.body());
    if (builder.isDead()) {
      // The body never comes to its end: there is only a first iteration.
      return;
    }
    builder.at(e.origin());
    Value next = builder.binary(Operator.ADD, counter, builder.constant(1), ScalarType.U32);
    Block exit = builder.routine().newBlock();
    builder.branch(Relation.NOT_EQUAL, next, builder.constant(e.count()), header, exit);
    carried.forEach((local, phi) -> header.completePhi(phi, environmentValue(local)));
    header.completePhi(counter, next);
    builder.continueIn(exit);
  }

  private Value environmentValue(Local local) {
    Value value = body.environment().get(local);
    if (value == null) {
      throw new IllegalStateException("local " + local + " lost its value in a loop");
    }
    return value;
  }

  private Value helperLoop(Local index, Value count, Expr loopBody, boolean ownsExits) {
    List<Local> variables = new ArrayList<>();
    for (Local local : Trees.mentioned(loopBody)) {
      if (body.environment().get(local) != null || body.addresses().containsKey(local)) {
        variables.add(local);
      }
    }
    boolean context = body.unit().facts().usesContext(loopBody) && body.context() != null;
    int contextAt = frameOffset(variables.size());
    StackObject frame =
        builder
            .routine()
            .newStackObject(
                contextAt + (context ? 8 : 0), 8, StackObject.Cause.CAPTURE, builder.origin());
    Value address = body.stackAddress(frame);
    memory.store(8, address, STATE, builder.constant(0));
    for (int i = 0; i < variables.size(); i++) {
      Local local = variables.get(i);
      Value inMemory = body.addresses().get(local);
      memory.store(
          8, address, frameOffset(i), inMemory != null ? inMemory : environmentValue(local));
    }
    if (context) {
      memory.store(8, address, contextAt, java.util.Objects.requireNonNull(body.context()));
    }
    boolean leavesOuter =
        !ownsExits && body.returnTarget() instanceof BodyLowering.ReturnTarget.LoopCallback;
    Routine callback = callback(index, loopBody, variables, context ? contextAt : -1, leavesOuter);
    Value performed =
        builder.call(
            Helpers.LOOP,
            ScalarType.I64,
            count,
            builder.routine().leaf(new Operation.RoutineAddress(callback.symbol())),
            address,
            builder.constant(0));
    for (Local local : Trees.assigned(loopBody)) {
      int i = variables.indexOf(local);
      if (i >= 0 && !body.addresses().containsKey(local)) {
        body.environment()
            .set(local, memory.load(ScalarType.U64, address, frameOffset(i), local.type()));
      }
    }
    afterLoop(address, loopBody, variables, leavesOuter);
    // Only a count that is too large has a negative result, and a constant one was checked.
    return count.constant().isPresent() ? performed : builder.extend(ScalarType.I32, performed);
  }

  /** {@code return} inside the body ends the program once the helper is back. */
  private void afterLoop(Value address, Expr loopBody, List<Local> variables, boolean leavesOuter) {
    boolean[] found = {false, false};
    Map<Set<Local>, Expr> postponed = new LinkedHashMap<>();
    Trees.visit(
        loopBody,
        e -> {
          if (e instanceof Expr.Return leaving) {
            found[0] = true;
            for (Expr step : leaving.before()) {
              Set<Local> mentioned = Trees.mentioned(step);
              if (mentioned.stream().anyMatch(variables::contains)) {
                postponed.putIfAbsent(mentioned, step);
              }
            }
          }
          found[1] |= e instanceof Expr.LoopExit;
        });
    if (!found[0] && !(found[1] && leavesOuter)) {
      return;
    }
    Value state = memory.load(ScalarType.U64, address, STATE, ScalarType.U64);
    if (found[0]) {
      onState(
          state,
          RETURNED,
          () -> {
            postponed.values().forEach(body::giveBack);
            body.leave(memory.load(ScalarType.U64, address, VALUE, ScalarType.U64));
          });
    }
    if (found[1] && leavesOuter) {
      onState(state, LEFT_OUTER_LOOP, () -> builder.ret(builder.constant(1)));
    }
  }

  private void onState(Value state, int expected, Runnable action) {
    Join then = body.join();
    Join end = body.join();
    builder.branch(Relation.EQUAL, state, builder.constant(expected), then.block(), end.block());
    then.arrive(body.environment(), null);
    end.arrive(body.environment(), null);
    body.enter(then, ScalarType.U64);
    action.run();
    body.enter(end, ScalarType.U64);
  }

  private Routine callback(
      Local index, Expr loopBody, List<Local> variables, int contextAt, boolean leavesOuter) {
    Routine routine = body.unit().newCallback(builder.routine(), builder.origin());
    BodyLowering inner = new BodyLowering(body.unit(), routine);
    Builder innerBuilder = inner.builder();
    innerBuilder.at(builder.origin());
    Value counter = innerBuilder.emit(new Operation.Parameter(0), ScalarType.U64);
    Value frame =
        innerBuilder.emit(
            new Operation.Parameter(1),
            new PointerType(Region.STACK, null, frameOffset(variables.size()) + 8, false));
    inner.enterLoop(frame, leavesOuter);
    MemoryLowering innerMemory = new MemoryLowering(innerBuilder);
    for (int i = 0; i < variables.size(); i++) {
      Local local = variables.get(i);
      boolean inMemory = body.addresses().containsKey(local);
      Value value =
          innerMemory.load(
              ScalarType.U64,
              frame,
              frameOffset(i),
              inMemory
                  ? new PointerType(Region.STACK, null, local.memoryWidth(), false)
                  : local.type());
      if (inMemory) {
        inner.addresses().put(local, value);
      } else {
        inner.environment().set(local, value);
      }
    }
    if (contextAt >= 0) {
      inner.setContext(
          innerMemory.load(
              ScalarType.U64, frame, contextAt, new PointerType(Region.CONTEXT, null, -1, false)));
    }
    List<Local> shared = new ArrayList<>();
    for (Local local : Trees.assigned(loopBody)) {
      if (variables.contains(local) && !body.addresses().containsKey(local)) {
        shared.add(local);
      }
    }
    inner.shareBack(shared, variables);
    inner.bind(index, counter);
    inner.lower(loopBody);
    inner.endIteration(0);
    CleanUp.removeUnreachable(routine);
    return routine;
  }

  /** {@code loop-exit}. */
  Value exit() {
    if (!builder.isDead()) {
      if (body.leavesOuter()) {
        memory.store(8, body.frame(), STATE, builder.constant(LEFT_OUTER_LOOP));
      }
      body.endIteration(1);
    }
    return builder.constant(0);
  }

  /** {@code return} inside a loop's body. */
  void leave(BodyLowering.ReturnTarget.LoopCallback callback, Value value) {
    memory.store(8, callback.frame(), STATE, builder.constant(RETURNED));
    memory.store(8, callback.frame(), VALUE, value);
    body.endIteration(1);
  }
}
