package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The functions of section 18.6, found by name. */
final class Builtins {
  /** Functions that belong together. */
  @FunctionalInterface
  interface Group {
    /** Applies the function of that name to as many arguments as its signature allows. */
    Datum apply(String name, Datum[] arguments);
  }

  private enum Source {
    LISTS(ListFunctions.SIGNATURES, ListFunctions::new),
    MAPPING(MappingFunctions.SIGNATURES, MappingFunctions::new),
    SEQUENCES(SequenceFunctions.SIGNATURES, SequenceFunctions::new),
    NUMBERS(NumberFunctions.SIGNATURES, NumberFunctions::new),
    SYMBOLS(SymbolFunctions.SIGNATURES, SymbolFunctions::new),
    TEXT(TextFunctions.SIGNATURES, TextFunctions::new),
    CHARACTERS(CharacterFunctions.SIGNATURES, CharacterFunctions::new),
    TABLES(TableFunctions.SIGNATURES, TableFunctions::new),
    ACCESS(AccessFunctions.SIGNATURES, AccessFunctions::new);

    private final String signatures;
    private final Function<Evaluator, Group> maker;

    Source(String signatures, Function<Evaluator, Group> maker) {
      this.signatures = signatures;
      this.maker = maker;
    }
  }

  /**
   * A function's name and how many arguments it takes; written {@code name/2}, {@code name/1-2} or
   * {@code name/1-}.
   */
  private record Signature(Source source, String name, int min, int max) {
    static Signature parse(Source source, String text) {
      int slash = text.lastIndexOf('/');
      String counts = text.substring(slash + 1);
      int dash = counts.indexOf('-');
      int min = Integer.parseInt(dash < 0 ? counts : counts.substring(0, dash));
      int max =
          dash < 0
              ? min
              : dash == counts.length() - 1
                  ? Integer.MAX_VALUE
                  : Integer.parseInt(counts.substring(dash + 1));
      return new Signature(source, text.substring(0, slash), min, max);
    }
  }

  private static final Map<String, Signature> SIGNATURES = signatures();

  private static Map<String, Signature> signatures() {
    Map<String, Signature> all = new HashMap<>();
    for (Source source : Source.values()) {
      for (String text : source.signatures.strip().split("\\s+")) {
        Signature signature = Signature.parse(source, text.replace('_', ' '));
        all.put(signature.name, signature);
      }
    }
    return Map.copyOf(all);
  }

  /** All names, sorted. */
  static List<String> names() {
    return SIGNATURES.keySet().stream().sorted().toList();
  }

  private final Evaluator evaluator;
  private final Group[] groups;

  Builtins(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.groups = new Group[Source.values().length];
    for (Source source : Source.values()) {
      groups[source.ordinal()] = source.maker.apply(evaluator);
    }
  }

  /** The function that a symbol names, or null. */
  @Nullable Callable find(SymbolName symbol) {
    return SIGNATURES.containsKey(symbol.text()) ? named(symbol.text()) : null;
  }

  /** A function that exists. */
  Callable named(String name) {
    Signature signature = SIGNATURES.get(name);
    if (signature == null) {
      throw new IllegalArgumentException("no function " + name);
    }
    return new Builtin(signature, groups[signature.source.ordinal()], evaluator.meter());
  }

  private record Builtin(Signature signature, Group group, Meter meter) implements Callable {
    @Override
    public Datum apply(Datum... arguments) {
      meter.enter();
      try {
        if (arguments.length < signature.min || arguments.length > signature.max) {
          throw new MacroError(
              Code.E_ARITY,
              signature.name
                  + " takes "
                  + FormParts.count(signature.min, signature.max)
                  + ", not "
                  + arguments.length);
        }
        return group.apply(signature.name, arguments);
      } finally {
        meter.leave();
      }
    }

    @Override
    public String name() {
      return signature.name;
    }
  }
}
