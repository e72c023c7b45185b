package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Dominators;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr.Relation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a reservation succeeds or not, its outcome is counted in the same statistics entry. So
 * the entry is looked up once, before the test of the reservation, instead of on both ways; the
 * same where both ways from any branch begin with the same look-up. Elements of arrays never move;
 * their keys here are constants.
 */
final class SharedLookups implements Pass {
  @Override
  public String name() {
    return "shared-lookups";
  }

  private record Key(Value map, Value index) {}

  private record Lookup(Value call, Value keyStore, Block block, Key key) {}

  /** The lookups that are where they were, by block, and by key and place of the block. */
  private static final class Index {
    private final Map<Block, List<Lookup>> byBlock = new HashMap<>();
    private final Map<Key, NavigableMap<Integer, List<Lookup>>> byPlace = new HashMap<>();

    Index(List<Lookup> lookups, Dominators dominators) {
      for (Lookup lookup : lookups) {
        byBlock.computeIfAbsent(lookup.block(), b -> new ArrayList<>()).add(lookup);
        byPlace
            .computeIfAbsent(lookup.key(), k -> new TreeMap<>())
            .computeIfAbsent(dominators.enter(lookup.block()), p -> new ArrayList<>())
            .add(lookup);
      }
    }

    @Nullable Lookup firstIn(Block block) {
      List<Lookup> inBlock = byBlock.getOrDefault(block, List.of());
      return inBlock.isEmpty() ? null : inBlock.getFirst();
    }

    /** Takes out the lookups of a key in the blocks that a block dominates. */
    List<Lookup> takeBelow(Block block, Key key, Dominators dominators) {
      List<Lookup> taken = new ArrayList<>();
      NavigableMap<Integer, List<Lookup>> places = byPlace.get(key);
      if (places != null && dominators.enter(block) >= 0) {
        Collection<List<Lookup>> below =
            places.subMap(dominators.enter(block), true, dominators.leave(block), true).values();
        below.forEach(taken::addAll);
        below.clear();
      }
      taken.forEach(lookup -> byBlock.getOrDefault(lookup.block(), List.of()).remove(lookup));
      return taken;
    }

    void take(Lookup lookup, Dominators dominators) {
      byBlock.getOrDefault(lookup.block(), List.of()).remove(lookup);
      NavigableMap<Integer, List<Lookup>> places = byPlace.get(lookup.key());
      if (places != null) {
        places.getOrDefault(dominators.enter(lookup.block()), List.of()).remove(lookup);
      }
    }
  }

  @Override
  public boolean run(Routine routine) {
    List<Lookup> lookups = lookups(routine);
    if (lookups.size() < 2) {
      return false;
    }
    Dominators dominators = routine.dominators();
    Replacements replacements = new Replacements();
    Index index = new Index(lookups, dominators);
    for (Block block : routine.blocks()) {
      int failed = failedSide(block);
      if (failed >= 0) {
        share(block, failed, index, dominators, replacements);
      } else if (block.terminator().operation() instanceof Operation.Branch) {
        shareFirst(block, index, dominators, replacements);
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
      Block block, int failed, Index index, Dominators dominators, Replacements replacements) {
    Block failure = block.successors().get(failed);
    Block success = block.successors().get(1 - failed);
    if (failure.predecessors().size() != 1 || success.predecessors().size() != 1) {
      return;
    }
    Lookup first = index.firstIn(failure);
    if (first == null) {
      return;
    }
    List<Lookup> others = index.takeBelow(success, first.key(), dominators);
    for (Lookup lookup : others) {
      replacements.put(lookup.call(), first.call());
      remove(lookup.block(), Set.of(lookup.call()));
    }
    if (!others.isEmpty()) {
      index.take(first, dominators);
      remove(failure, Set.of(first.call(), first.keyStore()));
      block.append(first.keyStore());
      block.append(first.call());
    }
  }

  private static void shareFirst(
      Block block, Index index, Dominators dominators, Replacements replacements) {
    Lookup first = beginning(block.successors().getFirst(), index);
    Lookup second = beginning(block.successors().getLast(), index);
    if (first == null || second == null || first == second || !first.key().equals(second.key())) {
      return;
    }
    index.take(first, dominators);
    index.take(second, dominators);
    remove(first.block(), Set.of(first.call(), first.keyStore()));
    remove(second.block(), Set.of(second.call()));
    replacements.put(second.call(), first.call());
    block.append(first.keyStore());
    block.append(first.call());
  }

  /** The look-up that a block with one predecessor begins with, and its key; or null. */
  private static @Nullable Lookup beginning(Block block, Index index) {
    Lookup first = index.firstIn(block);
    return first != null
            && block.predecessors().size() == 1
            && block.instructions().indexOf(first.keyStore()) == 0
            && block.instructions().indexOf(first.call()) == 1
        ? first
        : null;
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
            && call.helper().is(Helpers.MAP_LOOKUP)
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
