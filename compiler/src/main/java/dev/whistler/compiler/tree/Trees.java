package dev.whistler.compiler.tree;

import dev.whistler.compiler.source.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Questions about typed trees that the lowering asks before it enters them; {@link #at} builds. */
public final class Trees {
  private Trees() {}

  /** What builds the nodes of a form. */
  public static TreeBuilder at(Origin origin) {
    return new TreeBuilder(origin);
  }

  /** The operands of a node, in order of evaluation. */
  public static List<Expr> children(Expr expr) {
    return switch (expr) {
      case Expr.Constant e -> List.of();
      case Expr.Read e -> List.of();
      case Expr.Assign e -> List.of(e.value());
      case Expr.Let e -> List.of(e.init(), e.body());
      case Expr.Sequence e -> e.forms();
      case Expr.If e -> List.of(e.test(), e.then(), e.otherwise());
      case Expr.Return e -> listOf(e.value(), e.before());
      case Expr.Repeat e -> List.of(e.body());
      case Expr.KernelLoop e -> List.of(e.count(), e.body());
      case Expr.LoopExit e -> List.of();
      case Expr.Binary e -> List.of(e.left(), e.right());
      case Expr.Compare e -> List.of(e.left(), e.right());
      case Expr.Convert e -> List.of(e.operand());
      case Expr.Retype e -> List.of(e.operand());
      case Expr.SwapBytes e -> List.of(e.operand());
      case Expr.Below e -> List.of(e.index());
      case Expr.Log2 e -> List.of(e.operand());
      case Expr.Load e -> List.of(e.pointer());
      case Expr.Store e -> List.of(e.pointer(), e.value());
      case Expr.Fill e -> List.of(e.pointer(), e.value());
      case Expr.Copy e -> List.of(e.target(), e.source());
      case Expr.AtomicAdd e -> List.of(e.pointer(), e.value());
      case Expr.StackBlock e -> List.of();
      case Expr.AddressOf e -> List.of();
      case Expr.GlobalAddress e -> List.of();
      case Expr.ProbeRead e -> List.of(e.address());
      case Expr.ContextPointer e -> List.of();
      case Expr.ContextLoad e -> List.of();
      case Expr.ContextStore e -> List.of(e.value());
      case Expr.MapLookup e -> List.of(operand(e.key()));
      case Expr.MapUpdate e -> List.of(operand(e.key()), operand(e.value()), e.flags());
      case Expr.MapDelete e -> List.of(operand(e.key()));
      case Expr.Call e -> arguments(e);
      case Expr.CallFunction e -> e.arguments();
      case Expr.Count e -> List.of();
    };
  }

  private static List<Expr> listOf(Expr first, List<Expr> others) {
    return Stream.concat(Stream.of(first), others.stream()).toList();
  }

  private static Expr operand(Expr.Slot slot) {
    return switch (slot) {
      case Expr.Slot.ByAddress s -> s.pointer();
      case Expr.Slot.ByValue s -> s.value();
    };
  }

  private static List<Expr> arguments(Expr.Call call) {
    List<Expr> operands = new ArrayList<>();
    for (Expr.Argument argument : call.arguments()) {
      switch (argument) {
        case Expr.Argument.Value a -> operands.add(a.value());
        case Expr.Argument.InSlot a -> operands.add(operand(a.slot()));
        case Expr.Argument.Map a -> {}
        case Expr.Argument.Text a -> {}
      }
    }
    return operands;
  }

  /** Visits a node and everything below it. */
  public static void visit(Expr root, Consumer<Expr> visitor) {
    Deque<Expr> pending = new ArrayDeque<>();
    pending.push(root);
    while (!pending.isEmpty()) {
      Expr expr = pending.pop();
      visitor.accept(expr);
      List<Expr> children = children(expr);
      for (int i = children.size() - 1; i >= 0; i--) {
        pending.push(children.get(i));
      }
    }
  }

  /** Nodes of a tree, an estimate of its instructions. */
  public static int size(Expr root) {
    int[] count = {0};
    visit(root, e -> count[0]++);
    return count[0];
  }

  /** Locals assigned anywhere below, in order of first appearance. */
  public static Set<Local> assigned(Expr root) {
    Set<Local> locals = new LinkedHashSet<>();
    visit(
        root,
        e -> {
          if (e instanceof Expr.Assign assign) {
            locals.add(assign.local());
          }
        });
    return locals;
  }

  /** Locals read, assigned or addressed anywhere below, in order of first appearance. */
  public static Set<Local> mentioned(Expr root) {
    Set<Local> locals = new LinkedHashSet<>();
    visit(
        root,
        e -> {
          switch (e) {
            case Expr.Read read -> locals.add(read.local());
            case Expr.Assign assign -> locals.add(assign.local());
            case Expr.AddressOf address -> locals.add(address.local());
            default -> {}
          }
        });
    return locals;
  }
}
