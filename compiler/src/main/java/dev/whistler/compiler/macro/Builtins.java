package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The functions of section 18.6, found by name. */
final class Builtins {
  /** The most arguments of a function that takes any number. */
  static final int MANY = Integer.MAX_VALUE;

  /** What a function does. It belongs to no compilation: the evaluator comes with the call. */
  @FunctionalInterface
  interface Body {
    /** May return {@link Values}. */
    Datum apply(Call call);
  }

  /**
   * A function.
   *
   * @param name as sources call it
   * @param min arguments at least
   * @param max arguments at most
   * @param body what it does
   */
  record Definition(String name, int min, int max, Body body) {
    Callable in(Evaluator evaluator) {
      return new Builtin(this, evaluator);
    }
  }

  /** Takes the definitions of one class, one line each. */
  static final class Registry {
    private final Map<String, Definition> definitions = new HashMap<>();

    void add(String name, int count, Body body) {
      add(name, count, count, body);
    }

    void add(String name, int min, int max, Body body) {
      add(new Definition(name, min, max, body));
    }

    void add(Definition function) {
      if (definitions.put(function.name, function) != null) {
        throw new IllegalStateException("two functions are named " + function.name);
      }
    }
  }

  /** Made on the first call of a function: most sources have no macro that calls one. */
  private static final class Table {
    static final Map<String, Definition> ALL = all();

    private static Map<String, Definition> all() {
      Registry registry = new Registry();
      List<Consumer<Registry>> groups =
          List.of(
              ListFunctions::register,
              MappingFunctions::register,
              SequenceFunctions::register,
              NumberFunctions::register,
              SymbolFunctions::register,
              TextFunctions::register,
              CharacterFunctions::register,
              TableFunctions::register,
              AccessFunctions::register);
      groups.forEach(group -> group.accept(registry));
      return registry.definitions;
    }
  }

  private Builtins() {}

  /** All names, sorted. */
  static List<String> names() {
    return Table.ALL.keySet().stream().sorted().toList();
  }

  /** The function of that name, or null. */
  static @Nullable Definition find(String name) {
    return Table.ALL.get(name);
  }

  private record Builtin(Definition definition, Evaluator evaluator) implements Callable {
    @Override
    public Datum apply(Datum... arguments) {
      Meter meter = evaluator.meter();
      meter.enter();
      try {
        FormParts.arity(definition.name, definition.min, definition.max, arguments.length);
        return definition.body.apply(new Call(evaluator, definition.name, arguments));
      } finally {
        meter.leave();
      }
    }

    @Override
    public String name() {
      return definition.name;
    }
  }
}
