package dev.whistler.compiler.pass;

import dev.whistler.compiler.flow.DataFlow;
import dev.whistler.compiler.flow.DataFlow.Direction;
import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Operation.ByteRange;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.StackObject;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes values of the parts of a stack object whose address nobody needs: one that is only loaded
 * from, stored to and zeroed, at places that are known, and never loaded from before. A part is
 * what is loaded at once; a store may reach over several.
 */
final class ScalarReplacement implements Pass {
  /**
   * Parts that become values in one routine. With more of them than registers each join would copy
   * from one place in the frame to another.
   */
  private static final int MOST_PARTS = 8;

  @Override
  public String name() {
    return "scalar-replacement";
  }

  /** Bytes of an object that are loaded at once. */
  private record Part(StackObject object, long start, int width) {
    long end() {
      return start + width;
    }

    boolean meets(long from, long to) {
      return start < to && from < end();
    }

    boolean isWithin(long from, long to) {
      return from <= start && end() <= to;
    }
  }

  @Override
  public boolean run(Routine routine) {
    List<Part> parts = parts(routine);
    if (parts.isEmpty() || !mayHavePhis(routine)) {
      return false;
    }
    return new Replacement(routine, parts).run();
  }

  /** Whether each edge has blocks of its own at both ends, and none leads to the entry. */
  private static boolean mayHavePhis(Routine routine) {
    return routine.entry().predecessors().isEmpty()
        && routine.blocks().stream()
            .allMatch(
                block -> new HashSet<>(block.successors()).size() == block.successors().size());
  }

  // What can be replaced.

  private static @Nullable StackObject object(Value address) {
    return Effects.base(address).operation() instanceof Operation.StackAddress stack
        ? stack.object()
        : null;
  }

