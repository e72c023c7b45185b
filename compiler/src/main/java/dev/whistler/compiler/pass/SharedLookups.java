package dev.whistler.compiler.pass;

import dev.whistler.compiler.form.Expr.Relation;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a reservation succeeds or not, its outcome is counted in the same statistics entry. So
 * the entry is looked up once, before the test of the reservation, instead of on both ways.
 * Elements of arrays never move; their keys here are constants.
 */
final class SharedLookups implements Pass {
  @Override
  public String name() {
    return "shared-lookups";
  }

  private record Key(Value map, Value index) {}

  private record Lookup(Value call, Value keyStore, Block block, Key key) {}

  @Override
  public boolean run(Routine routine) {
    List<Lookup> lookups = lookups(routine);
    if (lookups.size() < 2) {
      return false;
    }
    Dominators dominators = new Dominators(routine);
    IdentityHashMap<Value, Value> replacements = new IdentityHashMap<>();
    Set<Value> moved = new HashSet<>();
    for (Block block : routine.blocks()) {
      int failed = failedSide(block);
      if (failed >= 0) {
        share(block, failed, lookups, dominators, replacements, moved);
      }
    }
    routine.replaceAll(replacements);
    return !replacements.isEmpty();
  }

  /** Which successor a block goes to when the reservation it tests has failed; -1 if none. */
  private static int failedSide(Block block) {
    Value last = block.terminator();
    if (!(last.operation() instanceof Operation.Branch branch)
        || !Effects.isReservation(last.operand(0))
        || !last.operand(1).isConstant(0)) {
      return -1;
    }
    return branch.relation() == Relation.EQUAL
        ? 0
        : branch.relation() == Relation.NOT_EQUAL ? 1 : -1;
  }

  private static void share(
      Block block,
      int failed,
      List<Lookup> lookups,
      Dominators dominators,
      IdentityHashMap<Value, Value> replacements,
      Set<Value> moved) {
    Block failure = block.successors().get(failed);
    Block success = block.successors().get(1 - failed);
    if (failure.predecessors().size() != 1 || success.predecessors().size() != 1) {
      return;
    }
    Lookup first = null;
    for (Lookup lookup : lookups) {
      if (lookup.block() == failure && !moved.contains(lookup.call())) {
        first = lookup;
        break;
      }
    }
    if (first == null) {
      return;
    }
    boolean found = false;
    for (Lookup lookup : lookups) {
      if (lookup.key().equals(first.key())
          && !moved.contains(lookup.call())
          && dominators.dominates(success, lookup.block())) {
        replacements.put(lookup.call(), first.call());
        moved.add(lookup.call());
        remove(lookup.block(), Set.of(lookup.call()));
        found = true;
      }
    }
    if (found) {
      moved.add(first.call());
      remove(failure, Set.of(first.call(), first.keyStore()));
      block.append(first.keyStore());
      block.append(first.call());
    }
  }

  private static void remove(Block block, Set<Value> values) {
    List<Value> kept = new ArrayList<>(block.instructions());
    kept.removeIf(values::contains);
    block.setInstructions(kept);
  }

  /** Lookups in arrays whose key is a temporary that was set to a constant in the same block. */
  private static List<Lookup> lookups(Routine routine) {
    List<Lookup> result = new ArrayList<>();
    for (Block block : routine.blocks()) {
      Map<StackObject, Value> stores = new HashMap<>();
      for (Value value : block.instructions()) {
        StackObject stored = constantSlot(value);
        if (stored != null) {
          stores.put(stored, value);
        }
        if (value.operation() instanceof Operation.Call call
            && call.helper().id() == Effects.MAP_LOOKUP
            && value.operand(0).operation() instanceof Operation.MapAddress map
            && map.permanent()
            && value.operand(1).operation() instanceof Operation.StackAddress address) {
          Value store = stores.get(address.object());
          if (store != null) {
            result.add(
                new Lookup(value, store, block, new Key(value.operand(0), store.operand(1))));
          }
        }
      }
    }
    return result;
  }

  private static @Nullable StackObject constantSlot(Value value) {
    return value.operation() instanceof Operation.Store store
            && value.operand(0).operation() instanceof Operation.StackAddress address
            && address.object().cause() == StackObject.Cause.SLOT
            && store.width() == address.object().size()
            && store.displacement() == 0
            && value.operand(1).constant().isPresent()
        ? address.object()
        : null;
  }
}
