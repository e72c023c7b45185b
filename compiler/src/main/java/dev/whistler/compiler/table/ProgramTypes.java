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
   * The value of an early exit of {@code with-packet} and its relatives (section 17.3); empty where
   * those forms are not allowed.
   */
  public static OptionalLong earlyExit(String type) {
    return switch (type) {
      case "xdp" -> OptionalLong.of(2); // XDP_PASS
      case "tc", "action" -> OptionalLong.of(0); // TC_ACT_OK
      default -> OptionalLong.empty();
    };
  }
}
