package dev.whistler.compiler.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What section names mean (section 15, appendix D). */
public final class Sections {
  private static final List<Row> ROWS =
      TableText.lines("sections.txt").stream().map(Row::parse).toList();

  private Sections() {}

  /**
   * A line of the table.
   *
   * @param name section, or the part before the first slash of one with a label or target
   * @param form what may follow: {@code only}, {@code label} or the form of a target
   * @param kind attach kind
   * @param fixed attach parameters that the section itself decides
   * @param returns allowed return values
   */
  record Row(
      String name,
      String form,
      String type,
      int kernelType,
      int attachType,
      String kind,
      Map<String, Object> fixed,
      String returns,
      boolean typeDefault,
      boolean sleepable) {

    static Row parse(String line) {
      List<String> cells = TableText.cells(line);
      String[] attach = cells.get(5).split(" ");
      Map<String, Object> fixed = new LinkedHashMap<>();
      for (int i = 1; i < attach.length; i++) {
        int equals = attach[i].indexOf('=');
        fixed.put(attach[i].substring(0, equals), value(attach[i].substring(equals + 1)));
      }
      String mark = cells.size() > 7 ? cells.get(7) : "";
      return new Row(
          cells.get(0),
          cells.get(1),
          cells.get(2),
          Integer.parseInt(cells.get(3)),
          Integer.parseInt(cells.get(4)),
          attach[0],
          fixed,
          cells.get(6),
          mark.equals("default"),
          mark.equals("sleepable"));
    }

    private static Object value(String text) {
      return switch (text) {
        case "true" -> Boolean.TRUE;
        case "false" -> Boolean.FALSE;
        default -> Character.isDigit(text.charAt(0)) ? (Object) Long.valueOf(text) : text;
      };
    }

    boolean hasTarget() {
      return !form.equals("only") && !form.equals("label");
    }

    ResolvedSection resolve(String written, String canonical, Map<String, Object> target) {
      long min = Long.MIN_VALUE;
      long max = Long.MAX_VALUE;
      if (!returns.equals("any")) {
        String[] bounds = returns.split("\\.\\.|,");
        min = Long.parseLong(bounds[0]);
        max = Long.parseLong(bounds[bounds.length - 1]);
      }
      return new ResolvedSection(
          written,
          canonical,
          type,
          kernelType,
          attachType,
          kind,
          ordered(target),
          sleepable,
          min,
          max);
    }

    /**
     * Parameters in the order of section 21.6: what the target says, then what the section says.
     */
    private Map<String, Object> ordered(Map<String, Object> target) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      if (kind.equals("tracing") || kind.equals("cgroup")) {
        parameters.putAll(fixed);
        parameters.putAll(target);
      } else {
        parameters.putAll(target);
        parameters.putAll(fixed);
      }
      return Collections.unmodifiableMap(parameters);
    }
  }

  static List<Row> rows() {
    return ROWS;
  }

  /**
   * Resolves a section as written.
   *
   * @return empty for a section that is not in the table or has a target of another form ({@code
   *     E-SECTION})
   */
  public static Optional<ResolvedSection> resolve(String section) {
    for (Row row : ROWS) {
      if (row.name().equals(section)) {
        return Optional.of(row.resolve(section, section, Map.of()));
      }
    }
    int slash = section.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String head = section.substring(0, slash);
    String rest = section.substring(slash + 1);
    for (Row row : ROWS) {
      if (row.name().equals(head) && row.form().equals("label") && !rest.isEmpty()) {
        return Optional.of(row.resolve(section, head, Map.of()));
      }
      if (row.name().equals(head) && row.hasTarget()) {
        // The place of an incomplete one is given when the program is attached.
        return AttachTarget.isIncomplete(row.form(), rest)
            ? Optional.of(row.resolve(section, head, Map.of()))
            : AttachTarget.parse(row.form(), rest)
                .map(target -> row.resolve(section, section, target));
      }
    }
    return Optional.empty();
  }

  /**
   * What must follow the first slash of a section, for instance {@code CATEGORY/EVENT}; empty for a
   * section that takes no target or is not in the table.
   */
  public static Optional<String> targetShape(String section) {
    int slash = section.indexOf('/');
    String head = slash < 0 ? section : section.substring(0, slash);
    return ROWS.stream()
        .filter(row -> row.name().equals(head) && row.hasTarget())
        .findFirst()
        .map(row -> AttachTarget.shape(row.form()));
  }

  /**
   * The section of a program without {@code :section}; empty for a type without a default ({@code
   * E-SECTION}).
   *
   * @param type keyword text, for instance {@code xdp}
   */
  public static Optional<ResolvedSection> defaultOf(String type) {
    return ROWS.stream()
        .filter(row -> row.type().equals(type) && row.typeDefault())
        .findFirst()
        .map(row -> row.resolve(row.name(), row.name(), Map.of()));
  }

  /**
   * Whether the section could name its attach target but does not, or not all of it ({@code
   * W-SECTION}): a loader cannot attach it by itself.
   */
  public static boolean lacksTarget(ResolvedSection section) {
    return ROWS.stream().anyMatch(row -> row.name().equals(section.canonical()) && row.hasTarget());
  }

  /** Whether a constant return value is in the allowed set (section 15.5). */
  public static boolean allowsReturn(ResolvedSection section, long value) {
    Set<String> sparse = Set.of("flow-dissector", "lwt-in", "lwt-out", "lwt-xmit", "lwt-seg6local");
    if (sparse.contains(section.type())) {
      // BPF_OK, BPF_DROP and, for routes, BPF_REDIRECT.
      return value == 0 || value == 2 || (value == 7 && section.maxReturn() == 7);
    }
    return value >= section.minReturn() && value <= section.maxReturn();
  }

  /** All section names and heads of section names, for near matches. */
  public static List<String> names() {
    return new ArrayList<>(ROWS.stream().map(Row::name).toList());
  }
}
