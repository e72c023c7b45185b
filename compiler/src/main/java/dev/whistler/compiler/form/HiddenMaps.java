package dev.whistler.compiler.form;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.define.RingStatistics;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The maps that the compiler adds: loss counters, cost samples, scope (11.6, 19.7, 19.9), and the
 * threads of whoever reads the rings.
 */
final class HiddenMaps {
  private static final int STATISTICS_ENTRY = 16;
  private static final int COST_ENTRY = 24;
  private static final int SCOPE_ENTRIES = 65_536;

  /** Threads: each program of a node has one that reads, and one for each of its sinks. */
  private static final int READER_ENTRIES = 1024;

  private final UnitContext unit;
  private final CompilationOptions options;
  private final UnitTables tables;
  private final SourceRange unitStart;
  private final List<MapDefinition> maps = new ArrayList<>();
  private Optional<MapDefinition> cost = Optional.empty();
  private Optional<MapDefinition> scope = Optional.empty();
  private Optional<MapDefinition> reader = Optional.empty();

  HiddenMaps(UnitContext unit, SourceRange unitStart) {
    this.unit = unit;
    this.options = unit.request().options();
    this.tables = unit.tables();
    this.unitStart = unitStart;
  }

  void define() {
    List<MapDefinition> rings =
        tables.maps().values().stream().filter(m -> m.type() == MapType.RINGBUF).toList();
    if (!rings.isEmpty()) {
      MapDefinition statistics =
          perCpuArray(
              options.statisticsMapName(),
              STATISTICS_ENTRY,
              rings.size(),
              rings.getFirst().origin());
      tables.setRingStatistics(
          new RingStatistics(statistics, rings.stream().map(MapDefinition::name).toList()));
      maps.add(statistics);
    }
    Origin start = new Origin(unitStart, List.of());
    if (options.cost()) {
      cost =
          Optional.of(perCpuArray(".whistler.cost", COST_ENTRY, tables.programs().size(), start));
      cost.ifPresent(maps::add);
    }
    if (options.scope()) {
      scope =
          Optional.of(
              hidden(
                  ".whistler.scope",
                  MapType.HASH,
                  new SlotType(8, ScalarType.U64, null),
                  new SlotType(1, ScalarType.U8, null),
                  SCOPE_ENTRIES,
                  start));
      scope.ifPresent(maps::add);
    }
    if (options.withoutReader() && !rings.isEmpty() && anyProgramChecksReader()) {
      reader =
          Optional.of(
              hidden(
                  ".whistler.reader",
                  MapType.HASH,
                  new SlotType(4, ScalarType.U32, null),
                  new SlotType(1, ScalarType.U8, null),
                  READER_ENTRIES,
                  start));
      reader.ifPresent(maps::add);
    }
  }

  private boolean anyProgramChecksReader() {
    return tables.programs().stream().anyMatch(p -> ReaderCheck.causeOf(p, unit).isPresent());
  }

  private static MapDefinition perCpuArray(String name, int valueSize, int entries, Origin origin) {
    return hidden(
        name,
        MapType.PERCPU_ARRAY,
        new SlotType(4, null, null),
        new SlotType(valueSize, null, null),
        entries,
        origin);
  }

  private static MapDefinition hidden(
      String name, MapType type, SlotType key, SlotType value, int entries, Origin origin) {
    return new MapDefinition(
        name, name, type, key, value, entries, 0, List.of(), null, List.of(), false, origin);
  }

  List<MapDefinition> maps() {
    return maps;
  }

  Optional<MapDefinition> cost() {
    return cost;
  }

  Optional<MapDefinition> scope() {
    return scope;
  }

  /** By thread id; empty if no program checks it. */
  Optional<MapDefinition> reader() {
    return reader;
  }
}
