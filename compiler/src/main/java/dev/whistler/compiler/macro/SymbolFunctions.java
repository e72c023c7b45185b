package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.Vector;

/** Symbols, equality and types. */
final class SymbolFunctions implements Builtins.Group {
  static final String SIGNATURES =
      """
      symbolp/1 keywordp/1 symbol-name/1 intern/1-2 make-symbol/1 gensym/0-1 gentemp/0-2 get/2-3
      symbol-value/1 boundp/1 fboundp/1 macro-function/1-2 eq/2 eql/2 equal/2 equalp/2 not/1
      typep/2-3 type-of/1 macroexpand/1-2 macroexpand-1/1-2 constantp/1-2
      """;

  private final Evaluator evaluator;

  SymbolFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  @Override
  public Datum apply(String name, Datum[] a) {
    return switch (name) {
      case "symbolp" -> Evaluator.truth(a[0] instanceof Datum.Symbol);
      case "keywordp" ->
          Evaluator.truth(a[0] instanceof Datum.Symbol symbol && symbol.name().isKeyword());
      case "symbol-name" -> evaluator.string(symbol(a[0], name).text());
      case "intern" -> intern(a);
      case "make-symbol" ->
          fresh(evaluator.symbols().uninterned(Arguments.text(a[0], name, evaluator)));
      case "gensym", "gentemp" -> gensym(name, a);
      case "get" -> {
        Datum value = evaluator.properties(symbol(a[0], name)).get(symbol(a[1], name));
        yield value != null ? value : a.length > 2 ? a[2] : Datum.NIL;
      }
      case "symbol-value" -> evaluator.global(symbol(a[0], name));
      case "boundp" -> Evaluator.truth(evaluator.isBound(symbol(a[0], name)));
      case "fboundp" -> {
        SymbolName symbol = symbol(a[0], name);
        yield Evaluator.truth(
            evaluator.cell(symbol).get() != null || evaluator.macros().containsKey(symbol));
      }
      case "macro-function" -> Evaluator.truth(evaluator.macros().containsKey(symbol(a[0], name)));
      case "eq", "eql" -> Evaluator.truth(Equality.eql(a[0], a[1]));
      case "equal" -> Evaluator.truth(evaluator.equality().equal(a[0], a[1]));
      case "equalp" -> Evaluator.truth(evaluator.equality().equalp(a[0], a[1]));
      case "not" -> Evaluator.truth(Datum.isNil(a[0]));
      case "typep" -> Evaluator.truth(Types.isOfType(evaluator, a[0], a[1]));
      case "type-of" -> evaluator.symbol(typeOf(a[0]));
      case "macroexpand" -> expand(a[0], true);
      case "macroexpand-1" -> expand(a[0], false);
      case "constantp" -> Evaluator.truth(isConstant(a[0]));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private SymbolName symbol(Datum value, String name) {
    return Arguments.symbol(value, name, evaluator).name();
  }

  private Datum fresh(SymbolName name) {
    evaluator.meter().cells(1 + name.text().length() / 8);
    return new Datum.Symbol(name, null);
  }

  /** The package operand is ignored, except that the keyword package makes a keyword. */
  private Datum intern(Datum[] a) {
    String text = Arguments.text(a[0], "intern", evaluator);
    boolean keyword =
        a.length > 1
            && (a[1] instanceof Datum.Symbol || a[1] instanceof Datum.Str)
            && Arguments.text(a[1], "intern", evaluator).equalsIgnoreCase("keyword");
    return fresh(
        keyword ? evaluator.symbols().literalKeyword(text) : evaluator.symbols().literal(text));
  }

  private Datum gensym(String name, Datum[] a) {
    String prefix = "g";
    if (a.length > 0 && !(a[0] instanceof Datum.Int)) {
      prefix = Arguments.text(a[0], name, evaluator);
    }
    return fresh(evaluator.symbols().gensym(prefix));
  }

  private Datum expand(Datum form, boolean fully) {
    Datum result = form;
    boolean expanded = false;
    while (result instanceof Cons call && call.car() instanceof Datum.Symbol head) {
      MacroFunction macro = evaluator.macros().get(head.name());
      if (macro == null) {
        break;
      }
      evaluator.meter().step();
      result = Values.primary(macro.expander().expand(call));
      expanded = true;
      if (!fully) {
        break;
      }
    }
    return Values.of(result, Evaluator.truth(expanded));
  }

  private boolean isConstant(Datum form) {
    return switch (form) {
      case Datum.Symbol symbol ->
          symbol.name() == SymbolName.NIL
              || symbol.name() == SymbolName.T
              || symbol.name().isKeyword()
              || evaluator.access().constant(symbol.name()).isPresent();
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
