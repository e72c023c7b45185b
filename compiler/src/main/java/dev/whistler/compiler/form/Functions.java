package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Names;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kernel-side functions of a unit (section 19.2): one typed function for each function, type of
 * the calling program, and types of the arguments.
 */
final class Functions {
  private final Names names;
  private Map<Key, Version> versions = new LinkedHashMap<>();
  private List<String> active = new ArrayList<>();

  /** What makes a version of a function of its own. */
  record Key(String name, String program, List<StaticType> arguments) {}

  /**
   * What the analysis of a function came to. Its callers take over what it reported and found: the
   * pass of the caller in which it was analyzed may be one that is repeated.
   *
   * @param function null if the analysis failed; it is not tried again, which would take time that
   *     doubles with each function that is called by another
   * @param failure null if it did not
   * @param levels how deep forms nest in it, in those that it calls, too
   */
  record Version(
      @Nullable TypedFunction function,
      @Nullable AnalysisException failure,
      Diagnostics diagnostics,
      Findings findings,
      int levels) {}

  /** The versions so far, to come back to before another pass. */
  record Snapshot(Map<Key, Version> versions) {}

  Functions(Names names) {
    this.names = names;
  }

  Snapshot snapshot() {
    return new Snapshot(new LinkedHashMap<>(versions));
  }

  void restore(Snapshot snapshot) {
    versions = new LinkedHashMap<>(snapshot.versions());
    active = new ArrayList<>();
  }

  /** Names of the functions whose bodies are being analyzed, outermost first. */
  List<String> active() {
    return active;
  }

  @Nullable Version find(Key key) {
    return versions.get(key);
  }

  /** Versions are added when their bodies are analyzed: callees first. */
  void add(Key key, Version version) {
    versions.put(key, version);
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
        || inOrder().stream().anyMatch(f -> f.symbol().equals(symbol));
  }

  List<TypedFunction> inOrder() {
    return versions.values().stream()
        .flatMap(version -> Stream.ofNullable(version.function()))
        .toList();
  }
}
