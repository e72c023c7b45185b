package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces loads of what was just stored or loaded, and map lookups that were just done, by the
 * value that is known. What is known at a join is what all its predecessors know.
 */
final class Forwarding implements Pass {
  /** With more facts than this nothing is known after a join. */
  private static final int MOST_FACTS = 64;

  /** Every store and call goes through all facts; the oldest give way to new ones. */
  private static final int MOST_FACTS_IN_A_ROW = 256;

  @Override
  public String name() {
    return "forwarding";
  }

  /** A place in memory, or a lookup (width 0) by the address of its key. */
  private record Place(Value base, long displacement, int width, @Nullable Value map) {
    boolean overlaps(long start, int length) {
      long ahead = start - displacement; // wraps round as addresses do
      return ahead >= 0 ? ahead < width : ahead > -length;
    }
  }

  /** What is known at a point, the oldest first. */
  private static final class Facts extends LinkedHashMap<Place, Value> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Place, Value> eldest) {
      return size() > MOST_FACTS_IN_A_ROW;
    }
  }

  @Override
  public boolean run(Routine routine) {
    Replacements replacements = new Replacements();
    Map<Block, Map<Place, Value>> ends = new HashMap<>();
    for (Block block : routine.reversePostOrder()) {
      Map<Place, Value> known = start(block, ends);
      List<Value> output = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        replacements.resolveOperands(value);
        Value simpler = visit(routine, value, known, output);
        if (simpler == null) {
          output.add(value);
        } else {
          replacements.put(value, simpler);
        }
      }
      block.setInstructions(output);
      ends.put(block, known);
    }
    routine.replaceAll(replacements);
    return !replacements.isEmpty();
  }

  private static Map<Place, Value> start(Block block, Map<Block, Map<Place, Value>> ends) {
    Map<Place, Value> known = new Facts();
    List<Block> predecessors = block.predecessors();
    if (predecessors.isEmpty()) {
      return known;
    }
    Map<Place, Value> first = ends.get(predecessors.getFirst());
    if (first == null || first.size() > MOST_FACTS && predecessors.size() > 1) {
      return known;
    }
    known.putAll(first);
    for (Block predecessor : predecessors.subList(1, predecessors.size())) {
      Map<Place, Value> other = ends.get(predecessor);
      if (other == null) {
        return new Facts();
      }
      known.entrySet().removeIf(e -> other.get(e.getKey()) != e.getValue());
    }
    return known;
  }

  private static @Nullable Value visit(
      Routine routine, Value value, Map<Place, Value> known, List<Value> output) {
    switch (value.operation()) {
      case Operation.Load load -> {
        Place place = place(value.operand(0), load.displacement(), load.width());
        Value before = known.get(place);
        if (before != null) {
          return narrowed(routine, before, load.width(), value, output);
        }
        if (Effects.region(place.base()) != Region.UNKNOWN) {
          known.put(place, value);
        }
      }
      case Operation.Store store -> {
        Place place = place(value.operand(0), store.displacement(), store.width());
        forget(known, place.base(), place.displacement(), store.width());
        known.put(place, value.operand(1));
      }
      case Operation.Zero zero -> {
        Place place = place(value.operand(0), 0, 1);
        for (Operation.ByteRange range : zero.ranges()) {
          forget(
              known,
              place.base(),
              place.displacement() + range.start(),
              range.end() - range.start());
        }
      }
      case Operation.AtomicAdd add -> {
        Place place = place(value.operand(0), add.displacement(), add.width());
        forget(known, place.base(), place.displacement(), add.width());
      }
      case Operation.ContextStore store ->
          known
              .keySet()
              .removeIf(
                  p ->
                      switch (Effects.region(p.base())) {
                        case PACKET, CONTEXT, UNKNOWN -> true;
                        case STACK, MAP_VALUE, RING, KERNEL, GLOBAL -> false;
                      });
      case Operation.Call call -> {
        if (call.helper().is(Helpers.MAP_LOOKUP)) {
          Place place = new Place(value.operand(1), 0, 0, value.operand(0));
          Value before = known.putIfAbsent(place, value);
          return before;
        }
        call(value, call, known);
      }
      case Operation.CallRoutine call -> known.clear();
      default -> {}
    }
    return null;
  }

  private static Place place(Value address, long displacement, int width) {
    Value base = Effects.base(address);
    long distance = Effects.distance(address) + displacement;
    return new Place(base, distance, width, null);
  }

  /** The low bytes of a word as an unsigned number, as a load of so many bytes gives it. */
  static Value narrowed(Routine routine, Value word, int width, Value at, List<Value> output) {
    boolean loaded =
        word.operation() instanceof Operation.Load l && l.width() == width || width == 8;
    if (loaded) {
      return word;
    }
    ScalarType scalar = ScalarType.of(width, false);
    if (word.constant().isPresent()) {
      return routine.constant(scalar.convert(word.constant().getAsLong()));
    }
    Value extended = routine.newValue(new Operation.Extend(scalar), scalar, at.origin(), word);
    output.add(extended);
    return extended;
  }

  private static void forget(Map<Place, Value> known, Value base, long start, int length) {
    known
        .keySet()
        .removeIf(
            p ->
                sameObject(p.base(), base)
                    ? p.width() == 0 || p.overlaps(start, length)
                    : !Effects.apart(p.base(), base));
  }

  private static boolean isPermanent(@Nullable Value map) {
    return map != null && map.operation() instanceof Operation.MapAddress m && m.permanent();
  }

  private static boolean sameObject(Value a, Value b) {
    return a == b
        || a.operation() instanceof Operation.StackAddress x
            && b.operation() instanceof Operation.StackAddress y
            && x.object() == y.object();
  }

  private static void call(Value value, Operation.Call call, Map<Place, Value> known) {
    boolean changesMaps = !Effects.observes(call);
    boolean changesPacket = Effects.changesContext(value);
    known
        .keySet()
        .removeIf(
            p -> {
              if (p.width() == 0) {
                return changesMaps && !isPermanent(p.map());
              }
              return switch (Effects.region(p.base())) {
                case PACKET, CONTEXT -> changesPacket;
                case MAP_VALUE, GLOBAL, KERNEL -> changesMaps;
                case UNKNOWN -> changesMaps || changesPacket;
                case STACK, RING -> false;
              };
            });
    if (Effects.callsBack(call)) {
      known.clear();
      return;
    }
    for (int i = 0; i < value.operandCount(); i++) {
      if (Effects.writes(call, i)) {
        Value base = Effects.base(value.operand(i));
        known.keySet().removeIf(p -> sameObject(p.base(), base) || !Effects.apart(p.base(), base));
      }
    }
  }
}
