package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The special forms and built-in macros of section 18.4, found by name. */
final class SpecialForms {
  private final Evaluator evaluator;
  private final ControlForms control;
  private final BindingForms binding;
  private final PlaceForms places;
  private final IterationForms iteration;
  private final ConditionForms conditions;
  private final Backquote backquote;

  SpecialForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.control = new ControlForms(evaluator);
    this.binding = new BindingForms(evaluator);
    this.places = new PlaceForms(evaluator);
    this.iteration = new IterationForms(evaluator);
    this.conditions = new ConditionForms(evaluator);
    this.backquote = new Backquote(evaluator);
  }

  /** Prepares a special form; null if the name is that of none. */
  @Nullable Node prepare(String name, Cons form, Scope scope) {
    Node.Body body = body(name, form, scope);
    return body == null ? null : evaluator.inner(form.range(), body);
  }

  private Node.@Nullable Body body(String name, Cons form, Scope scope) {
    return switch (name) {
      case "quote" -> control.quote(form);
      case "progn", "locally" -> control.progn(form, false, scope);
      case "eval-when" -> control.progn(form, true, scope);
      case "prog1" -> control.first(form, 1, scope);
      case "prog2" -> control.first(form, 2, scope);
      case "the" -> control.typed(form, scope);
      case "declare", "declaim" -> frame -> Datum.NIL;
      case "if" -> control.branch(form, scope);
      case "when" -> control.when(form, true, scope);
      case "unless" -> control.when(form, false, scope);
      case "cond" -> control.cond(form, scope);
      case "and" -> control.and(form, scope);
      case "or" -> control.or(form, scope);
      case "case" -> control.cases(form, false, scope);
      case "ecase" -> control.cases(form, true, scope);
      case "typecase" -> control.typecase(form, false, scope);
      case "etypecase" -> control.typecase(form, true, scope);
      case "block" -> control.block(form, scope);
      case "return" -> control.leave(form, scope);
      case "return-from" -> control.returnFrom(form, scope);
      case "tagbody" -> control.tagbody(form, scope);
      case "go" -> control.go(form, scope);
      case "catch" -> control.catchTag(form, scope);
      case "throw" -> control.throwTag(form, scope);
      case "unwind-protect" -> control.unwindProtect(form, scope);
      case "multiple-value-list" -> control.valueList(form, scope);
      case "nth-value" -> control.nthValue(form, scope);
      case "let" -> binding.let(form, scope);
      case "let*" -> binding.letInOrder(form, scope);
      case "lambda" -> binding.lambda(form, scope);
      case "function" -> binding.function(form, scope);
      case "flet" -> binding.flet(form, scope);
      case "labels" -> binding.labels(form, scope);
      case "macrolet" -> binding.macrolet(form, scope);
      case "symbol-macrolet" -> binding.symbolMacrolet(form, scope);
      case "destructuring-bind" -> binding.destructure(form, scope);
      case "multiple-value-bind" -> binding.multipleValueBind(form, scope);
      case "with-gensyms" -> binding.withGensyms(form, scope);
      case "setf", "setq" -> places.setf(form, scope);
      case "psetq", "psetf" -> places.psetq(form, scope);
      case "push" -> places.push(form, scope);
      case "pushnew" -> places.pushnew(form, scope);
      case "pop" -> places.pop(form, scope);
      case "incf" -> places.increment(form, BigInteger.ONE, scope);
      case "decf" -> places.increment(form, BigInteger.ONE.negate(), scope);
      case "remf" -> places.remf(form, scope);
      case "dolist" -> iteration.dolist(form, scope);
      case "dotimes" -> iteration.dotimes(form, scope);
      case "do" -> iteration.doLoop(form, false, scope);
      case "do*" -> iteration.doLoop(form, true, scope);
      case "loop" -> iteration.loop(form, scope);
      case "ignore-errors" -> conditions.ignoreErrors(form, scope);
      case "handler-case" -> conditions.handlerCase(form, scope);
      case "assert" -> conditions.assertion(form, scope);
      case "check-type" -> conditions.checkType(form, scope);
      case "with-output-to-string" -> conditions.outputToString(form, scope);
      default -> null;
    };
  }

  PlaceForms places() {
    return places;
  }

  Node backquote(Cons form, Scope scope) {
    return backquote.prepare(form, scope);
  }
}
