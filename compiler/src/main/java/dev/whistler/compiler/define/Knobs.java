package dev.whistler.compiler.define;

import dev.whistler.compiler.define.UnitTables.ConstantValue;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.ScalarType;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code defknob}: deployment-time constants and their supplied values (section 19.1). */
public final class Knobs {
  private static final Set<String> TYPES =
      Set.of(
          "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "s8", "s16", "s32", "s64", "char",
          "bool", "ipv4");

  private final UnitContext unit;
  private final Names names;
  private final Diagnostics diagnostics;
  private final Map<String, String> supplied = new HashMap<>();
  private final Map<String, String> unused = new TreeMap<>();

  public Knobs(UnitContext unit, Names names) {
    this.unit = unit;
    this.names = names;
    this.diagnostics = unit.diagnostics();
    unit.request()
        .knobs()
        .forEach(
            (name, value) -> {
              supplied.put(normal(name), value);
              unused.put(normal(name), name);
            });
  }

  /** Case, ear-muffs, and the difference of {@code -} and {@code _} do not matter. */
  private static String normal(String name) {
    String text = name.toLowerCase(Locale.ROOT).replace('_', '-');
    int start = 0;
    int end = text.length();
    while (start < end && "+*".indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && "+*".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(start, end);
  }

  public void define(Form form, ExpansionContext context) {
    if (form.count() < 3) {
      throw diagnostics.fail(Message.DEFKNOB_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "knob", at);
    names.claim("knob", normal(name), at);
    if (!(form.operand(1) instanceof Datum.Symbol typeName)
        || !TYPES.contains(typeName.name().text())) {
      throw diagnostics.fail(
          Message.KNOB_TYPE,
          context.originOf(form.operand(1)),
          form.operand(1) instanceof Datum.Symbol s
              ? NearMatches.hint(s.name().text(), TYPES)
              : null);
    }
    String type = typeName.name().text();
    List<Datum> rest = form.from(3);
    String doc = null;
    if (!rest.isEmpty() && rest.getFirst() instanceof Datum.Str text) {
      doc = text.text();
      rest = rest.subList(1, rest.size());
    }
    OptionList options =
        new OptionList(rest, Set.of("min", "max"), "defknob", context, diagnostics);
    Long min = bound(options, "min", context);
    Long max = bound(options, "max", context);
    Origin defaultAt = context.originOf(form.operand(2));
    long byDefault = defaultValue(form.operand(2), type, context, defaultAt);
    checkRange(name, type, byDefault, min, max, "the default", defaultAt);
    unused.remove(normal(name));
    String external = supplied.get(normal(name));
    long value = byDefault;
    if (external != null) {
      OptionalLong parsed = parse(external, type);
      if (parsed.isEmpty()) {
        throw diagnostics.fail(Message.KNOB_VALUE_TYPE, at, external, name, type, expected(type));
      }
      value = parsed.getAsLong();
      checkRange(name, type, value, min, max, "the value", at);
    }
    ScalarType scalar = scalar(type);
    unit.tables()
        .knobs()
        .put(name, new TypedUnit.Knob(name, type, byDefault, value, min, max, doc));
    BigInteger datum =
        scalar.signed() ? BigInteger.valueOf(value) : new BigInteger(Long.toUnsignedString(value));
    unit.tables()
        .constants()
        .put(
            name,
            new ConstantValue(
                value,
                value < 0 && scalar.signed() ? ScalarType.I64 : ScalarType.U64,
                new Datum.Int(datum, null),
                form.origin()));
  }

  private static ScalarType scalar(String type) {
    return type.equals("ipv4") ? ScalarType.U32 : ScalarType.named(type).orElseThrow();
  }

  private @Nullable Long bound(OptionList options, String option, ExpansionContext context) {
    Datum datum = options.value(option);
    return datum == null
        ? null
        : new ConstantExpressions(unit, diagnostics)
            .require(datum, context, "the bound :" + option);
  }

  private long defaultValue(Datum datum, String type, ExpansionContext context, Origin at) {
    if (type.equals("ipv4")) {
      OptionalLong address =
          datum instanceof Datum.Str text ? ipv4(text.text()) : OptionalLong.empty();
      if (address.isEmpty()) {
        throw diagnostics.fail(Message.KNOB_IPV4_DEFAULT, at);
      }
      return address.getAsLong();
    }
    if (type.equals("bool") && datum instanceof Datum.Symbol s && s.name().text().equals("t")) {
      return 1;
    }
    return new ConstantExpressions(unit, diagnostics)
        .require(datum, context, "the default of a knob");
  }

  private void checkRange(
      String name,
      String type,
      long value,
      @Nullable Long min,
      @Nullable Long max,
      String what,
      Origin at) {
    ScalarType scalar = scalar(type);
    boolean fits = type.equals("bool") ? value == 0 || value == 1 : scalar.convert(value) == value;
    boolean signed = scalar.signed();
    boolean low = min != null && (signed ? value < min : Long.compareUnsigned(value, min) < 0);
    boolean high = max != null && (signed ? value > max : Long.compareUnsigned(value, max) > 0);
    if (!fits || low || high) {
      String shown = signed ? Long.toString(value) : Long.toUnsignedString(value);
      throw !fits
          ? diagnostics.fail(Message.KNOB_TOO_WIDE, at, what, shown, name, type)
          : max == null
              ? diagnostics.fail(Message.KNOB_TOO_SMALL, at, what, shown, name, min)
              : min == null
                  ? diagnostics.fail(Message.KNOB_TOO_LARGE, at, what, shown, name, max)
                  : diagnostics.fail(Message.KNOB_OUT_OF_RANGE, at, what, shown, name, min, max);
    }
  }

  private static String expected(String type) {
    return switch (type) {
      case "bool" -> "write true or false";
      case "ipv4" -> "write an address such as 10.0.0.7";
      default -> "write a decimal or 0x… integer";
    };
  }

  /** Reads an external value. */
  private static OptionalLong parse(String text, String type) {
    return switch (type) {
      case "bool" ->
          text.equals("true")
              ? OptionalLong.of(1)
              : text.equals("false") ? OptionalLong.of(0) : OptionalLong.empty();
      case "ipv4" -> ipv4(text);
      default -> integer(text, scalar(type));
    };
  }

  private static OptionalLong integer(String text, ScalarType scalar) {
    if (text.length() > 24) {
      return OptionalLong.empty();
    }
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (!digits.matches(hex ? "[0-9a-fA-F]+" : "-?[0-9]+")) {
      return OptionalLong.empty();
    }
    BigInteger value = new BigInteger(digits, hex ? 16 : 10);
    int bits = 8 * scalar.width();
    BigInteger low = scalar.signed() ? BigInteger.TWO.pow(bits - 1).negate() : BigInteger.ZERO;
    BigInteger high = BigInteger.TWO.pow(scalar.signed() ? bits - 1 : bits);
    return value.compareTo(low) >= 0 && value.compareTo(high) < 0
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  /** The word that a load of the address from memory gives: network order in memory. */
  private static OptionalLong ipv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return OptionalLong.empty();
    }
    long word = 0;
    for (int i = 0; i < 4; i++) {
      if (!parts[i].matches("[0-9]{1,3}") || Integer.parseInt(parts[i]) > 255) {
        return OptionalLong.empty();
      }
      word |= Long.parseLong(parts[i]) << (8 * i);
    }
    return OptionalLong.of(word);
  }

  /** Reports values that were supplied for knobs that the unit does not define. */
  public void checkSupplied(SourceRange unitStart) {
    for (String name : unused.values()) {
      diagnostics.report(
          Message.KNOB_UNKNOWN,
          new Origin(unitStart, List.of()),
          name,
          NearMatches.hint(name, unit.tables().knobs().keySet()));
    }
  }

  /** The value of a knob at macro time. */
  public Optional<Datum> value(String name) {
    return Optional.ofNullable(unit.tables().constants().get(name))
        .filter(c -> unit.tables().knobs().containsKey(name))
        .map(ConstantValue::datum);
  }
}
