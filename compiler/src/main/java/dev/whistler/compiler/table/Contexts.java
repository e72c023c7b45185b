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
  private static final Map<String, String> STRUCTURES =
      Map.ofEntries(
          Map.entry("xdp", "xdp_md"),
          Map.entry("tc", "__sk_buff"),
          Map.entry("action", "__sk_buff"),
          Map.entry("cgroup-skb", "__sk_buff"),
          Map.entry("socket-filter", "__sk_buff"),
          Map.entry("sk-skb", "__sk_buff"),
          Map.entry("lwt-in", "__sk_buff"),
          Map.entry("lwt-out", "__sk_buff"),
          Map.entry("lwt-xmit", "__sk_buff"),
          Map.entry("lwt-seg6local", "__sk_buff"),
          Map.entry("cgroup-sock-addr", "bpf_sock_addr"),
          Map.entry("cgroup-sock", "bpf_sock"),
          Map.entry("sockops", "bpf_sock_ops"),
          Map.entry("sk-lookup", "bpf_sk_lookup"),
          Map.entry("sk-msg", "sk_msg_md"),
          Map.entry("sk-reuseport", "sk_reuseport_md"),
          Map.entry("cgroup-sysctl", "bpf_sysctl"),
          Map.entry("cgroup-sockopt", "bpf_sockopt"),
          Map.entry("cgroup-device", "bpf_cgroup_dev_ctx"));

  /** Fields of {@code __sk_buff} that the types other than tc may store (appendix B). */
  private static final Map<String, Set<String>> SKB_WRITABLE =
      Map.of(
          "cgroup-skb", Set.of("mark", "priority", "cb", "tstamp"),
          "socket-filter", Set.of("cb"),
          "sk-skb", Set.of("tc-index", "priority"));

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
              parts.length > 3,
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
   *
   * @param type keyword text, for instance {@code xdp}
   */
  public static Optional<ContextStructure> of(String type, Architecture architecture) {
    if (type.equals("perf-event")) {
      return Optional.of(perfEvent(architecture));
    }
    String name = STRUCTURES.get(type);
    if (name == null) {
      return Optional.empty();
    }
    List<Field> fields = FIELDS.get(name);
    if (fields == null) {
      throw new IllegalStateException("contexts.txt lacks " + name);
    }
    if (name.equals("__sk_buff") && !type.equals("tc") && !type.equals("action")) {
      Set<String> writable = SKB_WRITABLE.getOrDefault(type, Set.of());
      fields = fields.stream().map(f -> withWritable(f, writable.contains(f.name()))).toList();
    }
    return Optional.of(new ContextStructure(name, fields));
  }

  private static Field withWritable(Field field, boolean writable) {
    return new Field(
        field.name(), field.offset(), field.type(), field.count(), writable, field.region());
  }

  /** {@code struct bpf_perf_event_data}: the registers, then two words. */
  private static ContextStructure perfEvent(Architecture architecture) {
    int end = Registers.size(architecture);
    return new ContextStructure(
        "bpf_perf_event_data",
        List.of(
            new Field("sample-period", end, ScalarType.U64, -1, false, null),
            new Field("addr", end + 8, ScalarType.U64, -1, false, null)));
  }
}
