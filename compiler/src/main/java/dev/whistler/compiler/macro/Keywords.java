package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keyword arguments of a function, such as {@code :key} and {@code :test}. */
final class Keywords {
  private final Evaluator evaluator;
  private final String operator;
  private final Map<String, Datum> given = new HashMap<>();
  private final @Nullable Callable key;
  private final @Nullable Callable test;
  private final boolean negated;

  /**
   * Takes the arguments from an index on.
   *
   * @param known the keywords that the function takes
   */
  Keywords(Evaluator evaluator, String operator, Datum[] arguments, int from, Set<String> known) {
    this.evaluator = evaluator;
    this.operator = operator;
    for (int i = from; i < arguments.length; i += 2) {
      if (!(arguments[i] instanceof Datum.Symbol symbol)
          || !symbol.name().isKeyword()
          || !known.contains(symbol.name().text())) {
        throw new MacroError(
            Message.KEYWORD_UNKNOWN, operator, evaluator.printer().shown(arguments[i]));
      }
      if (i + 1 == arguments.length) {
        throw new MacroError(Message.KEYWORD_WITHOUT_VALUE, operator, symbol.name());
      }
      given.putIfAbsent(symbol.name().text(), arguments[i + 1]);
    }
    this.key = function("key");
    Callable negative = function("test-not");
    this.negated = negative != null;
    this.test = negated ? negative : function("test");
  }

  private @Nullable Callable function(String name) {
    Datum value = given.get(name);
    return value == null || Datum.isNil(value) ? null : evaluator.callable(value, operator);
  }

  /** The value of {@code :key} applied to an element. */
  Datum key(Datum element) {
    return key == null ? element : key.call(element);
  }

  /** Whether {@code :test} holds between an item and the key of an element; {@code eql} without. */
  boolean matches(Datum item, Datum element) {
    return same(item, key(element));
  }

  /** Whether {@code :test} holds between two keys. */
  boolean same(Datum a, Datum b) {
    evaluator.meter().step();
    if (test == null) {
      return Equality.eql(a, b);
    }
    return Datum.isNil(test.call(a, b)) == negated;
  }

  boolean isTrue(String name) {
    Datum value = given.get(name);
    return value != null && !Datum.isNil(value);
  }

  @Nullable Datum value(String name) {
    return given.get(name);
  }

  int index(String name, int missing) {
    Datum value = given.get(name);
    return value == null || Datum.isNil(value)
        ? missing
        : Arguments.index(value, operator, evaluator);
  }

  /** The part of a sequence between {@code :start} and {@code :end}. */
  List<Datum> range(List<Datum> elements) {
    int start = index("start", 0);
    int end = index("end", elements.size());
    return slice(operator, elements, start, end);
  }

  static List<Datum> slice(String operator, List<Datum> elements, int start, int end) {
    if (start > end || end > elements.size()) {
      throw new MacroError(Message.SEQUENCE_PART, operator, start, end, elements.size());
    }
    return elements.subList(start, end);
  }
}