  /** The parts of all objects that can be replaced, of as many objects as there is room for. */
  private static List<Part> parts(Routine routine) {
    Map<StackObject, Set<Part>> loaded = new LinkedHashMap<>();
    Set<StackObject> kept = new HashSet<>();
    for (Block block : routine.blocks()) {
      block.phis().forEach(phi -> phi.operands().forEach(operand -> keep(operand, kept)));
      for (Value value : block.instructions()) {
        look(value, loaded, kept);
      }
      block.terminator().operands().forEach(operand -> keep(operand, kept));
    }
    loaded.keySet().removeAll(kept);
    loaded.values().removeIf(ScalarReplacement::overlap);
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        StackObject object = value.operandCount() == 0 ? null : object(value.operand(0));
        if (object != null && loaded.containsKey(object) && cuts(value, loaded.get(object))) {
          loaded.remove(object);
        }
      }
    }
    List<Part> parts = new ArrayList<>();
    loaded.values().stream()
        .filter(ofObject -> parts.size() + ofObject.size() <= MOST_PARTS)
        .forEach(parts::addAll);
    return parts;
  }

  private static void keep(Value address, Set<StackObject> kept) {
    StackObject object = object(address);
    if (object != null) {
      kept.add(object);
    }
  }

  private static void look(Value value, Map<StackObject, Set<Part>> loaded, Set<StackObject> kept) {
    switch (value.operation()) {
      case Operation.Load load -> {
        StackObject object = object(value.operand(0));
        keepIfOutside(value, load.displacement(), load.width(), kept);
        if (object != null) {
          loaded
              .computeIfAbsent(object, o -> new LinkedHashSet<>())
              .add(new Part(object, place(value, load.displacement()), load.width()));
        }
      }
      case Operation.Store store -> {
        keepIfOutside(value, store.displacement(), store.width(), kept);
        keep(value.operand(1), kept);
        if (value.operand(1).isPointer()) {
          // The kernel's verifier follows it in memory; its type is the address's, not the part's.
          keep(value.operand(0), kept);
        }
      }
      case Operation.Zero zero ->
          zero.ranges()
              .forEach(
                  range -> keepIfOutside(value, range.start(), range.end() - range.start(), kept));
      case Operation.Binary binary
          when binary.operator() == Operator.ADD && value.operand(1).constant().isPresent() -> {}
      default -> value.operands().forEach(operand -> keep(operand, kept));
    }
  }

  /** An access outside of its object is the verifier's to refuse. */
  private static void keepIfOutside(
      Value access, int displacement, int width, Set<StackObject> kept) {
    StackObject object = object(access.operand(0));
    if (object != null) {
      long start = place(access, displacement);
      if (start < 0 || start > object.size() - width) {
        kept.add(object);
      }
    }
  }

  private static long place(Value access, int displacement) {
    return Effects.distance(access.operand(0)) + displacement;
  }

  private static boolean overlap(Set<Part> parts) {
    return parts.stream()
        .anyMatch(a -> parts.stream().anyMatch(b -> !a.equals(b) && a.meets(b.start(), b.end())));
  }

  /** Whether an instruction writes a part only partly. */
  private static boolean cuts(Value value, Set<Part> parts) {
    return switch (value.operation()) {
      case Operation.Store store -> {
        long start = place(value, store.displacement());
        yield parts.stream().anyMatch(part -> cuts(part, start, start + store.width()));
      }
      case Operation.Zero zero -> {
        long start = place(value, 0);
        yield zero.ranges().stream()
            .anyMatch(
                range ->
                    parts.stream()
                        .anyMatch(part -> cuts(part, start + range.start(), start + range.end())));
      }
      default -> false;
    };
  }

  private static boolean cuts(Part part, long from, long to) {
    return part.meets(from, to) && !part.isWithin(from, to);
  }

  // How it is replaced.

  private static final class Replacement {
    private final Routine routine;
    private final List<Part> parts;
    private final Set<StackObject> objects = new HashSet<>();
    private final Map<Block, @Nullable Value[]> ends = new HashMap<>();
    private final Map<Block, @Nullable Value[]> joins = new HashMap<>();
    private final Replacements replacements = new Replacements();

    Replacement(Routine routine, List<Part> parts) {
      this.routine = routine;
      this.parts = new ArrayList<>(parts);
    }

    boolean run() {
      Block entry = routine.entry();
      Set<StackObject> unwritten = new HashSet<>();
      before(entry, live().into(entry)).stream()
          .forEach(part -> unwritten.add(parts.get(part).object()));
      parts.removeIf(part -> unwritten.contains(part.object()));
      if (parts.isEmpty()) {
        return false;
      }
      parts.forEach(part -> objects.add(part.object()));
      DataFlow<Block, BitSet> live = live();
      for (Block block : routine.reversePostOrder()) {
        @Nullable Value[] values = start(block, before(block, live.into(block)));
        replace(block, values);
        ends.put(block, values);
      }
      joins.forEach(this::complete);
      routine.replaceAll(replacements);
      return true;
    }

    private DataFlow<Block, BitSet> live() {
      DataFlow<Block, BitSet> live = DataFlow.ofSets(routine.blocks(), Direction.BACKWARD);
      live.solve(routine.blocks(), this::before);
      return live;
    }

    /** The parts that somebody will load, where a block begins. */
    private BitSet before(Block block, BitSet after) {
      BitSet live = (BitSet) after.clone();
      for (Value value : block.instructions().reversed()) {
        for (int i = 0; i < parts.size(); i++) {
          if (isWritten(parts.get(i), value)) {
            live.clear(i);
          } else if (isLoaded(parts.get(i), value)) {
            live.set(i);
          }
        }
      }
      return live;
    }

    private boolean isLoaded(Part part, Value value) {
      return value.operation() instanceof Operation.Load load
          && object(value.operand(0)) == part.object()
          && place(value, load.displacement()) == part.start();
    }

    private boolean isWritten(Part part, Value value) {
      boolean writes =
          value.operation() instanceof Operation.Store
              || value.operation() instanceof Operation.Zero;
      if (!writes || object(value.operand(0)) != part.object()) {
        return false;
      }
      if (value.operation() instanceof Operation.Store store) {
        long start = place(value, store.displacement());
        return part.isWithin(start, start + store.width());
      }
      long start = place(value, 0);
      for (ByteRange range : ((Operation.Zero) value.operation()).ranges()) {
        if (part.isWithin(start + range.start(), start + range.end())) {
          return true;
        }
      }
      return false;
    }

    private @Nullable Value[] start(Block block, BitSet live) {
      List<Block> predecessors = block.predecessors();
      if (predecessors.size() == 1) {
        return end(predecessors.getFirst()).clone();
      }
      @Nullable Value[] values = new Value[parts.size()];
      for (int i = live.nextSetBit(0); i >= 0; i = live.nextSetBit(i + 1)) {
        values[i] = phi(block, parts.get(i));
      }
      joins.put(block, values.clone());
      return values;
    }

    private Value phi(Block block, Part part) {
      Value phi =
          routine.newValue(
              new Operation.Phi(), ScalarType.of(part.width(), false), part.object().origin());
      block.appendPhi(phi);
      return phi;
    }

    private void complete(Block join, @Nullable Value[] phis) {
      for (int i = 0; i < phis.length; i++) {
        Value phi = phis[i];
        if (phi != null) {
          for (Block from : join.predecessors()) {
            join.completePhi(phi, known(end(from)[i]));
          }
        }
      }
    }

    private @Nullable Value[] end(Block block) {
      return Objects.requireNonNull(ends.get(block));
    }

    private static Value known(@Nullable Value value) {
      if (value == null) {
        throw new IllegalStateException("a part of an object that is loaded has no value");
      }
      return value;
    }

    private void replace(Block block, @Nullable Value[] values) {
      List<Value> output = new ArrayList<>(block.instructions().size());
      for (Value value : block.instructions()) {
        replacements.resolveOperands(value);
        StackObject object = value.operandCount() == 0 ? null : object(value.operand(0));
        if (object == null || !objects.contains(object)) {
          output.add(value);
          continue;
        }
        switch (value.operation()) {
          case Operation.Load _ -> {
            for (int i = 0; i < values.length; i++) {
              if (isLoaded(parts.get(i), value)) {
                replacements.put(value, known(values[i]));
              }
            }
          }
          case Operation.Store store -> store(value, store, values, output);
          case Operation.Zero _ -> {
            for (int i = 0; i < values.length; i++) {
              if (isWritten(parts.get(i), value)) {
                values[i] = routine.constant(0);
              }
            }
          }
          default -> output.add(value); // An address that nobody will use.
        }
      }
      block.setInstructions(output);
    }

    private void store(
        Value value, Operation.Store store, @Nullable Value[] values, List<Value> output) {
      // A word that was just loaded in order to be stored, as a copy does it.
      Value word = value.operand(1);
      boolean copied =
          !output.isEmpty()
              && output.getLast() == word
              && word.operation() instanceof Operation.Load load
              && load.width() == store.width();
      for (int i = 0; i < values.length; i++) {
        Part part = parts.get(i);
        if (isWritten(part, value)) {
          int offset = (int) (part.start() - place(value, store.displacement()));
          values[i] =
              copied && part.width() < store.width()
                  ? loaded(word, offset, part, output)
                  : cut(word, offset, part, value, output);
        }
      }
    }

    private Value loaded(Value word, int offset, Part part, List<Value> output) {
      int displacement = ((Operation.Load) word.operation()).displacement() + offset;
      return appended(
          new Operation.Load(part.width(), displacement),
          ScalarType.of(part.width(), false),
          word,
          output,
          word.operand(0));
    }

    /** The bytes of a word from an offset on, as a number. */
    private Value cut(Value word, int offset, Part part, Value at, List<Value> output) {
      ScalarType scalar = ScalarType.of(part.width(), false);
      if (word.constant().isPresent()) {
        long shifted = word.constant().getAsLong() >>> offset * Byte.SIZE;
        return routine.constant(scalar.convert(shifted));
      }
      Value cut = word;
      if (offset > 0) {
        cut =
            appended(
                new Operation.Binary(Operator.SHIFT_RIGHT, false),
                ScalarType.U64,
                at,
                output,
                word,
                routine.constant((long) offset * Byte.SIZE));
      }
      boolean fits =
          part.width() == Long.BYTES
              || cut.operation() instanceof Operation.Load load && load.width() == part.width();
      return fits ? cut : appended(new Operation.Extend(scalar), scalar, at, output, cut);
    }

    private Value appended(
        Operation operation, ScalarType type, Value at, List<Value> output, Value... operands) {
      Value value = routine.newValue(operation, type, at.origin(), operands);
      output.add(value);
      return value;
    }
  }
}
