package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Read-only views of the unit, and the compatibility functions of section 18.9. */
final class AccessFunctions {
  private static final Pattern FORMAT_FILE =
      Pattern.compile("/sys/kernel/(?:debug/)?tracing/events/([^/]+)/([^/]+)/format");

  private AccessFunctions() {}

  static void register(Builtins.Registry to) {
    to.add("sizeof-struct", 1, c -> Call.number(struct(c, c.access().sizeofStruct(c.text(0)))));
    to.add("field-offset", 2, c -> fieldOffset(c));
    to.add("struct-fields", 1, c -> names(c, struct(c, c.access().structFields(c.text(0)))));
    to.add("map-option", 2, c -> c.access().mapOption(c.text(0), c.text(1)).orElse(Datum.NIL));
    to.add("knob", 1, c -> found(c, c.access().knob(c.text(0)), Message.KNOB_NOT_YET, 0));
    to.add("target-arch", 0, c -> keyword(c, c.access().targetArchitecture()));
    to.add("tracepoint-fields", 1, c -> tracepointFields(c));
    to.add("probe-file", 1, c -> probeFile(c));
    to.add("eval", 1, c -> c.evaluator().host().eval(c.at(0)));
  }

  /** What was asked for, named by an argument; an error if it is not defined yet. */
  private static <T> T found(Call c, Optional<T> value, Message missing, int asked) {
    return value.orElseThrow(
        () -> new MacroError(missing, c.evaluator().printer().princ(c.at(asked))));
  }

  private static <T> T struct(Call c, Optional<T> value) {
    return found(c, value, Message.STRUCT_NOT_YET, 0);
  }

  private static Datum fieldOffset(Call c) {
    struct(c, c.access().structFields(c.text(0)));
    Optional<Integer> offset = c.access().fieldOffset(c.text(0), c.text(1));
    return Call.number(found(c, offset, Message.FIELD_NOT_YET, 1));
  }

  private static Datum keyword(Call c, String name) {
    return new Datum.Symbol(c.evaluator().symbols().keyword(name), null);
  }

  private static Datum tracepointFields(Call c) {
    String event = c.text(0).replace('-', '_').toLowerCase(Locale.ROOT);
    return names(c, found(c, c.access().tracepointFields(event), Message.TRACEPOINT_NOT_YET, 0));
  }

  private static Datum names(Call c, List<SymbolName> names) {
    return c.list(names.stream().map(name -> new Datum.Symbol(name, null)).toList());
  }

  private static Datum probeFile(Call c) {
    if (c.at(0) instanceof Datum.Str string) {
      Matcher matcher = FORMAT_FILE.matcher(string.text());
      if (matcher.matches()
          && c.access().hasTracepoint(matcher.group(1) + "/" + matcher.group(2))) {
        return c.at(0);
      }
    }
    return Datum.NIL;
  }
}
