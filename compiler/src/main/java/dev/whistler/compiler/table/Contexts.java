package dev.whistler.compiler.table;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.table.ContextStructure.Field;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Context structures by program type (appendix B). */
public final class Contexts {
  private static final Set<String> PACKET_FIELDS =
      Set.of("data", "data-end", "data-meta", "skb-data", "skb-data-end", "optval", "optval-end");

  private static final Map<String, List<Field>> FIELDS = read();

  private Contexts() {}

  private static Map<String, List<Field>> read() {
    Map<String, List<Field>> structures = new LinkedHashMap<>();
    List<Field> fields = new ArrayList<>();
    for (String line : TableText.lines("contexts.txt")) {
      if (line.endsWith(":")) {
        fields = new ArrayList<>();
        structures.put(line.substring(0, line.length() - 1), fields);
        continue;
      }
      String[] parts = line.strip().split(" ");
      int bracket = parts[2].indexOf('[');
      String type = bracket < 0 ? parts[2] : parts[2].substring(0, bracket);
      int count =
          bracket < 0 ? -1 : Integer.parseInt(parts[2].substring(bracket + 1).replace("]", ""));
      boolean pointer = type.equals("ptr");
      fields.add(
          new Field(
              parts[0],
              Integer.parseInt(parts[1]),
              pointer ? ScalarType.U64 : ScalarType.named(type).orElseThrow(),
              count,
              region(parts[0], pointer)));
    }
    return structures;
  }

  private static @Nullable Region region(String field, boolean pointer) {
    if (PACKET_FIELDS.contains(field)) {
      return Region.PACKET;
    }
    return pointer ? Region.KERNEL : null;
  }

  /**
   * The structure with named fields of a program type; empty for types without named fields. The
   * registers of {@code kprobe} are in {@link Registers}.
   */
  public static Optional<ContextStructure> of(ProgramType type, Architecture architecture) {
    if (type.isSample()) {
      return Optional.of(perfEvent(type.context(), architecture));
    }
    return Optional.ofNullable(FIELDS.get(type.context()))
        .map(fields -> new ContextStructure(type.context(), fields));
  }

  static Set<String> structures() {
    return FIELDS.keySet();
  }

  /** {@code struct bpf_perf_event_data}: the registers, then two words. */
  private static ContextStructure perfEvent(String name, Architecture architecture) {
    int end = Registers.size(architecture);
    return new ContextStructure(
        name,
        List.of(
            new Field("sample-period", end, ScalarType.U64, -1, null),
            new Field("addr", end + 8, ScalarType.U64, -1, null)));
  }
}
