package dev.whistler.compiler.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Facts about program types, by the text of their keyword ({@code xdp}, {@code kprobe}, …). */
public final class ProgramTypes {
  /** Whose context is {@code struct __sk_buff}. */
  private static final Set<String> SKB =
      Set.of(
          "tc",
          "action",
          "cgroup-skb",
          "socket-filter",
          "sk-skb",
          "lwt-in",
          "lwt-out",
          "lwt-xmit",
          "lwt-seg6local");

  private static final Set<String> TRACING =
      Set.of(
          "tracepoint",
          "raw-tracepoint",
          "tp-btf",
          "fentry",
          "fexit",
          "fmod-ret",
          "iter",
          "kprobe",
          "perf-event");

  /** Arguments are words of the context (section 12.7). */
  private static final Set<String> ARGUMENT_WORDS =
      Set.of("raw-tracepoint", "tp-btf", "fentry", "fexit", "fmod-ret", "lsm");

  /** Run in the context of the task whose cgroup matters, besides the tracing types. */
  private static final Set<String> CURRENT_CGROUP =
      Set.of(
          "lsm",
          "cgroup-sock",
          "cgroup-sock-addr",
          "cgroup-sysctl",
          "cgroup-sockopt",
          "cgroup-device",
          "syscall");

  /** The constant that lets the operation pass (section 19.8). */
  private static final Map<String, Long> PASS =
      Map.ofEntries(
          Map.entry("xdp", 2L), // XDP_PASS
          Map.entry("tc", 0L), // TC_ACT_OK
          Map.entry("action", 0L),
          Map.entry("lwt-in", 0L), // BPF_OK
          Map.entry("lwt-out", 0L),
          Map.entry("lwt-xmit", 0L),
          Map.entry("lwt-seg6local", 0L),
          Map.entry("cgroup-skb", 1L),
          Map.entry("cgroup-sock", 1L),
          Map.entry("cgroup-sock-addr", 1L),
          Map.entry("cgroup-sysctl", 1L),
          Map.entry("cgroup-sockopt", 1L),
          Map.entry("cgroup-device", 1L),
          Map.entry("sockops", 1L),
          Map.entry("sk-skb", 1L), // SK_PASS
          Map.entry("sk-msg", 1L),
          Map.entry("sk-lookup", 1L),
          Map.entry("sk-reuseport", 1L),
          Map.entry("flow-dissector", 0L), // BPF_OK
          Map.entry("netfilter", 1L), // NF_ACCEPT
          Map.entry("lsm", 0L));

  private static final List<String> NAMES = names(Sections.rows());

  private ProgramTypes() {}

  private static List<String> names(List<Sections.Row> rows) {
    Map<String, Boolean> seen = new LinkedHashMap<>();
    rows.forEach(row -> seen.put(row.type(), true));
    return List.copyOf(seen.keySet());
  }

  /** All types in the order of appendix D. */
  public static List<String> all() {
    return NAMES;
  }

  /** Whether there is a program type of that keyword text. */
  public static boolean exists(String type) {
    return NAMES.contains(type);
  }

  /** Whether the context is a socket buffer: {@code tc-data} and {@code with-tc-…} work. */
  public static boolean isSocketBuffer(String type) {
    return SKB.contains(type);
  }

  /** Whether the type only observes: its return value means nothing to the kernel's work. */
  public static boolean isTracing(String type) {
    return TRACING.contains(type);
  }

  /** Whether {@code (arg …)} reads words of the context. */
  public static boolean hasArgumentWords(String type) {
    return ARGUMENT_WORDS.contains(type);
  }

  /** Whether {@code get-current-cgroup-id} speaks of the task concerned (section 19.9). */
  public static boolean hasCurrentCgroup(String type) {
    return isTracing(type) || CURRENT_CGROUP.contains(type);
  }

  /**
   * The return value that lets the operation pass, for types whose return value matters; empty for
   * tracing types and the rest.
   */
  public static OptionalLong passValue(String type) {
    Long value = PASS.get(type);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /**
   * The value of an early exit of {@code with-packet} and its relatives (section 17.3); empty where
   * those forms are not allowed.
   */
  public static OptionalLong earlyExit(String type) {
    return switch (type) {
      case "xdp", "tc", "action" -> passValue(type);
      default -> OptionalLong.empty();
    };
  }
}
