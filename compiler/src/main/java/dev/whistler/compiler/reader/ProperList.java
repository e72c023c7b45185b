package dev.whistler.compiler.reader;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chains of {@link Cons} that end in {@code nil}, seen as Java lists.
 *
 * <p>Only for data that is known to be no cycle: what the reader made and what {@code
 * macro.Expander} returned. The evaluator of the compile-time language walks its lists itself and
 * counts steps.
 */
public final class ProperList {
  private ProperList() {}

  /** The elements, or empty if the datum is an atom other than nil or a dotted list. */
  public static Optional<List<Datum>> elements(Datum list) {
    List<Datum> result = new ArrayList<>();
    Datum rest = list;
    while (rest instanceof Cons pair) {
      result.add(pair.car());
      rest = pair.cdr();
    }
    return Datum.isNil(rest) ? Optional.of(result) : Optional.empty();
  }

  /**
   * The elements; anything but a proper list is {@code E-SYNTAX} at {@code at}.
   *
   * @param what names the list in the message, for instance "the bindings of let"
   */
  public static List<Datum> require(Datum list, String what, Origin at, Diagnostics diagnostics) {
    return elements(list)
        .orElseThrow(
            () ->
                diagnostics.fail(
                    list instanceof Cons ? Message.LIST_DOTTED : Message.LIST_EXPECTED, at, what));
  }

  /** A fresh list without ranges. */
  public static Datum of(Datum... elements) {
    return of(List.of(elements), null);
  }

  /** A fresh list whose first pair has the range. */
  public static Datum of(List<? extends Datum> elements, @Nullable SourceRange range) {
    Datum result = Datum.NIL;
    for (int i = elements.size() - 1; i >= 0; i--) {
      result = new Cons(elements.get(i), result, i == 0 ? range : null);
    }
    return result;
  }
}
