package dev.whistler.compiler.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kernel's helper functions (appendix E). */
public final class Helpers {
  private static final List<Helper> ALL =
      TableText.rows("helpers.txt", 7).stream().map(Helpers::parse).toList();

  private static final Map<Integer, Helper> BY_ID = byId();
  private static final Map<String, Helper> BY_NAME = index();

  /** Ends the code of a type whose programs may call a helper only if they are sleepable. */
  static final String SLEEPABLE = "-sleepable";

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
  public static final Helper GET_FUNC_RET = required("get-func-ret");
  public static final Helper LOOP = required("loop");

  private Helpers() {}

  private static Helper parse(List<String> cells) {
    List<String> codes = TableText.words(cells.get(1));
    boolean variadic = !codes.isEmpty() && codes.getLast().equals("x…");
    return new Helper(
        KernelNames.number("BPF_FUNC_" + cells.get(0).replace('-', '_')),
        cells.get(0),
        codes.stream().filter(code -> !code.equals("x…")).map(Parameter::parse).toList(),
        variadic,
        Helper.Result.parse(cells.get(2)),
        cells.get(3).equals("G"),
        Set.copyOf(TableText.words(cells.get(4))),
        TableText.constants(Helper.Trait.class, cells.get(5)),
        Helper.Kinds.parse(cells.get(6)));
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

  /** All names, for near matches. */
  public static List<String> names() {
    return ALL.stream().map(Helper::name).toList();
  }

  /**
   * Whether programs of a type may call a helper.
   *
   * @param sleepable whether the program is loaded sleepable
   */
  public static boolean available(Helper helper, ProgramType type, boolean sleepable) {
    if (helper.has(Helper.Trait.SLEEPS) && !sleepable) {
      return false;
    }
    Set<String> codes = helper.programTypes();
    return codes.contains("all")
        || type.helpers().stream()
            .anyMatch(own -> codes.contains(own) || sleepable && codes.contains(own + SLEEPABLE));
  }
}
