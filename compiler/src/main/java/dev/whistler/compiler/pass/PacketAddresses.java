package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Block;
import dev.whistler.compiler.ir.DominatorWalk;
import dev.whistler.compiler.ir.NeededBounds;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Replacements;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.type.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the address in a packet that is checked and the one that is used the same sum. The verifier
 * gives each addition of a variable to a packet pointer an identity of its own, and a length check
 * counts for sums of this identity alone (find_good_pkt_pointers, kernel/bpf/verifier.c). So the
 * variable part is added before constant ones, and only once where a sum dominates another.
 */
final class PacketAddresses implements Pass {
  /** Larger offsets have no range in the verifier's eyes (MAX_PACKET_OFF, the same file). */
  private static final long MOST = 0xffff;

  @Override
  public String name() {
    return "packet-addresses";
  }

  @Override
  public boolean run(Routine routine) {
    if (!hasVariableSum(routine)) {
      return false;
    }
    Walk walk = new Walk(routine);
    walk.run();
    routine.replaceAll(walk.replacements);
    return !walk.replacements.isEmpty();
  }

  private static boolean hasVariableSum(Routine routine) {
    for (Block block : routine.blocks()) {
      for (Value value : block.instructions()) {
        if (isVariableSum(value)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isPacket(Value value) {
    return value.isPointer() && value.region() == Region.PACKET;
  }

  private static boolean isSum(Value value) {
    return value.operation() instanceof Operation.Binary b
        && b.operator() == Operator.ADD
        && !b.narrow();
  }

  private static boolean isConstantSum(Value value) {
    return isSum(value) && value.operand(1).constant().isPresent();
  }

  private static boolean isVariableSum(Value value) {
    return isSum(value)
        && isPacket(value)
        && value.operand(0).constant().isEmpty()
        && value.operand(1).constant().isEmpty()
        && value.operand(0).isPointer() != value.operand(1).isPointer();
  }

  private static final class Walk extends DominatorWalk {
    /**
     * A sum that may be shared.
     *
     * @param tests how often the offset was tested on the way, if only a test bounds it: the sum
     *     has the bounds of the time when it was made
     */
    private record Key(Value pointer, Value offset, int tests) {}

    final Replacements replacements = new Replacements();

    private final Routine routine;

    // Of few sums anything must be known; null until then.
    private @Nullable Facts visible;
    private @Nullable NeededBounds bounds;

    private final Map<Key, Value> available = new HashMap<>();
    private final Map<Value, Integer> tests = new IdentityHashMap<>();

    Walk(Routine routine) {
      super(routine);
      this.routine = routine;
    }

    private boolean isBounded(Value offset) {
      if (visible == null) {
        visible = Facts.ofVerifier(routine);
      }
      return Long.compareUnsigned(visible.high(offset), MOST) <= 0;
    }

    private boolean isProof(Value offset) {
      if (bounds == null) {
        bounds = new NeededBounds(routine);
      }
      return bounds.isProof(offset);
    }

    @Override
    protected void enter(Block block) {
      List<Value> output = new ArrayList<>();
      for (Value value : block.instructions()) {
        replacements.resolveOperands(value);
        if (!isVariableSum(value)) {
          output.add(value);
          continue;
        }
        Value sum = sum(value, output);
        if (sum != value) {
          replacements.put(value, sum);
        }
      }
      block.setInstructions(output);
      Value last = block.terminator();
      count(last, 1);
      onLeave(() -> count(last, -1));
    }

    private void count(Value test, int by) {
      for (int i = 0; i < test.operandCount(); i++) {
        tests.merge(test.operand(i), by, Integer::sum);
      }
    }

    /** The address as a shared sum and perhaps a constant. */
    private Value sum(Value value, List<Value> output) {
      boolean first = value.operand(0).isPointer();
      Value pointer = value.operand(first ? 0 : 1);
      Value offset = value.operand(first ? 1 : 0);
      long constant = 0;
      if (isConstantSum(offset) && !isProof(offset)) {
        constant += offset.operand(1).constant().getAsLong();
        offset = offset.operand(0);
      }
      if (isConstantSum(pointer) && pointer.operand(0).isPointer()) {
        constant += pointer.operand(1).constant().getAsLong();
        pointer = pointer.operand(0);
      }
      int tested = tests.getOrDefault(offset, 0);
      Key key = new Key(pointer, offset, tested == 0 || isBounded(offset) ? 0 : tested);
      Value shared = available.get(key);
      if (shared == null) {
        boolean same = value.operand(0) == pointer && value.operand(1) == offset;
        shared = same ? value : add(value, pointer, offset);
        putIfAbsent(available, key, shared);
        output.add(shared);
      }
      if (constant == 0) {
        return shared;
      }
      Value sum = add(value, shared, routine.constant(constant));
      output.add(sum);
      return sum;
    }

    private Value add(Value at, Value pointer, Value offset) {
      return routine.newValue(
          new Operation.Binary(Operator.ADD, false), at.type(), at.origin(), pointer, offset);
    }
  }
}
