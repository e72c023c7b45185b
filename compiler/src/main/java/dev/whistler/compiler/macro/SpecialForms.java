package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import org.jspecify.annotations.Nullable;

/** The special forms and built-in macros of section 18.4, found by name. */
final class SpecialForms {
  private final ControlForms control;
  private final BindingForms binding;
  private final PlaceForms places;
  private final IterationForms iteration;
  private final ConditionForms conditions;
  private final Backquote backquote;

  SpecialForms(Evaluator evaluator) {
    this.control = new ControlForms(evaluator);
    this.binding = new BindingForms(evaluator);
    this.places = new PlaceForms(evaluator);
    this.iteration = new IterationForms(evaluator);
    this.conditions = new ConditionForms(evaluator);
    this.backquote = new Backquote(evaluator);
  }

  /** Prepares a special form; null if the name is that of none. */
  @Nullable Node prepare(String name, Cons form, Scope scope) {
    Node node = control.prepare(name, form, scope);
    if (node == null) {
      node = binding.prepare(name, form, scope);
    }
    if (node == null) {
      node = places.prepare(name, form, scope);
    }
    if (node == null) {
      node = iteration.prepare(name, form, scope);
    }
    if (node == null) {
      node = conditions.prepare(name, form, scope);
    }
    return node;
  }

  PlaceForms places() {
    return places;
  }

  Node backquote(Cons form, Scope scope) {
    return backquote.prepare(form, scope);
  }
}
