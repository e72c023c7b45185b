package dev.whistler.compiler.form;

import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.tree.Local;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lexical variables that are visible at a form; inner ones first. Immutable. */
final class Scope {
  static final Scope EMPTY = new Scope(null, null);

  private final @Nullable Scope outer;
  private final @Nullable Binding binding;

  private Scope(@Nullable Scope outer, @Nullable Binding binding) {
    this.outer = outer;
    this.binding = binding;
  }

  /**
   * A visible variable.
   *
   * @param name as the source names it
   * @param local the variable
   * @param fixedBy the form that forbids assignment, for instance "dotimes", or null
   */
  record Binding(SymbolName name, Local local, @Nullable String fixedBy) {}

  Scope with(Binding inner) {
    return new Scope(this, inner);
  }

  /** The innermost variable of that name. */
  @Nullable Binding find(SymbolName name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.binding != null && scope.binding.name() == name) {
        return scope.binding;
      }
    }
    return null;
  }

  /** The names in scope, innermost first, without repetition. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.binding != null && !names.contains(scope.binding.name().text())) {
        names.add(scope.binding.name().text());
      }
    }
    return names;
  }

  /** The bindings that this scope adds to an outer one, innermost first. */
  List<Binding> newerThan(Scope other) {
    List<Binding> added = new ArrayList<>();
    for (Scope scope = this; scope != null && scope != other; scope = scope.outer) {
      if (scope.binding != null) {
        added.add(scope.binding);
      }
    }
    return added;
  }
}
