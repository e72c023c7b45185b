package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.DominatorWalk;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Key and value temporaries are written once and only read afterwards. One that would hold what
 * another one holds already, in code that the other's store dominates, is that other one.
 */
final class SharedSlots implements Pass {
  @Override
  public String name() {
    return "shared-slots";
  }

  private record Key(Value value, int width, int size) {}

  @Override
  public boolean run(Routine routine) {
    Set<StackObject> readOnly = candidates(routine);
    if (readOnly.size() < 2) {
      return false;
    }
    Walk walk = new Walk(routine, readOnly);
    walk.run();
    if (walk.replacements.isEmpty()) {
      return false;
    }
    routine.replaceOperands(
        v -> {
          if (v.operation() instanceof Operation.StackAddress s) {
            StackObject other = walk.replacements.get(s.object());
            if (other != null) {
              return routine.leaf(new Operation.StackAddress(other, s.displacement()));
            }
          }
          return v;
        });
    return true;
  }

  private static final class Walk extends DominatorWalk {
    final Map<StackObject, StackObject> replacements = new HashMap<>();

    private final Set<StackObject> readOnly;
    private final Map<Key, StackObject> available = new HashMap<>();

    Walk(Routine routine, Set<StackObject> readOnly) {
      super(routine);
      this.readOnly = readOnly;
    }

    @Override
    protected void enter(Block block) {
      List<Value> kept = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        StackObject other = null;
        if (value.operation() instanceof Operation.Store store
            && value.operand(0).operation() instanceof Operation.StackAddress s
            && readOnly.contains(s.object())) {
          Key key = new Key(value.operand(1), store.width(), s.object().size());
          other = putIfAbsent(available, key, s.object());
          if (other != null) {
            replacements.put(s.object(), other);
          }
        }
        if (other == null) {
          kept.add(value);
        }
      }
      block.setInstructions(kept);
    }
  }

  /** Slots with exactly one store, of their whole size, and otherwise only read by calls. */
  private static Set<StackObject> candidates(Routine routine) {
    Map<StackObject, Integer> stores = new HashMap<>();
    Set<StackObject> spoiled = new HashSet<>();
    for (Block block : routine.blocks()) {
      for (Value phi : block.phis()) {
        phi.operands().forEach(o -> spoil(o, spoiled));
      }
      for (Value value : block.instructions()) {
        if (value.operation() instanceof Operation.Store store
            && value.operand(0).operation() instanceof Operation.StackAddress s
            && store.displacement() == 0
            && s.displacement() == 0
            && store.width() == s.object().size()) {
          stores.merge(s.object(), 1, Integer::sum);
          spoil(value.operand(1), spoiled);
        } else if (value.operation() instanceof Operation.Call call) {
          for (int i = 0; i < value.operandCount(); i++) {
            if (Effects.use(call, i) != Effects.Use.READ) {
              spoil(value.operand(i), spoiled);
            }
          }
        } else if (!(value.operation() instanceof Operation.Load)) {
          value.operands().forEach(o -> spoil(o, spoiled));
        }
      }
    }
    Set<StackObject> result = new HashSet<>();
    stores.forEach(
        (object, count) -> {
          if (count == 1 && object.cause() == StackObject.Cause.SLOT && !spoiled.contains(object)) {
            result.add(object);
          }
        });
    return result;
  }

  private static void spoil(Value value, Set<StackObject> spoiled) {
    if (value.operation() instanceof Operation.StackAddress s) {
      spoiled.add(s.object());
    }
  }
}
