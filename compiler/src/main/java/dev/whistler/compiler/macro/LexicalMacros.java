package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The local macros around a body form: {@code macrolet}, {@code symbol-macrolet}. Immutable. */
final class LexicalMacros {
  /** No local macros. */
  static final LexicalMacros NONE = new LexicalMacros(null, Map.of(), Map.of());

  private final @Nullable LexicalMacros outer;
  private final Map<SymbolName, Optional<MacroFunction>> operators;
  private final Map<SymbolName, Optional<Datum>> variables;

  private LexicalMacros(
      @Nullable LexicalMacros outer,
      Map<SymbolName, Optional<MacroFunction>> operators,
      Map<SymbolName, Optional<Datum>> variables) {
    this.outer = outer;
    this.operators = operators;
    this.variables = variables;
  }

  LexicalMacros withOperators(Map<SymbolName, MacroFunction> operators) {
    Map<SymbolName, Optional<MacroFunction>> wrapped = new HashMap<>();
    operators.forEach((name, macro) -> wrapped.put(name, Optional.of(macro)));
    return new LexicalMacros(this, Map.copyOf(wrapped), Map.of());
  }

  /** A local function of that name hides a local or global macro. */
  LexicalMacros hidingOperator(SymbolName function) {
    return new LexicalMacros(this, Map.of(function, Optional.empty()), Map.of());
  }

  LexicalMacros withSymbols(Map<SymbolName, Datum> expansions) {
    Map<SymbolName, Optional<Datum>> wrapped = new HashMap<>();
    expansions.forEach((name, form) -> wrapped.put(name, Optional.of(form)));
    return new LexicalMacros(this, Map.of(), Map.copyOf(wrapped));
  }

  /** A variable of that name hides a symbol macro. */
  LexicalMacros shadowing(SymbolName variable) {
    return new LexicalMacros(this, Map.of(), Map.of(variable, Optional.empty()));
  }

  /**
   * The local macro of that name; present but empty if a local function hides it, null if nothing
   * local has the name.
   */
  @Nullable Optional<MacroFunction> operator(SymbolName name) {
    for (LexicalMacros at = this; at != null; at = at.outer) {
      Optional<MacroFunction> found = at.operators.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * The expansion of a symbol macro; present but empty if a variable hides it, null if nothing is
   * known of the name.
   */
  @Nullable Optional<Datum> symbol(SymbolName name) {
    for (LexicalMacros at = this; at != null; at = at.outer) {
      Optional<Datum> found = at.variables.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
