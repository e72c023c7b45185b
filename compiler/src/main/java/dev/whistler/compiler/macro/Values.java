package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several values on their way from a form to its receiver. Never stored: every receiver of one
 * value takes {@link #primary}.
 */
record Values(List<Datum> list) implements Datum {
  Values {
    list = List.copyOf(list);
  }

  static Values of(Datum... values) {
    return new Values(List.of(values));
  }

  /** The first value, nil if there is none; any other datum is its own only value. */
  static Datum primary(Datum result) {
    return result instanceof Values values
        ? values.list.isEmpty() ? Datum.NIL : values.list.getFirst()
        : result;
  }

  /** All values. */
  static List<Datum> all(Datum result) {
    return result instanceof Values values ? values.list : List.of(result);
  }

  @Override
  public @Nullable SourceRange range() {
    return null;
  }
}
