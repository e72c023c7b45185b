package dev.whistler.compiler.form;

import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.PointerType;
import java.util.stream.Collectors;

/** Typed trees as short text, so that tests can show them. */
final class TreeText {
  private TreeText() {}

  static String of(Expr expr) {
    return switch (expr) {
      case Expr.Constant c -> Long.toString(c.value());
      case Expr.Read r -> r.local().name();
      case Expr.Assign a -> "(" + a.local() + " := " + of(a.value()) + ")";
      case Expr.Let l -> "let " + l.local() + " = " + of(l.init()) + " in " + of(l.body());
      case Expr.Sequence s ->
          s.forms().size() == 1
              ? of(s.forms().getFirst())
              : "{" + s.forms().stream().map(TreeText::of).collect(Collectors.joining("; ")) + "}";
      case Expr.If i -> "(" + of(i.test()) + " ? " + of(i.then()) + " : " + of(i.otherwise()) + ")";
      case Expr.Return r ->
          "return "
              + of(r.value())
              + r.before().stream().map(step -> " after " + of(step)).collect(Collectors.joining());
      case Expr.Repeat r -> "repeat " + r.index() + " " + r.count() + " " + of(r.body());
      case Expr.KernelLoop r -> "loop " + r.index() + " " + of(r.count()) + " " + of(r.body());
      case Expr.LoopExit e -> "exit";
      case Expr.Binary b ->
          "(" + of(b.left()) + " " + b.operator().name().toLowerCase() + " " + of(b.right()) + ")";
      case Expr.Compare c ->
          "(" + of(c.left()) + " " + c.relation().name().toLowerCase() + " " + of(c.right()) + ")";
      case Expr.Convert c -> c.type().text() + "(" + of(c.operand()) + ")";
      case Expr.Retype r -> of(r.operand());
      case Expr.SwapBytes s -> "swap" + 8 * s.type().width() + "(" + of(s.operand()) + ")";
      case Expr.Below b -> of(b.index());
      case Expr.Log2 l -> "log2(" + of(l.operand()) + ")";
      case Expr.Load l -> l.scalar().text() + "[" + of(l.pointer()) + "+" + l.displacement() + "]";
      case Expr.Store s ->
          s.scalar().text()
              + "["
              + of(s.pointer())
              + "+"
              + s.displacement()
              + "] = "
              + of(s.value());
      case Expr.Fill f -> "fill " + of(f.pointer()) + " " + f.length();
      case Expr.Copy c -> "copy " + of(c.target()) + " " + of(c.source()) + " " + c.length();
      case Expr.AtomicAdd a -> "atomic " + of(a.pointer()) + " += " + of(a.value());
      case Expr.StackBlock b -> "block(" + ((PointerType) b.type()).size() + ")";
      case Expr.AddressOf a -> "&" + a.local();
      case Expr.GlobalAddress g -> "&" + g.global().name();
      case Expr.ProbeRead p -> (p.user() ? "user " : "kernel ") + of(p.address());
      case Expr.ContextPointer p -> "ctx";
      case Expr.ContextLoad l -> "ctx." + l.scalar().text() + "@" + l.offset();
      case Expr.ContextStore s -> "ctx@" + s.offset() + " = " + of(s.value());
      case Expr.MapLookup m -> "lookup " + m.map().name() + " " + of(m.key());
      case Expr.MapUpdate m ->
          "update "
              + m.map().name()
              + " "
              + of(m.key())
              + " "
              + of(m.value())
              + " "
              + of(m.flags());
      case Expr.MapDelete m -> "delete " + m.map().name() + " " + of(m.key());
      case Expr.Call c ->
          c.helper().name()
              + c.arguments().stream().map(TreeText::of).collect(Collectors.joining(" ", "(", ")"));
      case Expr.CallFunction c ->
          c.function().name()
              + c.arguments().stream().map(TreeText::of).collect(Collectors.joining(" ", "(", ")"));
      case Expr.Count c -> c.counter().name().toLowerCase() + "++";
    };
  }

  private static String of(Expr.Slot slot) {
    return switch (slot) {
      case Expr.Slot.ByAddress a -> "*" + of(a.pointer());
      case Expr.Slot.ByValue v -> of(v.value()) + ":" + v.size();
    };
  }

  private static String of(Expr.Argument argument) {
    return switch (argument) {
      case Expr.Argument.Value v -> of(v.value());
      case Expr.Argument.Map m -> m.map().name();
      case Expr.Argument.InSlot s -> of(s.slot());
      case Expr.Argument.Text t -> "\"" + t.text() + "\"";
    };
  }
}
