package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;

/**
 * One call of a builtin function: as many arguments as its definition allows. The getters check
 * types; their messages name the function.
 *
 * @param evaluator that calls
 * @param name of the function
 * @param arguments evaluated
 */
record Call(Evaluator evaluator, String name, Datum[] arguments) {
  Meter meter() {
    return evaluator.meter();
  }

  LanguageAccess access() {
    return evaluator.access();
  }

  int count() {
    return arguments.length;
  }

  Datum at(int index) {
    return arguments[index];
  }

  /** An optional argument, or nil. */
  Datum optional(int index) {
    return index < arguments.length ? arguments[index] : Datum.NIL;
  }

  /** The arguments from an index on. */
  List<Datum> from(int index) {
    List<Datum> all = List.of(arguments);
    return index == 0 ? all : all.subList(index, arguments.length);
  }

  BigInteger integer(int index) {
    return Arguments.integer(arguments[index], name, evaluator);
  }

  int index(int index) {
    return Arguments.index(arguments[index], name, evaluator);
  }

  int character(int index) {
    return Arguments.character(arguments[index], name, evaluator);
  }

  String text(int index) {
    return Arguments.text(arguments[index], name, evaluator);
  }

  SymbolName symbol(int index) {
    return Arguments.symbol(arguments[index], name, evaluator).name();
  }

  HashTable table(int index) {
    return Arguments.table(arguments[index], name, evaluator);
  }

  Callable function(int index) {
    return evaluator.callable(arguments[index], name);
  }

  /** The elements of a proper list; each is a step. */
  List<Datum> list(int index) {
    return FormParts.list(arguments[index], name, meter());
  }

  /** The elements of a sequence; each is a step. */
  List<Datum> elements(int index) {
    return Sequences.elements(arguments[index], name, evaluator);
  }

  /** The keyword arguments from an index on. */
  Keywords keywords(int from, Set<String> known) {
    return new Keywords(evaluator, name, arguments, from, known);
  }

  MacroError typeError(String expected, Datum given) {
    return MacroError.type(name, expected, evaluator.printer().shown(given));
  }

  // ---- results

  Datum string(CharSequence text) {
    return evaluator.string(text);
  }

  Datum cons(Datum car, Datum cdr) {
    return evaluator.cons(car, cdr);
  }

  Datum list(List<? extends Datum> elements) {
    return evaluator.list(elements);
  }

  /** A sequence of the same kind as an argument. */
  Datum like(int index, List<Datum> elements) {
    return Sequences.make(
        Sequences.kind(arguments[index], name, evaluator), elements, name, evaluator);
  }

  /** A sequence of the kind that an argument names. */
  Datum ofType(int index, List<Datum> elements) {
    return Sequences.make(
        Sequences.kindOfType(arguments[index], name, evaluator), elements, name, evaluator);
  }

  /** An integer that was computed. */
  Datum number(BigInteger value) {
    return new Datum.Int(meter().integer(value), null);
  }

  /** A small integer. */
  static Datum.Int number(long value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }

  static Datum truth(boolean value) {
    return Evaluator.truth(value);
  }
}
