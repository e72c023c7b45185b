package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code do-user-ptrs} and {@code do-user-array} (section 8.1). */
final class UserMemoryLoops {
  private UserMemoryLoops() {}

  static void register(Map<String, Operator> table) {
    table.put("do-user-ptrs", UserMemoryLoops::pointers);
    table.put("do-user-array", UserMemoryLoops::array);
  }

  /** Takes {@code [:index i]} off the end of a head. */
  private static @Nullable Datum index(List<Datum> options, Form form, BodyAnalyzer body) {
    if (options.isEmpty()) {
      return null;
    }
    if (options.size() == 2
        && options.getFirst() instanceof Datum.Symbol s
        && s.name().isKeyword()
        && s.name().text().equals("index")) {
      return options.get(1);
    }
    throw body.fail(Message.USER_LOOP_OPTION_UNKNOWN, body.originOf(form.operand(0)));
  }

  private static List<Datum> head(Form form, int least, String shape, BodyAnalyzer body) {
    body.arity(form, 1, -1);
    List<Datum> head =
        ProperList.require(
            form.operand(0), "the head of " + form.name(), form.origin(), body.diagnostics());
    if (head.size() < least) {
      throw body.fail(Message.USER_LOOP_HEAD, body.originOf(form.operand(0)), form.name(), shape);
    }
    return head;
  }

  private static Expr pointers(Form form, BodyAnalyzer body, Use use) {
    List<Datum> head = head(form, 4, "(v base count C [:index i])", body);
    StandardMacros m = new StandardMacros(body.unit().symbols());
    Datum i = m.fresh("i");
    Datum base = m.fresh("base");
    Datum load =
        m.call("user-load", m.symbol("u64"), base, m.call("*", i, StandardMacros.integer(8)));
    Datum inner =
        m.block(
            "when-let",
            StandardMacros.list(StandardMacros.list(head.get(0), load)),
            indexed(m, index(head.subList(4, head.size()), form, body), i, form.from(1)));
    return loop(form, body, m, i, base, head.subList(1, 4), inner, null);
  }

  private static List<Datum> indexed(
      StandardMacros m, @Nullable Datum name, Datum i, List<Datum> forms) {
    return name == null
        ? forms
        : List.of(m.block("let", StandardMacros.list(StandardMacros.list(name, i)), forms));
  }

  private static Expr array(Form form, BodyAnalyzer body, Use use) {
    List<Datum> head = head(form, 5, "(v TYPE base count C [:index i])", body);
    StandardMacros m = new StandardMacros(body.unit().symbols());
    Datum i = m.fresh("i");
    Datum base = m.fresh("base");
    List<Datum> forms =
        indexed(m, index(head.subList(5, head.size()), form, body), i, form.from(1));
    Optional<ScalarType> scalar = TypeNames.scalar(head.get(1));
    if (scalar.isPresent()) {
      Datum offset = m.call("*", i, StandardMacros.integer(scalar.get().width()));
      Datum load = m.call("user-load", head.get(1), base, offset);
      Datum inner =
          m.block("let", StandardMacros.list(StandardMacros.list(head.get(0), load)), forms);
      return loop(form, body, m, i, base, head.subList(2, 5), inner, null);
    }
    String name = head.get(1) instanceof Datum.Symbol s ? s.name().text() : "";
    StructLayout struct = body.tables().structs().get(name);
    if (struct == null) {
      throw body.fail(Message.USER_ARRAY_TYPE, body.originOf(head.get(1)));
    }
    return structs(form, body, m, i, base, head, struct, forms);
  }

  /** The copy is made once and reused; an unreadable element leaves it zeroed by the helper. */
  private static Expr structs(
      Form form,
      BodyAnalyzer body,
      StandardMacros m,
      Datum i,
      Datum base,
      List<Datum> head,
      StructLayout struct,
      List<Datum> forms) {
    Datum size = StandardMacros.integer(struct.size());
    Datum copy = m.fresh("copy");
    Datum read = m.call("probe-read-user", copy, size, m.call("+", base, m.call("*", i, size)));
    List<Datum> statements = new ArrayList<>();
    statements.add(read);
    statements.add(
        m.block("let", StandardMacros.list(StandardMacros.list(head.get(0), copy)), forms));
    Datum inner = m.block("progn", StandardMacros.integer(0), statements);
    return loop(
        form,
        body,
        m,
        i,
        base,
        head.subList(2, 5),
        inner,
        StandardMacros.list(copy, m.call("make-" + struct.name())));
  }

  /**
   * {@code base} and {@code count} once, then the loop.
   *
   * @param operands base, count and the constant bound
   * @param outer a further binding around the loop, or null
   */
  private static Expr loop(
      Form form,
      BodyAnalyzer body,
      StandardMacros m,
      Datum i,
      Datum base,
      List<Datum> operands,
      Datum inner,
      @Nullable Datum outer) {
    Datum count = m.fresh("count");
    List<Datum> bindings = new ArrayList<>();
    bindings.add(StandardMacros.list(base, operands.get(0)));
    bindings.add(StandardMacros.list(count, operands.get(1)));
    if (outer != null) {
      bindings.add(outer);
    }
    Datum repeated =
        m.call(
            "dotimes",
            StandardMacros.list(i, operands.get(2)),
            m.call("when", m.call("<", i, count), inner));
    Datum expansion = m.call("let*", ProperList.of(bindings, form.cons().range()), repeated);
    return body.effect(
        body.analyze(body.bindings().expansion(form.cons(), () -> expansion), Use.NONE));
  }
}
