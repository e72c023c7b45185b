package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keyword options of a definition: each at most once, unknown ones refused. */
public final class OptionList {
  private final Map<String, Datum> values = new LinkedHashMap<>();
  private final Map<String, Datum> keys = new LinkedHashMap<>();

  /**
   * Reads {@code :option value} pairs.
   *
   * @param what names the definition in messages
   */
  public OptionList(
      List<Datum> data,
      Set<String> known,
      String what,
      ExpansionContext context,
      Diagnostics diagnostics) {
    for (int i = 0; i < data.size(); i += 2) {
      Origin at = context.originOf(data.get(i));
      if (!(data.get(i) instanceof Datum.Symbol symbol) || !symbol.name().isKeyword()) {
        throw diagnostics.fail(Message.OPTION_EXPECTED, at, what);
      }
      String name = symbol.name().text();
      if (!known.contains(name)) {
        throw diagnostics.fail(
            Message.OPTION_UNKNOWN, at, what, name, NearMatches.hint(name, known));
      }
      if (i + 1 == data.size()) {
        throw diagnostics.fail(Message.OPTION_WITHOUT_VALUE, at, name);
      }
      if (values.put(name, data.get(i + 1)) != null) {
        throw diagnostics.fail(Message.OPTION_TWICE, at, name);
      }
      keys.put(name, data.get(i));
    }
  }

  public @Nullable Datum value(String option) {
    return values.get(option);
  }

  boolean has(String option) {
    return values.containsKey(option);
  }

  /** The datum of an option's name, for ranges. */
  Datum key(String option) {
    Datum key = keys.get(option);
    if (key == null) {
      throw new IllegalArgumentException(option);
    }
    return key;
  }
}
