package dev.whistler.runtime.schema;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the schema section of an object holds, as far as running it needs (language §21.6).
 *
 * @param compiler name and version of the compiler
 * @param arch {@code x86-64} or {@code arm64}
 * @param stats the statistics map; null without a ring buffer
 * @param failedUpdates where updates of maps that fail are counted; empty for objects of other or
 *     older compilers
 * @param digest hex SHA-256 of sources, kernel facts and knob values
 */
public record ObjectSchema(
    String compiler,
    String arch,
    List<ProgramSchema> programs,
    List<MapSchema> maps,
    List<StructSchema> structs,
    @Nullable Stats stats,
    List<FailedUpdates> failedUpdates,
    String digest) {
  public ObjectSchema {
    programs = List.copyOf(programs);
    maps = List.copyOf(maps);
    structs = List.copyOf(structs);
    failedUpdates = List.copyOf(failedUpdates);
  }

  /**
   * The per-CPU array of loss counters: {@code produced} u64 at 0, {@code lost} u64 at 8.
   *
   * @param map name of the map
   * @param rings names of ring buffer maps, by index
   */
  public record Stats(String map, List<String> rings) {
    public Stats {
      rings = List.copyOf(rings);
    }
  }

  /**
   * The counter of a map's updates that fail and whose result the program does not look at, a u64.
   *
   * @param map name of the map
   * @param section symbol of the map of global variables that holds it
   * @param offset in its value, in bytes
   */
  public record FailedUpdates(String map, String section, int offset) {}

  /** Whether it counts records without a reservation; objects of other compilers do not. */
  public boolean countsLosses() {
    return stats != null || maps.stream().noneMatch(MapSchema::isRing);
  }

  /** The same, of programs of which nobody knows how much of their context they read. */
  public ObjectSchema withUnknownContexts() {
    List<ProgramSchema> unknown = programs.stream().map(ProgramSchema::withUnknownContext).toList();
    return new ObjectSchema(compiler, arch, unknown, maps, structs, stats, failedUpdates, digest);
  }

  /** The map of this name, as in the source or as its symbol. */
  public Optional<MapSchema> map(String wanted) {
    return maps.stream()
        .filter(m -> m.name().equals(wanted) || m.symbol().equals(wanted))
        .findFirst();
  }

  /** The program of this name, as in the source or as its symbol. */
  public Optional<ProgramSchema> program(String wanted) {
    return programs.stream()
        .filter(p -> p.name().equals(wanted) || p.symbol().equals(wanted))
        .findFirst();
  }
}
