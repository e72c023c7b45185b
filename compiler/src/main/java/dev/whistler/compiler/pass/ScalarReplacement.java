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

  /** Bytes of an object: {@code start} up to {@code end}, exclusive. */
  private record Part(StackObject object, long start, long end) {
    int width() {
      return (int) (end - start);
    }

    /** An access outside of its object is the verifier's to refuse; distances may wrap round. */
    boolean isInside() {
      return 0 <= start && start < end && end <= object.size();
    }

    boolean isWithin(Part other) {
      return object == other.object && other.start <= start && end <= other.end;
    }

    boolean isCutBy(Part other) {
      return object == other.object && start < other.end && other.start < end && !isWithin(other);
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

  /** What an instruction loads, stores to or zeroes; nothing if that is in no stack object. */
  private static List<Part> touched(Value value) {
    return switch (value.operation()) {
      case Operation.Load load ->
          touched(value, new ByteRange(0, load.width()), load.displacement());
      case Operation.Store store ->
          touched(value, new ByteRange(0, store.width()), store.displacement());
      case Operation.Zero zero ->
          zero.ranges().stream().flatMap(range -> touched(value, range, 0).stream()).toList();
      default -> List.of();
    };
  }

  private static List<Part> touched(Value access, ByteRange range, int displacement) {
    StackObject object = object(access.operand(0));
    long from = Effects.distance(access.operand(0)) + displacement;
    return object == null
        ? List.of()
        : List.of(new Part(object, from + range.start(), from + range.end()));
  }

  private static @Nullable StackObject object(Value address) {
    return Effects.base(address).operation() instanceof Operation.StackAddress stack
        ? stack.object()
        : null;
  }

  // What can be replaced.

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
    if (loaded.isEmpty()) {
      return List.of();
    }
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        for (Part access : touched(value)) {
          Set<Part> parts = loaded.getOrDefault(access.object(), Set.of());
          if (parts.stream().anyMatch(part -> part.isCutBy(access))) {
            loaded.remove(access.object());
          }
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
    List<Part> touched = touched(value);
    touched.stream().filter(part -> !part.isInside()).map(Part::object).forEach(kept::add);
    switch (value.operation()) {
      case Operation.Load _ ->
          touched.forEach(
              part -> loaded.computeIfAbsent(part.object(), o -> new LinkedHashSet<>()).add(part));
      case Operation.Store _ -> {
        keep(value.operand(1), kept);
        if (value.operand(1).isPointer()) {
          // The kernel's verifier follows it in memory; its type is the address's, not the part's.
          keep(value.operand(0), kept);
        }
      }
      case Operation.Zero _ -> {}
      case Operation.Binary binary
          when binary.operator() == Operator.ADD && value.operand(1).constant().isPresent() -> {}
      default -> value.operands().forEach(operand -> keep(operand, kept));
    }
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
      this.parts = parts;
    }

    boolean run() {
      DataFlow<Block, BitSet> live = DataFlow.ofSets(routine.blocks(), Direction.BACKWARD);
      live.solve(routine.blocks(), this::before);
      parts.forEach(part -> objects.add(part.object()));
      Block entry = routine.entry();
      before(entry, live.into(entry)).stream()
          .forEach(unwritten -> objects.remove(parts.get(unwritten).object()));
      if (objects.isEmpty()) {
        return false;
      }
      for (Block block : routine.reversePostOrder()) {
        @Nullable Value[] values = start(block, before(block, live.into(block)));
        replace(block, values);
        ends.put(block, values);
      }
      joins.forEach(this::complete);
      routine.replaceAll(replacements);
      return true;
    }

    /** The parts that somebody will load, where a block begins. */
    private BitSet before(Block block, BitSet after) {
      BitSet live = (BitSet) after.clone();
      for (Value value : block.instructions().reversed()) {
        BitSet covered = covered(touched(value));
        if (value.operation() instanceof Operation.Load) {
          live.or(covered);
        } else {
          live.andNot(covered);
        }
      }
      return live;
    }

    /** The parts that an access loads or writes. */
    private BitSet covered(List<Part> touched) {
      BitSet covered = new BitSet();
      for (Part access : touched) {
        for (int i = 0; i < parts.size(); i++) {
          if (parts.get(i).isWithin(access)) {
            covered.set(i);
          }
        }
      }
      return covered;
    }

    private @Nullable Value[] start(Block block, BitSet live) {
      List<Block> predecessors = block.predecessors();
      if (predecessors.size() == 1) {
        return end(predecessors.getFirst()).clone();
      }
      @Nullable Value[] values = new Value[parts.size()];
      for (int i = 0; i < values.length; i++) {
        if (live.get(i) && objects.contains(parts.get(i).object())) {
          values[i] = phi(block, parts.get(i));
        }
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
        List<Part> touched = touched(value);
        if (touched.isEmpty() || !objects.contains(touched.getFirst().object())) {
          output.add(value);
          continue;
        }
        BitSet covered = covered(touched);
        switch (value.operation()) {
          case Operation.Load _ ->
              covered.stream().forEach(i -> replacements.put(value, known(values[i])));
          case Operation.Zero _ -> covered.stream().forEach(i -> values[i] = routine.constant(0));
          default -> store(value, touched.getFirst(), covered, values, output);
        }
      }
      block.setInstructions(output);
    }

    private void store(
        Value value, Part stored, BitSet covered, @Nullable Value[] values, List<Value> output) {
      // A word that was just loaded in order to be stored, as a copy does it.
      Value word = value.operand(1);
      boolean copied =
          !output.isEmpty()
              && output.getLast() == word
              && word.operation() instanceof Operation.Load load
              && load.width() == stored.width();
      covered.stream()
          .forEach(
              i -> {
                Part part = parts.get(i);
                int offset = (int) (part.start() - stored.start());
                values[i] =
                    copied && part.width() < stored.width()
                        ? loaded(word, offset, part, output)
                        : cut(word, offset, part, value, output);
              });
    }

    private Value loaded(Value word, int offset, Part part, List<Value> output) {
      int displacement = ((Operation.Load) word.operation()).displacement() + offset;
      Value loaded =
          routine.newValue(
              new Operation.Load(part.width(), displacement),
              ScalarType.of(part.width(), false),
              word.origin(),
              word.operand(0));
      output.add(loaded);
      return loaded;
    }

    /** The bytes of a word from an offset on, as a number. */
    private Value cut(Value word, int offset, Part part, Value at, List<Value> output) {
      Value cut = offset == 0 ? word : shifted(word, offset * Byte.SIZE, at, output);
      return Forwarding.narrowed(routine, cut, part.width(), at, output);
    }

    private Value shifted(Value word, int bits, Value at, List<Value> output) {
      if (word.constant().isPresent()) {
        return routine.constant(word.constant().getAsLong() >>> bits);
      }
      Value shifted =
          routine.newValue(
              new Operation.Binary(Operator.SHIFT_RIGHT, false),
              ScalarType.U64,
              at.origin(),
              word,
              routine.constant(bits));
      output.add(shifted);
      return shifted;
    }
  }
}
