package dev.whistler.compiler.object;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.TypedFunction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How much of its context a program reads or writes at fixed offsets. */
final class ContextUse {
  private ContextUse() {}

  /** The end of the highest access, called functions included; 0 when there is none. */
  static int bytes(Expr body) {
    Set<TypedFunction> seen = new HashSet<>();
    Deque<Expr> pending = new ArrayDeque<>(List.of(body));
    int[] end = {0};
    while (!pending.isEmpty()) {
      Trees.visit(
          pending.pop(),
          expr -> {
            switch (expr) {
              case Expr.ContextLoad load ->
                  end[0] = Math.max(end[0], load.offset() + load.scalar().width());
              case Expr.ContextStore store ->
                  end[0] = Math.max(end[0], store.offset() + store.scalar().width());
              case Expr.CallFunction call when seen.add(call.function()) ->
                  pending.push(call.function().body());
              default -> {}
            }
          });
    }
    return end[0];
  }
}
