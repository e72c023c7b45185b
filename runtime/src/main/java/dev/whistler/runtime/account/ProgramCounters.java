package dev.whistler.runtime.account;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The counts of one object.
 *
 * @param rings in the order of the schema's statistics map
 * @param programs what each attached program missed
 * @param maps what failed to be written into each map, where the programs count it
 */
public record ProgramCounters(
    List<RingCounters> rings, List<ProgramMisses> programs, List<MapCounters> maps) {
  /** Of what has counted nothing. */
  public static final ProgramCounters NONE = new ProgramCounters(List.of());

  public ProgramCounters {
    rings = List.copyOf(rings);
    programs = List.copyOf(programs);
    maps = List.copyOf(maps);
  }

  /** The counts of rings alone. */
  public ProgramCounters(List<RingCounters> rings) {
    this(rings, List.of(), List.of());
  }

  /** The sums of both, by the names of rings, sinks, programs and maps. */
  public ProgramCounters plus(ProgramCounters other) {
    return new ProgramCounters(
        sums(rings, other.rings, RingCounters::ring, RingCounters::plus),
        sums(programs, other.programs, ProgramMisses::program, ProgramMisses::plus),
        sums(maps, other.maps, MapCounters::map, MapCounters::plus));
  }

  /** The sums of parts that have the same name, in the order in which names first come. */
  static <T> List<T> sums(
      List<T> some, List<T> more, Function<T, String> name, BinaryOperator<T> plus) {
    return Stream.concat(some.stream(), more.stream())
        .collect(Collectors.toMap(name, Function.identity(), plus, LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }

  /** What of it has a name that another one has, too. */
  public ProgramCounters knownTo(ProgramCounters other) {
    Map<String, Set<String>> sinks =
        other.rings.stream()
            .collect(
                Collectors.toMap(
                    RingCounters::ring, ring -> names(ring.sinks(), SinkCounters::sink)));
    Set<String> otherPrograms = names(other.programs, ProgramMisses::program);
    Set<String> otherMaps = names(other.maps, MapCounters::map);
    return new ProgramCounters(
        rings.stream()
            .filter(ring -> sinks.containsKey(ring.ring()))
            .map(ring -> ring.of(sinks.getOrDefault(ring.ring(), Set.of())))
            .toList(),
        programs.stream().filter(it -> otherPrograms.contains(it.program())).toList(),
        maps.stream().filter(it -> otherMaps.contains(it.map())).toList());
  }

  private static <T> Set<String> names(List<T> parts, Function<T, String> name) {
    return parts.stream().map(name).collect(Collectors.toSet());
  }

  /**
   * One JSON object on one line, as {@code run --stats} prints it. {@code filtered}, {@code
   * delivered} and {@code queued} speak of the sink that got least; with several sinks, or where a
   * sink lost records, {@code sinks} lists each. A count that the kernel or the object does not
   * keep is absent.
   */
  public String toJson() {
    StringBuilder json = new StringBuilder("{\"rings\":[");
    for (RingCounters ring : rings) {
      if (json.charAt(json.length() - 1) == '}') {
        json.append(',');
      }
      append(json, ring);
    }
    json.append("],\"programs\":[");
    for (int i = 0; i < programs.size(); i++) {
      ProgramMisses program = programs.get(i);
      json.append(i == 0 ? "" : ",").append("{\"name\":\"").append(program.program()).append('"');
      program.missed().ifPresent(missed -> number(json, "missed", missed));
      json.append('}');
    }
    json.append("],\"maps\":[");
    for (int i = 0; i < maps.size(); i++) {
      MapCounters map = maps.get(i);
      json.append(i == 0 ? "" : ",").append("{\"name\":\"").append(map.map()).append('"');
      number(json, "failedUpdates", map.failedUpdates());
      json.append('}');
    }
    return json.append("]}").toString();
  }

  private static void append(StringBuilder json, RingCounters ring) {
    List<SinkCounters> sinks = ring.sinks();
    SinkCounters least =
        sinks.stream()
            .min((a, b) -> Long.compare(a.delivered(), b.delivered()))
            .orElseGet(() -> new SinkCounters("", ring.decoded(), 0, Map.of(), 0));
    json.append("{\"name\":\"").append(ring.ring()).append('"');
    number(json, "produced", ring.produced());
    if (ring.countsLost()) {
      number(json, "lost", ring.lost());
    }
    number(json, "decoded", ring.decoded());
    number(json, "undecodable", ring.undecodable());
    number(json, "inRing", ring.inRing());
    number(json, "filtered", least.filtered());
    number(json, "delivered", least.delivered());
    number(json, "queued", least.queued());
    if (sinks.size() > 1 || least.lostTotal() > 0) {
      json.append(",\"sinks\":[");
      for (int i = 0; i < sinks.size(); i++) {
        SinkCounters sink = sinks.get(i);
        json.append(i == 0 ? "" : ",").append("{\"name\":\"").append(sink.sink()).append('"');
        number(json, "filtered", sink.filtered());
        number(json, "delivered", sink.delivered());
        number(json, "queued", sink.queued());
        json.append(",\"lost\":{");
        String separator = "";
        for (Map.Entry<LossReason, Long> loss : new TreeMap<>(sink.lost()).entrySet()) {
          json.append(separator).append('"').append(loss.getKey().text()).append("\":");
          json.append(loss.getValue());
          separator = ",";
        }
        json.append("}}");
      }
      json.append(']');
    }
    json.append('}');
  }

  private static void number(StringBuilder json, String name, long value) {
    json.append(",\"").append(name).append("\":").append(Long.toUnsignedString(value));
  }
}
