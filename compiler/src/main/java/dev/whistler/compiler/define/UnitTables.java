package dev.whistler.compiler.define;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The definitions of a unit, by folded name and in order of definition (section 3.4). */
public final class UnitTables {
  private final Map<String, StructLayout> structs = new LinkedHashMap<>();
  private final Map<String, UnionLayout> unions = new LinkedHashMap<>();
  private final Map<String, KernelLayout> kernelLayouts = new LinkedHashMap<>();
  private final Map<String, MapDefinition> maps = new LinkedHashMap<>();
  private final Map<String, ConstantValue> constants = new LinkedHashMap<>();
  private final Map<SymbolName, ConstantValue> uninternedConstants = new HashMap<>();
  private final Map<String, TypedUnit.Knob> knobs = new LinkedHashMap<>();
  private final Map<String, Global> globals = new LinkedHashMap<>();
  private final Map<String, Global> failedUpdates = new LinkedHashMap<>();
  private final Map<String, Generated> operators = new LinkedHashMap<>();
  private final List<ProgramDefinition> programs = new ArrayList<>();
  private final TracepointImports tracepoints = new TracepointImports();
  private final Set<String> broken = new LinkedHashSet<>();
  private @Nullable RingStatistics ringStatistics;

  /**
   * The value of a {@code defconstant}, knob or built-in constant.
   *
   * @param word the value in bodies, or null for a value that only macros can use
   * @param type static type of a use in a body
   * @param datum the value at macro time
   * @param origin the definition, or null if built in
   */
  public record ConstantValue(
      @Nullable Long word, ScalarType type, Datum datum, @Nullable Origin origin) {}

  /**
   * A generated operator.
   *
   * @param operator analyzes its calls
   * @param definition what generated it, for messages
   */
  public record Generated(GeneratedOperator operator, String definition) {}

  /**
   * A program whose body waits for analysis.
   *
   * @param includeReader whether it asks for what the reader of the rings causes
   */
  public record ProgramDefinition(
      ProgramContext context,
      String symbol,
      boolean includeReader,
      List<Datum> body,
      dev.whistler.compiler.macro.ExpansionContext expansion,
      Origin origin) {}

  public Map<String, StructLayout> structs() {
    return structs;
  }

  public Map<String, UnionLayout> unions() {
    return unions;
  }

  public Map<String, KernelLayout> kernelLayouts() {
    return kernelLayouts;
  }

  public Map<String, MapDefinition> maps() {
    return maps;
  }

  public Map<String, ConstantValue> constants() {
    return constants;
  }

  /** Constants that a macro defined under a symbol of its own; no schema lists them. */
  Map<SymbolName, ConstantValue> uninternedConstants() {
    return uninternedConstants;
  }

  public Map<String, TypedUnit.Knob> knobs() {
    return knobs;
  }

  public Map<String, Global> globals() {
    return globals;
  }

  /** The hidden globals that count failed updates, by name of the map. */
  public Map<String, Global> failedUpdates() {
    return failedUpdates;
  }

  /** The hidden global that counts the failed updates of a map (section 10.7). */
  public Global failedUpdatesOf(MapDefinition map) {
    return failedUpdates.computeIfAbsent(
        map.name(),
        _ ->
            new Global(
                map.name(),
                unusedSymbol(map.symbol() + "__failed_updates"),
                new FieldType.Scalar(ScalarType.U64),
                -1,
                0,
                false,
                map.origin()));
  }

  /** All definitions have their symbols before any body is analyzed. */
  private String unusedSymbol(String wanted) {
    String symbol = wanted;
    while (isUsed(symbol)) {
      symbol += "_";
    }
    return symbol;
  }

  private boolean isUsed(String symbol) {
    return globals.values().stream().anyMatch(g -> g.symbol().equals(symbol))
        || failedUpdates.values().stream().anyMatch(g -> g.symbol().equals(symbol))
        || maps.values().stream().anyMatch(m -> m.symbol().equals(symbol))
        || programs.stream().anyMatch(p -> p.symbol().equals(symbol));
  }

  public Map<String, Generated> operators() {
    return operators;
  }

  public List<ProgramDefinition> programs() {
    return programs;
  }

  public TracepointImports tracepoints() {
    return tracepoints;
  }

  /** Notes a name whose definition was erroneous: uses of it are silently abandoned. */
  public void markBroken(String name) {
    broken.add(name);
  }

  /** Whether an unknown name, or the definition behind a generated operator, is a broken one. */
  public boolean isBroken(String name) {
    return broken.stream()
        .anyMatch(
            b ->
                name.equals(b)
                    || name.startsWith(b + "-")
                    || name.startsWith("set-" + b + "-")
                    || name.equals("make-" + b)
                    || name.equals("as-" + b));
  }

  /** The loss counters; a unit with a ring buffer has them before its bodies are analyzed. */
  public RingStatistics ringStatistics() {
    return java.util.Objects.requireNonNull(ringStatistics);
  }

  public @Nullable RingStatistics ringStatisticsIfAny() {
    return ringStatistics;
  }

  public void setRingStatistics(RingStatistics statistics) {
    ringStatistics = statistics;
  }

  /** The struct or union of that name. */
  public Optional<Layout> layout(String name) {
    Layout layout = structs.get(name);
    if (layout == null) {
      layout = unions.get(name);
    }
    return Optional.ofNullable(layout);
  }

  /** Names of structs and unions. */
  public List<String> layoutNames() {
    List<String> names = new ArrayList<>(structs.keySet());
    names.addAll(unions.keySet());
    return names;
  }
}
