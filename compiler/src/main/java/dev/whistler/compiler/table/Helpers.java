package dev.whistler.compiler.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The kernel's helper functions (appendix E). */
public final class Helpers {
  private static final List<Helper> ALL = read();
  private static final Map<Integer, Helper> BY_ID = byId();
  private static final Map<String, Helper> BY_NAME = index();

  // Those that forms and lowering call by themselves.
  public static final Helper MAP_LOOKUP = required("map-lookup-elem");
  public static final Helper MAP_UPDATE = required("map-update-elem");
  public static final Helper MAP_DELETE = required("map-delete-elem");
  public static final Helper TAIL_CALL = required("tail-call");
  public static final Helper RINGBUF_OUTPUT = required("ringbuf-output");
  public static final Helper RINGBUF_RESERVE = required("ringbuf-reserve");
  public static final Helper RINGBUF_SUBMIT = required("ringbuf-submit");
  public static final Helper RINGBUF_DISCARD = required("ringbuf-discard");
  public static final Helper RINGBUF_QUERY = required("ringbuf-query");
  public static final Helper PROBE_READ_USER = required("probe-read-user");
  public static final Helper PROBE_READ_KERNEL = required("probe-read-kernel");
  public static final Helper LOOP = required("loop");

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
          Map.entry("lwt-in", Set.of("li", "lwt-in")),
          Map.entry("lwt-out", Set.of("li")),
          Map.entry("lwt-xmit", Set.of("lw")),
          Map.entry("lwt-seg6local", Set.of("li", "lwt-seg6local")),
          Map.entry("lirc", Set.of("lirc")),
          Map.entry("syscall", Set.of("sy")),
          Map.entry("struct-ops", Set.of("struct-ops")));

  private Helpers() {}

  private static List<Helper> read() {
    List<Helper> helpers = new ArrayList<>();
    for (String line : TableText.lines("helpers.txt")) {
      List<String> cells = TableText.cells(line);
      List<String> codes = words(cells.get(2));
      boolean variadic = !codes.isEmpty() && codes.getLast().equals("x…");
      helpers.add(
          new Helper(
              Integer.parseInt(cells.get(0)),
              cells.get(1),
              codes.stream().filter(code -> !code.equals("x…")).map(Parameter::parse).toList(),
              variadic,
              Helper.Result.parse(cells.get(3)),
              cells.get(4).equals("G"),
              Set.copyOf(words(cells.get(5))),
              words(cells.get(6)).stream().map(Helpers::trait).collect(Collectors.toSet()),
              Helper.Kinds.parse(cells.get(7))));
    }
    return List.copyOf(helpers);
  }

  private static List<String> words(String cell) {
    return cell.isEmpty() ? List.of() : List.of(cell.split(" "));
  }

  private static Helper.Trait trait(String word) {
    return Helper.Trait.valueOf(word.replace('-', '_').toUpperCase(Locale.ROOT));
  }

  private static Helper required(String name) {
    return named(name).orElseThrow();
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
    if (helper.has(Helper.Trait.SLEEPS) && !sleepable) {
      return false;
    }
    Set<String> own = CODES.getOrDefault(type, Set.of());
    return helper.programTypes().contains("all")
        || helper.programTypes().stream().anyMatch(own::contains)
        || sleepable && type.equals("lsm") && helper.programTypes().contains("lsm-sleepable");
  }
}
