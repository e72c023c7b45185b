package dev.whistler.compiler.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What section names mean (section 15, appendix D). */
public final class Sections {
  private static final List<Row> ROWS =
      TableText.lines("sections.txt").stream().map(Row::parse).toList();

  /** Rows by name, in the order of the table. */
  private static final Map<String, List<Row>> BY_NAME =
      ROWS.stream().collect(Collectors.groupingBy(Row::name));

  /** By program type; at most one row of a type is its default. */
  private static final Map<String, Row> DEFAULTS =
      ROWS.stream().filter(Row::typeDefault).collect(Collectors.toMap(Row::type, row -> row));

  private Sections() {}

  /**
   * A line of the table.
   *
   * @param name section, or the part before the first slash of one with a label or target
   * @param form what may follow: {@code only}, {@code label} or the form of a target
   * @param kind attach kind
   * @param fixed attach parameters that the section itself decides
   * @param minReturn smallest allowed return value
   * @param maxReturn largest
   */
  record Row(
      String name,
      String form,
      String type,
      int kernelType,
      int attachType,
      String kind,
      Map<String, Object> fixed,
      long minReturn,
      long maxReturn,
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
      boolean any = cells.get(6).equals("any");
      String[] returns = cells.get(6).split("\\.\\.|,");
      return new Row(
          cells.get(0),
          cells.get(1),
          cells.get(2),
          Integer.parseInt(cells.get(3)),
          Integer.parseInt(cells.get(4)),
          attach[0],
          fixed,
          any ? Long.MIN_VALUE : Long.parseLong(returns[0]),
          any ? Long.MAX_VALUE : Long.parseLong(returns[returns.length - 1]),
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
      return new ResolvedSection(
          written,
          canonical,
          type,
          kernelType,
          attachType,
          kind,
          ordered(target),
          sleepable,
          minReturn,
          maxReturn);
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
    List<Row> whole = BY_NAME.get(section);
    if (whole != null) {
      return Optional.of(whole.getFirst().resolve(section, section, Map.of()));
    }
    int slash = section.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String head = section.substring(0, slash);
    String rest = section.substring(slash + 1);
    for (Row row : BY_NAME.getOrDefault(head, List.of())) {
      if (row.form().equals("label") && !rest.isEmpty()) {
        return Optional.of(row.resolve(section, head, Map.of()));
      }
      if (row.hasTarget()) {
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
    return BY_NAME.getOrDefault(head, List.of()).stream()
        .filter(Row::hasTarget)
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
    return Optional.ofNullable(DEFAULTS.get(type))
        .map(row -> row.resolve(row.name(), row.name(), Map.of()));
  }

  /**
   * Whether the section could name its attach target but does not, or not all of it ({@code
   * W-SECTION}): a loader cannot attach it by itself.
   */
  public static boolean lacksTarget(ResolvedSection section) {
    return BY_NAME.getOrDefault(section.canonical(), List.of()).stream().anyMatch(Row::hasTarget);
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
