package dev.whistler.compiler.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kernel's helper functions (appendix E). */
public final class Helpers {
  private static final List<Helper> ALL = read();
  private static final Map<Integer, Helper> BY_ID = byId();
  private static final Map<String, Helper> BY_NAME = index();

  /** Helpers that may sleep: only sleepable programs may call them. */
  private static final Set<Integer> SLEEPING = Set.of(148, 191);

  /**
   * What {@code lwt-in}, {@code lwt-out} and {@code lwt-seg6local} have of the {@code lw} rows
   * (lwt_out_func_proto and lwt_in_func_proto, net/core/filter.c).
   */
  private static final Set<String> LWT_SUBSET =
      Set.of(
          "skb-load-bytes",
          "skb-pull-data",
          "csum-diff",
          "get-route-realm",
          "get-hash-recalc",
          "perf-event-output",
          "skb-under-cgroup");

  private static final Map<String, Set<String>> CODES =
      Map.ofEntries(
          Map.entry("kprobe", Set.of("trace", "kp")),
          Map.entry("tracepoint", Set.of("trace", "tp")),
          Map.entry("perf-event", Set.of("trace", "pe")),
          Map.entry("raw-tracepoint", Set.of("trace", "rt")),
          Map.entry("fentry", Set.of("trace", "tracing", "fentry/fexit")),
          Map.entry("fexit", Set.of("trace", "tracing", "fentry/fexit", "fexit")),
          Map.entry("fmod-ret", Set.of("trace", "tracing", "fentry/fexit", "fexit")),
          Map.entry("tp-btf", Set.of("trace", "tracing")),
          Map.entry("iter", Set.of("trace", "tracing", "iter")),
          Map.entry("lsm", Set.of("trace", "lsm")),
          Map.entry("socket-filter", Set.of("sf")),
          Map.entry("tc", Set.of("tc")),
          Map.entry("action", Set.of("tc")),
          Map.entry("xdp", Set.of("xdp")),
          Map.entry("cgroup-skb", Set.of("cs")),
          Map.entry("cgroup-sock", Set.of("ck")),
          Map.entry("cgroup-sock-addr", Set.of("ca")),
          Map.entry("cgroup-device", Set.of("cd")),
          Map.entry("cgroup-sysctl", Set.of("cy")),
          Map.entry("cgroup-sockopt", Set.of("co")),
          Map.entry("sockops", Set.of("so")),
          Map.entry("sk-skb", Set.of("ss")),
          Map.entry("sk-msg", Set.of("sm")),
          Map.entry("sk-reuseport", Set.of("sr")),
          Map.entry("sk-lookup", Set.of("sl")),
          Map.entry("flow-dissector", Set.of("fd")),
          Map.entry("lwt-in", Set.of("lw")),
          Map.entry("lwt-out", Set.of("lw")),
          Map.entry("lwt-xmit", Set.of("lw")),
          Map.entry("lwt-seg6local", Set.of("lw", "lwt-seg6local")),
          Map.entry("lirc", Set.of("lirc")),
          Map.entry("syscall", Set.of("sy")),
          Map.entry("struct-ops", Set.of("struct-ops")));

  /**
   * Map operations that the JIT calls directly and that returned {@code int} until Linux 6.4
   * (commit d7ba4cc900bf, "bpf: return long from bpf_map_ops funcs"; do_misc_fixups in
   * kernel/bpf/verifier.c lists the direct calls): update, delete, push, pop, peek, for-each. And
   * loop, which is compiled in place since Linux 5.19: its -E2BIG is a 32-bit move to this day
   * (inline_bpf_loop).
   */
  private static final Set<Integer> INT_RESULTS = Set.of(2, 3, 87, 88, 89, 164, 181);

  private Helpers() {}

  private static List<Helper> read() {
    List<Helper> helpers = new ArrayList<>();
    for (String line : TableText.lines("helpers.txt")) {
      List<String> cells = TableText.cells(line);
      helpers.add(
          new Helper(
              Integer.parseInt(cells.get(0)),
              cells.get(1),
              cells.get(2).isEmpty() ? List.of() : List.of(cells.get(2).split(" ")),
              cells.get(3),
              cells.get(4).equals("G"),
              cells.get(5)));
    }
    return List.copyOf(helpers);
  }

  private static Map<Integer, Helper> byId() {
    Map<Integer, Helper> ids = new HashMap<>();
    for (Helper helper : ALL) {
      if (ids.put(helper.id(), helper) != null) {
        throw new IllegalStateException("two helpers have id " + helper.id());
      }
    }
    return Map.copyOf(ids);
  }

  private static Map<String, Helper> index() {
    Map<String, Helper> names = new HashMap<>();
    for (Helper helper : ALL) {
      names.put(helper.name(), helper);
    }
    return Map.copyOf(names);
  }

  /** All helpers by ascending id, 1 to 211. */
  public static List<Helper> all() {
    return ALL;
  }

  /** The helper of that hyphenated name; the prefix {@code bpf-} is accepted. */
  public static Optional<Helper> named(String name) {
    String plain = name.startsWith("bpf-") ? name.substring(4) : name;
    return Optional.ofNullable(BY_NAME.get(plain));
  }

  /**
   * The helper with an id.
   *
   * @param id 1 to 211
   */
  public static Helper withId(int id) {
    Helper helper = BY_ID.get(id);
    if (helper == null) {
      throw new IllegalArgumentException("no helper has id " + id);
    }
    return helper;
  }

  /**
   * Whether a helper's result is an {@code int} that some kernel hands out zero-extended, so that
   * only its low 32 bits can be relied on.
   */
  public static boolean returnsInt(Helper helper) {
    return INT_RESULTS.contains(helper.id());
  }

  /** The codes of the last column that some program type has, beside {@code all}. */
  static Set<String> typeCodes() {
    Set<String> codes = new HashSet<>();
    CODES.values().forEach(codes::addAll);
    return codes;
  }

  /** All names, for near matches. */
  public static List<String> names() {
    return ALL.stream().map(Helper::name).toList();
  }

  /**
   * Whether programs of a type may call a helper.
   *
   * @param type keyword text, for instance {@code cgroup-skb}
   * @param sleepable whether the program is loaded sleepable
   */
  public static boolean available(Helper helper, String type, boolean sleepable) {
    if (SLEEPING.contains(helper.id()) && !sleepable) {
      return false;
    }
    Set<String> own = CODES.getOrDefault(type, Set.of());
    boolean sleepableLsm = helper.programTypes().equals("lsm (sleepable)");
    if (sleepableLsm) {
      return type.equals("lsm") && sleepable;
    }
    for (String code : helper.programTypes().split(" ")) {
      if (code.equals("all")) {
        return true;
      }
      if (own.contains(code)) {
        boolean subset = code.equals("lw") && !type.equals("lwt-xmit");
        if (!subset || inLwtSubset(helper, type)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean inLwtSubset(Helper helper, String type) {
    return LWT_SUBSET.contains(helper.name())
        || (type.equals("lwt-in") && helper.name().equals("lwt-push-encap"));
  }
}
