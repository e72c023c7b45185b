package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.DominatorWalk;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Global value numbering along the dominator tree: an operation on operands that it was done on
 * before is replaced by the earlier result. Context loads take part where nothing changes the
 * context.
 *
 * <p>A number that is added to a pointer is only shared within its block: the kernel's verifier
 * learns bounds for the register that was compared, so an offset must be computed after its check.
 */
final class CommonValues implements Pass {
  @Override
  public String name() {
    return "common-values";
  }

  private record Key(Operation operation, List<Value> operands, Scope scope) {}

  /** Where a result may be used again. */
  private sealed interface Scope {
    /** Wherever it was computed on all ways. */
    record Everywhere() implements Scope {}

    /** In its block. */
    record Block(int number) implements Scope {}

    /** In its block, up to the next change of the context. */
    record Epoch(int block, int epoch) implements Scope {}
  }

  private static final Scope EVERYWHERE = new Scope.Everywhere();

  @Override
  public boolean run(Routine routine) {
    Walk walk = new Walk(routine);
    walk.run();
    Replacements replacements = walk.replacements;
    if (replacements.isEmpty()) {
      return false;
    }
    for (Block block : routine.blocks()) {
      List<Value> kept = new ArrayList<>(block.instructions());
      kept.removeIf(replacements::contains);
      block.setInstructions(kept);
    }
    routine.replaceAll(replacements);
    return true;
  }

  private static final class Walk extends DominatorWalk {
    final Replacements replacements = new Replacements();

    private final Map<Key, Value> available = new HashMap<>();
    private final boolean[] offsets;
    private final boolean stableContext;

    Walk(Routine routine) {
      super(routine);
      offsets = offsets(routine);
      stableContext = contextIsStable(routine);
    }

    @Override
    protected void enter(Block block) {
      int epoch = 0;
      for (Value value : block.instructions()) {
        replacements.resolveOperands(value);
        boolean context = value.operation() instanceof Operation.ContextLoad;
        if (!stableContext
            && (value.operation() instanceof Operation.ContextStore
                || Effects.changesContext(value))) {
          epoch++;
        }
        if (!(value.operation() instanceof Operation.Pure) && !context) {
          continue;
        }
        Scope scope =
            offsets[value.number()]
                ? new Scope.Block(block.number())
                : context && !stableContext ? new Scope.Epoch(block.number(), epoch) : EVERYWHERE;
        Value before =
            putIfAbsent(
                available, new Key(value.operation(), List.copyOf(value.operands()), scope), value);
        if (before != null) {
          replacements.put(value, before);
        }
      }
    }
  }

  private static boolean contextIsStable(Routine routine) {
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (value.operation() instanceof Operation.ContextStore || Effects.changesContext(value)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Numbers that reach the addition to a pointer through arithmetic. */
  private static boolean[] offsets(Routine routine) {
    boolean[] offsets = new boolean[routine.valueCount()];
    Deque<Value> work = new ArrayDeque<>();
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (value.operation() instanceof Operation.Binary b
            && (b.operator() == Operator.ADD || b.operator() == Operator.SUBTRACT)
            && (value.operand(0).isPointer() || value.operand(1).isPointer())) {
          for (Value operand : value.operands()) {
            if (!operand.isPointer()) {
              mark(operand, offsets, work);
            }
          }
          if (value.operand(1).constant().isEmpty()) {
            offsets[value.number()] = true;
          }
        }
      }
    }
    while (!work.isEmpty()) {
      Value value = work.pop();
      value.operands().forEach(o -> mark(o, offsets, work));
    }
    return offsets;
  }

  private static void mark(Value value, boolean[] offsets, Deque<Value> work) {
    boolean arithmetic =
        value.operation() instanceof Operation.Binary
            || value.operation() instanceof Operation.Extend;
    if (arithmetic && !offsets[value.number()]) {
      offsets[value.number()] = true;
      work.push(value);
    }
  }
}
