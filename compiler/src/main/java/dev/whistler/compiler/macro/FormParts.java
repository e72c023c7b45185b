package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes macro-time forms apart; a wrong shape is {@code E-SYNTAX}, a wrong count {@code E-ARITY}.
 */
final class FormParts {
  private FormParts() {}

  /** The operands of a form, at least so many and at most so many. */
  static List<Datum> operands(Cons form, int min, int max, Meter meter) {
    List<Datum> operands = list(form.cdr(), name(form), meter);
    arity(name(form), min, max, operands.size());
    return operands;
  }

  static List<Datum> operands(Cons form, int min, Meter meter) {
    return operands(form, min, Integer.MAX_VALUE, meter);
  }

  /** Checks the number of operands; {@link Integer#MAX_VALUE} for any above the least. */
  static void arity(String name, int min, int max, int count) {
    if (count >= min && count <= max) {
      return;
    }
    throw min == max
        ? new MacroError(Message.OPERANDS_EXACTLY, name, min, count)
        : max == Integer.MAX_VALUE
            ? new MacroError(Message.OPERANDS_AT_LEAST, name, min, count)
            : new MacroError(Message.OPERANDS_BETWEEN, name, min, max, count);
  }

  static String name(Cons form) {
    return form.car() instanceof Datum.Symbol symbol ? symbol.name().toString() : "lambda";
  }

  /** The elements of a proper list; counts steps, so that a cycle ends. */
  static List<Datum> list(Datum list, String operator, Meter meter) {
    List<Datum> result = new ArrayList<>();
    Datum rest = list;
    while (rest instanceof Cons pair) {
      meter.step();
      result.add(pair.car());
      rest = pair.cdr();
    }
    if (!Datum.isNil(rest)) {
      throw new MacroError(Message.PROPER_LIST_EXPECTED, operator);
    }
    return result;
  }

  /** The name of a variable, function or block. */
  static SymbolName symbol(Datum datum, String operator) {
    if (datum instanceof Datum.Symbol symbol && !symbol.name().isKeyword()) {
      return symbol.name();
    }
    throw new MacroError(Message.SYMBOL_EXPECTED, operator);
  }

  /** The name of a variable that may be bound. */
  static SymbolName variable(Datum datum, String operator) {
    SymbolName name = symbol(datum, operator);
    if (name == SymbolName.NIL || name == SymbolName.T) {
      throw new MacroError(Message.BIND_CONSTANT, operator, name);
    }
    return name;
  }

  static boolean isCall(Datum form, String operator) {
    return form instanceof Cons pair
        && pair.car() instanceof Datum.Symbol symbol
        && !symbol.name().isKeyword()
        && symbol.name().text().equals(operator);
  }

  /** The forms of a body without its declarations and, if there are forms after it, its text. */
  static List<Datum> body(List<Datum> forms, boolean documented) {
    int i = 0;
    while (i < forms.size()) {
      boolean text = documented && forms.get(i) instanceof Datum.Str && i + 1 < forms.size();
      if (!text && !isCall(forms.get(i), "declare")) {
        break;
      }
      i++;
    }
    return forms.subList(i, forms.size());
  }
}
