package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loops: {@code dolist dotimes do do* loop}. */
final class IterationForms {
  private final Evaluator evaluator;
  private final Meter meter;
  private final LoopForm loop;

  IterationForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
    this.loop = new LoopForm(evaluator);
  }

  /** Endless repetition; only an exit leaves it. */
  static Node.Body forever(Evaluator evaluator, List<Datum> forms, Scope scope) {
    Node.Body body = Node.sequence(evaluator.prepareAll(forms, scope));
    return frame -> {
      while (true) {
        evaluator.meter().step();
        body.run(frame);
      }
    };
  }

  Node.Body loop(Cons form, Scope scope) {
    List<Datum> items = FormParts.list(form.cdr(), "loop", meter);
    if (items.stream().allMatch(item -> item instanceof Cons)) {
      return ControlForms.block(SymbolName.NIL, scope, inside -> forever(evaluator, items, inside));
    }
    return evaluator.prepare(loop.expand(items), scope)::execute;
  }

  private record Header(SymbolName variable, Datum range, List<Datum> result, List<Datum> body) {}

  private Header header(Cons form) {
    List<Datum> operands = FormParts.operands(form, 1, meter);
    String operator = FormParts.name(form);
    List<Datum> parts = FormParts.list(operands.getFirst(), operator, meter);
    if (parts.size() < 2 || parts.size() > 3) {
      throw new MacroError(Message.ITERATION_HEAD_SHAPE, operator);
    }
    return new Header(
        FormParts.variable(parts.getFirst(), operator),
        parts.get(1),
        parts.subList(2, parts.size()),
        FormParts.body(operands.subList(1, operands.size()), false));
  }

  Node.Body dolist(Cons form, Scope outer) {
    Header header = header(form);
    return ControlForms.block(
        SymbolName.NIL,
        outer,
        block -> {
          Node list = evaluator.prepare(header.range, block);
          Scope scope = block.inner();
          int slot = scope.variable(header.variable);
          Node.Body body = ControlForms.tagbody(evaluator, header.body, scope);
          Node.Body result = Node.sequence(evaluator.prepareAll(header.result, scope));
          return frame -> {
            Datum rest = list.eval(frame);
            while (rest instanceof Cons pair) {
              meter.step();
              Frame inner = new Frame(frame, scope.size());
              inner.slots[slot] = pair.car();
              body.run(inner);
              rest = pair.cdr();
            }
            if (!Datum.isNil(rest)) {
              throw MacroError.type("dolist", "a proper list", evaluator.printer().shown(rest));
            }
            return result.run(new Frame(frame, scope.size()));
          };
        });
  }

  Node.Body dotimes(Cons form, Scope outer) {
    Header header = header(form);
    return ControlForms.block(
        SymbolName.NIL,
        outer,
        block -> {
          Node count = evaluator.prepare(header.range, block);
          Scope scope = block.inner();
          int slot = scope.variable(header.variable);
          Node.Body body = ControlForms.tagbody(evaluator, header.body, scope);
          Node.Body result = Node.sequence(evaluator.prepareAll(header.result, scope));
          return frame -> {
            BigInteger end = Arguments.integer(count.eval(frame), "dotimes", evaluator);
            long n = end.bitLength() > 62 ? Long.MAX_VALUE : end.longValue();
            if (end.signum() < 0) {
              n = 0;
            }
            Frame inner = new Frame(frame, scope.size());
            for (long i = 0; i <= n; i++) {
              meter.step();
              inner = new Frame(frame, scope.size());
              inner.slots[slot] = new Datum.Int(BigInteger.valueOf(i), null);
              if (i < n) {
                body.run(inner);
              }
            }
            return result.run(inner);
          };
        });
  }

  private record Step(int slot, Node initial, @Nullable Node step) {}

  /** {@code (do ((V INIT [STEP])…) (TEST RESULT…) FORM…)}. */
  Node.Body doLoop(Cons form, boolean inOrder, Scope outer) {
    String operator = FormParts.name(form);
    List<Datum> operands = FormParts.operands(form, 2, meter);
    List<Datum> variables = FormParts.list(operands.getFirst(), operator, meter);
    List<Datum> end = FormParts.list(operands.get(1), operator, meter);
    if (end.isEmpty()) {
      throw new MacroError(Message.DO_END_TEST_SHAPE, operator);
    }
    return ControlForms.block(
        SymbolName.NIL,
        outer,
        block -> {
          Scope scope = block.inner();
          List<Step> steps = steps(operator, variables, inOrder, block, scope);
          Node test = evaluator.prepare(end.getFirst(), scope);
          Node.Body result = Node.sequence(evaluator.prepareAll(end.subList(1, end.size()), scope));
          Node.Body body =
              ControlForms.tagbody(
                  evaluator, FormParts.body(operands.subList(2, operands.size()), false), scope);
          return frame -> {
            Frame current = new Frame(frame, scope.size());
            for (Step step : steps) {
              current.slots[step.slot] = step.initial.eval(inOrder ? current : frame);
            }
            while (!test.test(current)) {
              meter.step();
              body.run(current);
              Frame next = new Frame(frame, scope.size());
              System.arraycopy(current.slots, 0, next.slots, 0, next.slots.length);
              for (Step step : steps) {
                if (step.step != null) {
                  next.slots[step.slot] = step.step.eval(inOrder ? next : current);
                }
              }
              current = next;
            }
            return result.run(current);
          };
        });
  }

  private List<Step> steps(
      String operator, List<Datum> variables, boolean inOrder, Scope block, Scope scope) {
    List<SymbolName> names = new ArrayList<>();
    List<Node> initials = new ArrayList<>();
    List<Datum> stepForms = new ArrayList<>();
    List<Integer> slots = new ArrayList<>();
    for (Datum variable : variables) {
      List<Datum> parts =
          variable instanceof Cons ? FormParts.list(variable, operator, meter) : List.of(variable);
      if (parts.size() > 3) {
        throw new MacroError(Message.DO_BINDING_SHAPE, operator);
      }
      names.add(FormParts.variable(parts.getFirst(), operator));
      Datum initial = parts.size() > 1 ? parts.get(1) : Datum.NIL;
      initials.add(evaluator.prepare(initial, inOrder ? scope : block));
      stepForms.add(parts.size() > 2 ? parts.get(2) : Datum.NIL);
      if (inOrder) {
        slots.add(scope.variable(names.getLast()));
      }
    }
    if (!inOrder) {
      names.forEach(name -> slots.add(scope.variable(name)));
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      boolean steps3 =
          variables.get(i) instanceof Cons pair
              && FormParts.list(pair, operator, meter).size() == 3;
      steps.add(
          new Step(
              slots.get(i),
              initials.get(i),
              steps3 ? evaluator.prepare(stepForms.get(i), scope) : null));
    }
    return steps;
  }
}
