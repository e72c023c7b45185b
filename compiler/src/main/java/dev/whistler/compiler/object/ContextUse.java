package dev.whistler.compiler.object;

import dev.whistler.compiler.form.Expr;
import dev.whistler.compiler.ir.Trees;

/** How much of its context a program reads or writes at fixed offsets. */
final class ContextUse {
  private ContextUse() {}

  /** The end of the highest access, called functions included; 0 when there is none. */
  static int bytes(Expr body) {
    int[] end = {0};
    Trees.visit(
        body,
        expr -> {
          switch (expr) {
            case Expr.ContextLoad load ->
                end[0] = Math.max(end[0], load.offset() + load.scalar().width());
            case Expr.ContextStore store ->
                end[0] = Math.max(end[0], store.offset() + store.scalar().width());
            case Expr.CallFunction call -> end[0] = Math.max(end[0], bytes(call.function().body()));
            default -> {}
          }
        });
    return end[0];
  }
}
