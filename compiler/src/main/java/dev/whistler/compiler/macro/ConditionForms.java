package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forms that raise and catch errors (section 18.8), and string streams. */
final class ConditionForms {
  /** A caught error as a value; printed as its text. */
  record Condition(String text) implements Datum {
    @Override
    public @Nullable SourceRange range() {
      return null;
    }
  }

  /** What {@code with-output-to-string} binds. */
  static final class Stream implements Datum {
    private final StringBuilder text = new StringBuilder();

    StringBuilder text() {
      return text;
    }

    @Override
    public @Nullable SourceRange range() {
      return null;
    }
  }

  private final Evaluator evaluator;
  private final Meter meter;

  ConditionForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  Node.Body ignoreErrors(Cons form, Scope scope) {
    Node.Body body = evaluator.prepareBody(FormParts.operands(form, 0, meter), scope);
    return frame -> {
      try {
        return body.run(frame);
      } catch (MacroError error) {
        return Values.of(Datum.NIL, new Condition(error.text()));
      }
    };
  }

  private record Handler(Scope scope, boolean binds, Node.Body body) {}

  Node.Body handlerCase(Cons form, Scope outer) {
    List<Datum> operands = FormParts.operands(form, 1, meter);
    Node protectedForm = evaluator.prepare(operands.getFirst(), outer);
    Handler handler = null;
    Handler noError = null;
    for (Datum clause : operands.subList(1, operands.size())) {
      List<Datum> parts = FormParts.list(clause, "handler-case", meter);
      if (parts.size() < 2) {
        throw new MacroError(Message.HANDLER_CASE_CLAUSE_SHAPE);
      }
      String type = parts.getFirst() instanceof Datum.Symbol s ? s.name().text() : "";
      switch (type) {
        case "error", "condition", "t" -> {
          if (handler == null) {
            handler = handler(parts, outer);
          }
        }
        case "no-error" -> noError = handler(parts, outer);
        default -> {
          // Other condition types are never signalled here.
        }
      }
    }
    Handler caught = handler;
    Handler otherwise = noError;
    return frame -> {
      Datum result;
      try {
        result = protectedForm.execute(frame);
      } catch (MacroError error) {
        if (caught == null) {
          throw error;
        }
        return run(caught, frame, new Condition(error.text()));
      }
      return otherwise == null ? result : run(otherwise, frame, Values.primary(result));
    };
  }

  private static Datum run(Handler handler, Frame frame, Datum value) {
    Frame inner = new Frame(frame, handler.scope.size());
    if (handler.binds) {
      inner.slots[0] = value;
    }
    return handler.body.run(inner);
  }

  private Handler handler(List<Datum> clause, Scope outer) {
    Scope scope = outer.inner();
    List<Datum> variables = FormParts.list(clause.get(1), "handler-case", meter);
    if (variables.size() > 1) {
      throw new MacroError(Message.HANDLER_CASE_VARIABLE);
    }
    for (Datum variable : variables) {
      scope.variable(FormParts.variable(variable, "handler-case"));
    }
    return new Handler(
        scope,
        !variables.isEmpty(),
        evaluator.prepareBody(clause.subList(2, clause.size()), scope));
  }

  /** {@code (assert TEST [(PLACE…) ["fmt" ARG…]])}. */
  Node.Body assertion(Cons form, Scope scope) {
    List<Datum> operands = FormParts.operands(form, 1, meter);
    Node test = evaluator.prepare(operands.getFirst(), scope);
    List<Node> message =
        operands.size() > 2
            ? evaluator.prepareAll(operands.subList(2, operands.size()), scope)
            : List.of();
    String shown = evaluator.printer().shown(operands.getFirst());
    return frame -> {
      if (test.test(frame)) {
        return Datum.NIL;
      }
      List<Datum> arguments = new ArrayList<>();
      for (Node node : message) {
        arguments.add(node.eval(frame));
      }
      throw arguments.isEmpty()
          ? new MacroError(Message.ASSERTION_FAILED, shown)
          : new MacroError(Message.MACRO_RAISED, Format.message(evaluator, arguments));
    };
  }

  Node.Body checkType(Cons form, Scope scope) {
    List<Datum> operands = FormParts.operands(form, 2, 3, meter);
    Node value = evaluator.prepare(operands.getFirst(), scope);
    Datum type = operands.get(1);
    String place = evaluator.printer().shown(operands.getFirst());
    return frame -> {
      Datum checked = value.eval(frame);
      if (Types.isOfType(evaluator, checked, type)) {
        return Datum.NIL;
      }
      Printer printer = evaluator.printer();
      throw new MacroError(
          Message.CHECK_TYPE_FAILED, place, printer.shown(checked), printer.shown(type));
    };
  }

  Node.Body outputToString(Cons form, Scope outer) {
    List<Datum> operands = FormParts.operands(form, 1, meter);
    List<Datum> stream = FormParts.list(operands.getFirst(), "with-output-to-string", meter);
    if (stream.isEmpty()) {
      throw new MacroError(Message.WITH_OUTPUT_VARIABLE);
    }
    SymbolName name = FormParts.symbol(stream.getFirst(), "with-output-to-string");
    Scope scope = outer.inner();
    int slot = scope.variable(name);
    Node.Body body = evaluator.prepareBody(operands.subList(1, operands.size()), scope);
    boolean special = evaluator.isSpecial(name) || name.text().equals("*standard-output*");
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      Stream target = new Stream();
      inner.slots[slot] = target;
      if (special) {
        evaluator.withDynamic(name, target, body, inner);
      } else {
        body.run(inner);
      }
      return evaluator.string(target.text());
    };
  }
}
