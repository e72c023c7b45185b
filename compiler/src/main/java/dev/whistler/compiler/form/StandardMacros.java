package dev.whistler.compiler.form;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolTable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Builds forms for standard macros that are best said in the language itself. */
final class StandardMacros {
  private final SymbolTable symbols;

  StandardMacros(SymbolTable symbols) {
    this.symbols = symbols;
  }

  /** A symbol of the language or of the source. */
  Datum symbol(String name) {
    return new Datum.Symbol(symbols.symbol(name), null);
  }

  /** A variable that captures nothing. */
  Datum fresh(String name) {
    return new Datum.Symbol(symbols.uninterned(name), null);
  }

  static Datum integer(long value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }

  static Datum list(Datum... elements) {
    return ProperList.of(elements);
  }

  /**
   * {@code (OPERATOR OPERAND…)}. Operators of the language are known by their text, macros of the
   * source by their symbol: one that is fresh means the former, whatever the latter are called.
   */
  Datum call(String operator, Datum... operands) {
    List<Datum> elements = new ArrayList<>();
    elements.add(fresh(operator));
    elements.addAll(List.of(operands));
    return ProperList.of(elements, null);
  }

  /** {@code (OPERATOR FIRST FORM…)}, as {@link #call}. */
  Datum block(String operator, Datum first, List<Datum> forms) {
    List<Datum> elements = new ArrayList<>();
    elements.add(fresh(operator));
    elements.add(first);
    elements.addAll(forms);
    return ProperList.of(elements, null);
  }
}
