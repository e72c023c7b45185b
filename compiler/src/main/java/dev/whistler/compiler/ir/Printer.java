package dev.whistler.compiler.ir;

import java.util.stream.Collectors;

/** Text of a routine, for tests and for reading. */
public final class Printer {
  private Printer() {}

  /** All blocks in reverse post-order, one instruction a line. */
  public static String print(Routine routine) {
    StringBuilder out = new StringBuilder();
    out.append(routine.symbol()).append('/').append(routine.parameterCount()).append('\n');
    for (Block block : routine.reversePostOrder()) {
      out.append(block).append(':');
      if (!block.predecessors().isEmpty()) {
        out.append("  ; from ").append(join(block.predecessors()));
      }
      out.append('\n');
      block.phis().forEach(v -> line(out, v));
      block.instructions().forEach(v -> line(out, v));
      if (block.isTerminated()) {
        Value last = block.terminator();
        out.append("  ").append(describe(last));
        if (!block.successors().isEmpty()) {
          out.append(" -> ").append(join(block.successors()));
        }
        out.append('\n');
      }
    }
    return out.toString();
  }

  private static void line(StringBuilder out, Value value) {
    out.append("  ");
    boolean result =
        !(value.operation() instanceof Operation.Store
            || value.operation() instanceof Operation.Zero
            || value.operation() instanceof Operation.ContextStore
            || value.operation() instanceof Operation.AtomicAdd add && !add.fetch());
    if (result) {
      out.append(reference(value)).append(" = ");
    }
    out.append(describe(value)).append('\n');
  }

  static String reference(Value value) {
    return switch (value.operation()) {
      case Operation.Constant constant -> Long.toString(constant.value());
      case Operation.StackAddress address ->
          "&" + address.object() + displacement(address.displacement());
      case Operation.MapAddress map -> "map:" + map.symbol();
      case Operation.DataAddress data -> data.section() + "+" + data.offset();
      case Operation.RoutineAddress routine -> "&" + routine.symbol();
      default -> "v" + value.number();
    };
  }

  private static String describe(Value value) {
    String operands = join(value.operands());
    return switch (value.operation()) {
      case Operation.Leaf leaf -> reference(value);
      case Operation.Parameter parameter -> "parameter " + parameter.index();
      case Operation.Phi phi -> "phi " + operands;
      case Operation.Binary binary -> text(binary.operator(), binary.narrow()) + " " + operands;
      case Operation.Compare compare ->
          "compare " + text(compare.relation(), compare.narrow()) + " " + operands;
      case Operation.Extend extend -> "extend " + extend.scalar().text() + " " + operands;
      case Operation.Below below -> "below " + below.limit() + " " + operands;
      case Operation.SwapBytes swap -> "swap" + 8 * swap.width() + " " + operands;
      case Operation.Load load ->
          "load" + 8 * load.width() + " [" + operands + displacement(load.displacement()) + "]";
      case Operation.ContextLoad load ->
          "load" + 8 * load.width() + " context [" + operands + "+" + load.offset() + "]";
      case Operation.Store store ->
          "store"
              + 8 * store.width()
              + " ["
              + value.operand(0)
              + displacement(store.displacement())
              + "] "
              + value.operand(1);
      case Operation.Zero zero ->
          "zero "
              + value.operand(0)
              + zero.ranges().stream()
                  .map(r -> " " + r.start() + ".." + r.end())
                  .collect(Collectors.joining());
      case Operation.ContextStore store ->
          "store"
              + 8 * store.width()
              + " context ["
              + value.operand(0)
              + "+"
              + store.offset()
              + "] "
              + value.operand(1);
      case Operation.AtomicAdd add ->
          "atomic"
              + 8 * add.width()
              + (add.fetch() ? " fetch-add [" : " add [")
              + value.operand(0)
              + displacement(add.displacement())
              + "] "
              + value.operand(1);
      case Operation.Call call -> "call " + call.helper().name() + " " + operands;
      case Operation.CallRoutine call -> "call " + call.symbol() + " " + operands;
      case Operation.Jump jump -> "jump";
      case Operation.Branch branch ->
          "branch " + text(branch.relation(), branch.narrow()) + " " + operands;
      case Operation.Return exit -> "return " + operands;
    };
  }

  private static String text(Enum<?> name, boolean narrow) {
    return name.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + (narrow ? "32" : "");
  }

  private static String displacement(int displacement) {
    return displacement == 0 ? "" : displacement > 0 ? "+" + displacement : "" + displacement;
  }

  private static String join(java.util.Collection<?> items) {
    return items.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
