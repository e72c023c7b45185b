package dev.whistler.compiler.check;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Parameter;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import java.util.BitSet;

/** Whether a record that is not zeroed is written completely (section 11.3). */
public final class RecordBytes {
  private RecordBytes() {}

  /** Warns unless every byte is visibly written on all paths. */
  public static void warnUnwritten(
      Expr body, Local record, int size, Origin at, Diagnostics diagnostics) {
    BitSet written = new BitSet(size);
    visit(body, record, written);
    if (written.nextClearBit(0) < size) {
      diagnostics.report(Message.RECORD_BYTE_UNWRITTEN, at, written.nextClearBit(0));
    }
  }

  private static void visit(Expr expr, Local record, BitSet written) {
    switch (expr) {
      case Expr.Sequence s -> s.forms().forEach(f -> visit(f, record, written));
      case Expr.Let let -> {
        visit(let.init(), record, written);
        visit(let.body(), record, written);
      }
      case Expr.Store s -> mark(s.pointer(), s.displacement(), s.scalar().width(), record, written);
      case Expr.Fill f -> mark(f.pointer(), f.displacement(), f.length(), record, written);
      case Expr.Copy c -> mark(c.target(), c.targetDisplacement(), c.length(), record, written);
      case Expr.Call call -> call(call, record, written);
      case Expr.If i -> {
        BitSet then = new BitSet();
        BitSet otherwise = new BitSet();
        visit(i.then(), record, then);
        visit(i.otherwise(), record, otherwise);
        then.and(otherwise);
        written.or(then);
      }
      default -> {}
    }
  }

  /** Helpers that fill memory of a constant size write all of it, whatever they return. */
  private static void call(Expr.Call call, Local record, BitSet written) {
    for (int i = 0; i < call.arguments().size(); i++) {
      if (!call.helper().has(Helper.Trait.STOPS)
          && call.helper().parameter(i)
              instanceof
              Parameter.Memory(Parameter.Access access, Parameter.Size.Argument(int size), _)
          && access == Parameter.Access.WRITE
          && size < call.arguments().size()
          && call.arguments().get(i) instanceof Expr.Argument.Value area
          && call.arguments().get(size) instanceof Expr.Argument.Value(Expr.Constant c)) {
        mark(area.value(), 0, (int) c.value(), record, written);
      }
    }
  }

  private static void mark(
      Expr pointer, long displacement, int length, Local record, BitSet written) {
    long start = displacement;
    Expr base = pointer;
    while (true) {
      if (base instanceof Expr.Retype r) {
        base = r.operand();
      } else if (base instanceof Expr.Binary b
          && b.operator() == Expr.Operator.ADD
          && b.right() instanceof Expr.Constant c) {
        start += c.value();
        base = b.left();
      } else {
        break;
      }
    }
    if (base instanceof Expr.Read read && read.local() == record && start >= 0 && length > 0) {
      written.set((int) start, (int) start + length);
    }
  }
}
