package dev.whistler.compiler.emit;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.type.Stack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stack that a program and the subprograms below it need together (sections 8.2 and 19.2). The
 * bodies of helper loops are subprograms, too.
 */
final class CallStacks {
  /** MAX_CALL_FRAMES, include/linux/bpf_verifier.h. */
  private static final int MOST_FRAMES = 8;

  /** The verifier rounds the stack of each frame up to this and counts an empty one as one. */
  private static final int FRAME_UNIT = 32;

  private final Map<String, Chain> chains = new HashMap<>();
  private final Map<String, CompiledFunction> functions = new HashMap<>();
  private final Map<String, Routine> routines = new HashMap<>();

  /**
   * The calls below a function that need the most stack.
   *
   * @param bytes of the function and all below, as the verifier counts them
   * @param frames of the deepest calls, the function's own included
   */
  private record Chain(CompiledFunction function, @Nullable Chain callee, int bytes, int frames) {
    List<CompiledFunction> members() {
      List<CompiledFunction> members = new ArrayList<>();
      for (Chain c = this; c != null; c = c.callee()) {
        members.add(c.function());
      }
      return members;
    }
  }

  private CallStacks() {}

  /**
   * Checks all programs.
   *
   * @param routines of the functions, in the same order
   * @throws BackEndException {@code E-STACK} or {@code E-LIMIT}
   */
  static void check(List<CompiledFunction> functions, List<Routine> routines) {
    CallStacks stacks = new CallStacks();
    for (int i = 0; i < functions.size(); i++) {
      stacks.functions.put(functions.get(i).symbol(), functions.get(i));
      stacks.routines.put(functions.get(i).symbol(), routines.get(i));
    }
    functions.stream().filter(CompiledFunction::global).forEach(stacks::check);
  }

  private void check(CompiledFunction program) {
    Chain chain = chain(program);
    // One frame alone was measured against the limit when it was laid out.
    if (chain.frames() > 1 && chain.bytes() > Stack.BYTES) {
      throw tooLarge(program, chain);
    }
    if (chain.frames() > MOST_FRAMES) {
      throw new BackEndException(
          Message.CALLS_TOO_NESTED,
          routine(program).origin(),
          program.symbol(),
          chain.frames(),
          MOST_FRAMES);
    }
  }

  private Chain chain(CompiledFunction function) {
    Chain known = chains.get(function.symbol());
    if (known != null) {
      return known;
    }
    Chain widest = null;
    int frames = 0;
    for (CompiledFunction.Relocation relocation : function.relocations()) {
      if (relocation.target() instanceof CompiledFunction.Target.Function target) {
        CompiledFunction callee = functions.get(target.symbol());
        if (callee != null) {
          Chain below = chain(callee);
          widest = widest == null || below.bytes() > widest.bytes() ? below : widest;
          frames = Math.max(frames, below.frames());
        }
      }
    }
    int bytes = counted(function) + (widest == null ? 0 : widest.bytes());
    Chain chain = new Chain(function, widest, bytes, frames + 1);
    chains.put(function.symbol(), chain);
    return chain;
  }

  private static int counted(CompiledFunction function) {
    return Math.ceilDiv(Math.max(1, function.stackBytes()), FRAME_UNIT) * FRAME_UNIT;
  }

  private Routine routine(CompiledFunction function) {
    Routine routine = routines.get(function.symbol());
    if (routine == null) {
      throw new IllegalStateException(function.symbol() + " has no routine");
    }
    return routine;
  }

  private BackEndException tooLarge(CompiledFunction program, Chain chain) {
    List<CompiledFunction> members = chain.members();
    CompiledFunction largest = members.getFirst();
    for (CompiledFunction member : members) {
      largest = counted(member) > counted(largest) ? member : largest;
    }
    String parts =
        members.stream()
            .map(m -> counted(m) + " for " + m.symbol())
            .collect(Collectors.joining(", "));
    return new BackEndException(
        Message.STACK_OF_CALLS_TOO_LARGE,
        routine(largest).origin(),
        program.symbol(),
        chain.bytes(),
        Stack.BYTES,
        parts);
  }
}
