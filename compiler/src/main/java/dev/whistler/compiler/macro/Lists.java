package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;

/** Walks lists at macro time; each pair visited is a step. */
final class Lists {
  private Lists() {}

  static Datum car(Datum list, String operator, Evaluator evaluator) {
    if (list instanceof Cons pair) {
      return pair.car();
    }
    if (Datum.isNil(list)) {
      return list;
    }
    throw MacroError.type(operator, "a list", evaluator.printer().shown(list));
  }

  static Datum cdr(Datum list, String operator, Evaluator evaluator) {
    if (list instanceof Cons pair) {
      return pair.cdr();
    }
    if (Datum.isNil(list)) {
      return list;
    }
    throw MacroError.type(operator, "a list", evaluator.printer().shown(list));
  }

  /** Follows the letters {@code a} and {@code d} from right to left, as {@code cadr} does. */
  static Datum path(Datum list, String letters, String operator, Evaluator evaluator) {
    Datum at = list;
    for (int i = letters.length() - 1; i >= 0; i--) {
      at = letters.charAt(i) == 'a' ? car(at, operator, evaluator) : cdr(at, operator, evaluator);
    }
    return at;
  }

  static Datum nthcdr(int n, Datum list, String operator, Evaluator evaluator) {
    Datum at = list;
    for (int i = 0; i < n && !Datum.isNil(at); i++) {
      evaluator.meter().step();
      at = cdr(at, operator, evaluator);
    }
    return at;
  }

  /** The value after a key in a property list. */
  static Datum property(Datum list, Datum key, Datum missing, Evaluator evaluator) {
    Datum at = list;
    while (at instanceof Cons pair && pair.cdr() instanceof Cons next) {
      evaluator.meter().step();
      if (Equality.eql(pair.car(), key)) {
        return next.car();
      }
      at = next.cdr();
    }
    return missing;
  }
}
