package dev.whistler.compiler.form;

import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kernel-side functions of a unit (section 19.2): one typed function for each function, type of
 * the calling program, and types of the arguments.
 */
final class Functions {
  private final Names names;
  private Map<Key, TypedFunction> functions = new LinkedHashMap<>();
  private List<String> active = new ArrayList<>();

  /** What makes a version of a function of its own. */
  record Key(String name, String program, List<StaticType> arguments) {}

  /** The functions so far, to come back to before another pass. */
  record Snapshot(Map<Key, TypedFunction> functions) {}

  Functions(Names names) {
    this.names = names;
  }

  Snapshot snapshot() {
    return new Snapshot(new LinkedHashMap<>(functions));
  }

  void restore(Snapshot snapshot) {
    functions = new LinkedHashMap<>(snapshot.functions());
    active = new ArrayList<>();
  }

  /** Names of the functions whose bodies are being analyzed, outermost first. */
  List<String> active() {
    return active;
  }

  @Nullable TypedFunction find(Key key) {
    return functions.get(key);
  }

  /** Functions are added when their bodies are analyzed: callees first. */
  void add(Key key, TypedFunction function) {
    functions.put(key, function);
  }

  /** A symbol that no other function has. */
  String symbol(Expander.Function function) {
    String base = Names.cName(function.name().text());
    String symbol = base;
    for (int i = 2; isTaken(symbol); i++) {
      symbol = base + "__" + i;
    }
    return symbol;
  }

  private boolean isTaken(String symbol) {
    return names.isClaimed("program", symbol)
        || functions.values().stream().anyMatch(f -> f.symbol().equals(symbol));
  }

  List<TypedFunction> inOrder() {
    return List.copyOf(functions.values());
  }
}
