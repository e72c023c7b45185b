package dev.whistler.compiler.table;

import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Context structures by program type (appendix B). */
public final class Contexts {
  private static final Set<String> PACKET_FIELDS =
      Set.of("data", "data-end", "data-meta", "skb-data", "skb-data-end", "optval", "optval-end");

  private static final Map<String, List<Field<InContext>>> FIELDS = read();

  private Contexts() {}

  private static Map<String, List<Field<InContext>>> read() {
    Map<String, List<Field<InContext>>> structures = new LinkedHashMap<>();
    List<Field<InContext>> fields = new ArrayList<>();
    for (String line : TableText.lines("contexts.txt")) {
      if (line.endsWith(":")) {
        fields = new ArrayList<>();
        structures.put(line.substring(0, line.length() - 1), fields);
        continue;
      }
      String[] parts = line.strip().split(" ");
      fields.add(field(parts[0], Integer.parseInt(parts[1]), parts[2].split("[\\[\\]]")));
    }
    return structures;
  }

  private static Field<InContext> field(String name, int offset, String[] type) {
    boolean pointer = type[0].equals("ptr");
    ScalarType loaded = pointer ? ScalarType.U64 : ScalarType.named(type[0]).orElseThrow();
    InContext shape =
        type.length > 1
            ? new Shape.Numbers(loaded, Integer.parseInt(type[1]))
            : PACKET_FIELDS.contains(name)
                ? new Shape.Pointer(loaded, Region.PACKET)
                : pointer ? Shape.Pointer.KERNEL : new Shape.Scalar(loaded);
    return new Field<>(name, offset, shape, "");
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
            new Field<>("sample-period", end, new Shape.Scalar(ScalarType.U64), ""),
            new Field<>("addr", end + 8, new Shape.Scalar(ScalarType.U64), "")));
  }
}
