package dev.whistler.compiler.ir;

import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.TypedFunction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a tree does, functions that it calls included, and which of these are inlined. Answers are
 * kept for each function: a chain of functions that each call the next one twice is walked once.
 */
final class FunctionFacts {
  /** Bodies up to this size are inlined at every call. */
  private static final int SMALL_BODY = 24;

  /** Frames below the program's own: MAX_CALL_FRAMES is 8, include/linux/bpf_verifier.h. */
  private static final int MOST_FRAMES = 7;

  private final Map<TypedFunction, Integer> callSites = new HashMap<>();
  private final Map<TypedFunction, Boolean> usingContext = new HashMap<>();
  private final Map<TypedFunction, Integer> frames = new HashMap<>();

  /** Counts the calls in a program or function. */
  void countCalls(Expr root) {
    Trees.visit(
        root,
        e -> {
          if (e instanceof Expr.CallFunction call) {
            callSites.merge(call.function(), 1, Integer::sum);
          }
        });
  }

  /** Whether the context is used anywhere below. */
  boolean usesContext(Expr root) {
    return any(
        root,
        e ->
            switch (e) {
              case Expr.ContextPointer _, Expr.ContextLoad _, Expr.ContextStore _ -> true;
              case Expr.CallFunction call -> usesContext(call.function());
              default -> false;
            });
  }

  /** Whether the context is used in a function or what it calls. */
  boolean usesContext(TypedFunction function) {
    Boolean known = usingContext.get(function);
    if (known == null) {
      known = usesContext(function.body());
      usingContext.put(function, known);
    }
    return known;
  }

  private static boolean tailCalls(Expr root) {
    return any(
        root,
        e ->
            switch (e) {
              case Expr.Call call -> call.helper().is(Helpers.TAIL_CALL);
              case Expr.CallFunction call -> call.function().tailCalls();
              default -> false;
            });
  }

  private static boolean any(Expr root, Predicate<Expr> test) {
    boolean[] found = {false};
    Trees.visit(root, e -> found[0] |= test.test(e));
    return found[0];
  }

  /**
   * Whether calls of a function are replaced by its body: it is small, called once, has too many
   * parameters, replaces the program by a tail call, or would be a frame too many.
   */
  boolean isInlined(TypedFunction function) {
    boolean wide = function.parameters().size() == 5 && usesContext(function);
    return callSites.getOrDefault(function, 0) == 1
        || Trees.size(function.body()) <= SMALL_BODY
        || wide
        || function.tailCalls()
        || frames(function) >= MOST_FRAMES;
  }

  /** Frames of the calls in a function's body, one on top of the other. */
  private int frames(TypedFunction function) {
    Integer known = frames.get(function);
    if (known == null) {
      known = frames(function.body());
      frames.put(function, known);
    }
    return known;
  }

  private int frames(Expr root) {
    record Node(Expr expr, int level) {}
    Deque<Node> pending = new ArrayDeque<>(List.of(new Node(root, 0)));
    int most = 0;
    while (!pending.isEmpty()) {
      Node node = pending.pop();
      int level = node.level();
      switch (node.expr()) {
        case Expr.KernelLoop loop -> {
          pending.push(new Node(loop.count(), level));
          pending.push(new Node(loop.body(), level + 1));
        }
        case Expr.Repeat loop ->
            pending.push(new Node(loop.body(), level + (usesHelper(loop) ? 1 : 0)));
        case Expr.CallFunction call -> {
          call.arguments().forEach(a -> pending.push(new Node(a, level)));
          TypedFunction callee = call.function();
          most = Math.max(most, level + frames(callee) + (isInlined(callee) ? 0 : 1));
        }
        default -> Trees.children(node.expr()).forEach(c -> pending.push(new Node(c, level)));
      }
      most = Math.max(most, level);
    }
    return most;
  }

  /** Whether a {@code dotimes} goes through the loop helper; a tail call cannot. */
  boolean usesHelper(Expr.Repeat loop) {
    return LoopLowering.isLong(loop) && !tailCalls(loop.body());
  }
}
