package dev.whistler.compiler.macro;

import static dev.whistler.compiler.macro.Call.truth;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.reader.Vector;

/** Symbols, equality and types. */
final class SymbolFunctions {
  private SymbolFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("symbolp", 1, c -> truth(c.at(0) instanceof Datum.Symbol));
    to.add("keywordp", 1, c -> truth(c.at(0) instanceof Datum.Symbol s && s.name().isKeyword()));
    to.add("symbol-name", 1, c -> c.string(c.symbol(0).text()));
    to.add("intern", 1, 2, c -> intern(c));
    to.add("make-symbol", 1, c -> fresh(c, c.evaluator().symbols().uninterned(c.text(0))));
    to.add("gensym", 0, 1, c -> gensym(c));
    to.add("gentemp", 0, 2, c -> gensym(c));
    to.add("get", 2, 3, c -> get(c));
    to.add("symbol-value", 1, c -> c.evaluator().global(c.symbol(0)));
    to.add("boundp", 1, c -> truth(c.evaluator().isBound(c.symbol(0))));
    to.add("fboundp", 1, c -> truth(isOperator(c.evaluator(), c.symbol(0))));
    to.add("macro-function", 1, 2, c -> truth(c.evaluator().macros().containsKey(c.symbol(0))));
    to.add("eq", 2, c -> truth(Equality.eql(c.at(0), c.at(1))));
    to.add("eql", 2, c -> truth(Equality.eql(c.at(0), c.at(1))));
    to.add("equal", 2, c -> truth(c.evaluator().equality().equal(c.at(0), c.at(1))));
    to.add("equalp", 2, c -> truth(c.evaluator().equality().equalp(c.at(0), c.at(1))));
    to.add("not", 1, c -> truth(Datum.isNil(c.at(0))));
    to.add("typep", 2, 3, c -> truth(Types.isOfType(c.evaluator(), c.at(0), c.at(1))));
    to.add("type-of", 1, c -> c.evaluator().symbol(typeOf(c.at(0))));
    to.add("macroexpand", 1, 2, c -> expand(c, c.at(0), true));
    to.add("macroexpand-1", 1, 2, c -> expand(c, c.at(0), false));
    to.add("constantp", 1, 2, c -> truth(isConstant(c, c.at(0))));
  }

  private static boolean isOperator(Evaluator evaluator, SymbolName name) {
    return evaluator.cell(name).get() != null || evaluator.macros().containsKey(name);
  }

  private static Datum get(Call c) {
    Datum value = c.evaluator().properties(c.symbol(0)).get(c.symbol(1));
    return value != null ? value : c.optional(2);
  }

  private static Datum fresh(Call c, SymbolName name) {
    c.meter().cells(1 + name.text().length() / 8);
    return new Datum.Symbol(name, null);
  }

  /** The package operand is ignored, except that the keyword package makes a keyword. */
  private static Datum intern(Call c) {
    String text = c.text(0);
    boolean keyword =
        c.count() > 1
            && (c.at(1) instanceof Datum.Symbol || c.at(1) instanceof Datum.Str)
            && c.text(1).equalsIgnoreCase("keyword");
    SymbolTable symbols = c.evaluator().symbols();
    return fresh(c, keyword ? symbols.literalKeyword(text) : symbols.literal(text));
  }

  private static Datum gensym(Call c) {
    String prefix = "g";
    if (c.count() > 0 && !(c.at(0) instanceof Datum.Int)) {
      prefix = c.text(0);
    }
    return fresh(c, c.evaluator().symbols().gensym(prefix));
  }

  private static Datum expand(Call c, Datum form, boolean fully) {
    Datum result = form;
    boolean expanded = false;
    while (result instanceof Cons call && call.car() instanceof Datum.Symbol head) {
      MacroFunction macro = c.evaluator().macros().get(head.name());
      if (macro == null) {
        break;
      }
      c.meter().step();
      result = Values.primary(macro.expander().expand(call));
      expanded = true;
      if (!fully) {
        break;
      }
    }
    return Values.of(result, truth(expanded));
  }

  private static boolean isConstant(Call c, Datum form) {
    return switch (form) {
      case Datum.Symbol symbol ->
          symbol.name() == SymbolName.NIL
              || symbol.name() == SymbolName.T
              || symbol.name().isKeyword()
              || c.evaluator().access().constant(symbol.name()).isPresent();
      case Cons call -> FormParts.isCall(call, "quote");
      default -> true;
    };
  }

  private static String typeOf(Datum value) {
    return switch (value) {
      case Datum.Int number -> "integer";
      case Datum.Str string -> "string";
      case Datum.Char c -> "character";
      case Cons pair -> "cons";
      case Vector vector -> "vector";
      case HashTable table -> "hash-table";
      case Callable function -> "function";
      case ConditionForms.Condition condition -> "error";
      case Datum.Symbol symbol ->
          symbol.name() == SymbolName.NIL
              ? "null"
              : symbol.name().isKeyword() ? "keyword" : "symbol";
      default -> "t";
    };
  }
}
