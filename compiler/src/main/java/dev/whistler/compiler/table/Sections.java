package dev.whistler.compiler.table;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What section names mean (section 15, appendix D). */
public final class Sections {
  private static final List<Row> ROWS =
      TableText.rows("sections.txt", 8).stream().map(Row::parse).toList();

  /** Rows by name, in the order of the table. */
  private static final Map<String, List<Row>> BY_NAME =
      ROWS.stream().collect(Collectors.groupingBy(Row::name));

  /** By program type; at most one row of a type is its default. */
  private static final Map<ProgramType, Row> DEFAULTS =
      ROWS.stream().filter(Row::typeDefault).collect(Collectors.toMap(Row::type, row -> row));

  private Sections() {}

  /**
   * A line of the table.
   *
   * @param name section, or the part before the first slash of one with a label or target
   * @param form what may follow a slash
   * @param attach the attach kind, then what the section itself decides
   * @param returns return values that mean something
   */
  record Row(
      String name,
      TargetForm form,
      ProgramType type,
      int kernelType,
      int attachType,
      List<String> attach,
      AllowedReturns returns,
      boolean typeDefault,
      boolean sleepable) {

    static Row parse(List<String> cells) {
      ProgramType type = ProgramTypes.required(cells.get(2));
      return new Row(
          cells.get(0),
          TableText.constant(TargetForm.class, cells.get(1)),
          type,
          cells.get(3).isEmpty() ? type.kernelType() : KernelNames.number(cells.get(3)),
          cells.get(4).isEmpty() ? 0 : KernelNames.number(cells.get(4)),
          TableText.words(cells.get(5)),
          AllowedReturns.parse(cells.get(6)),
          cells.get(7).equals("default"),
          cells.get(7).equals("sleepable"));
    }

    String kind() {
      return attach.getFirst();
    }

    private Map<String, Object> fixed() {
      Map<String, Object> parameters = new LinkedHashMap<>();
      for (String parameter : attach.subList(1, attach.size())) {
        int equals = parameter.indexOf('=');
        if (equals < 0) {
          parameters.put(parameter, (long) attachType);
        } else {
          parameters.put(parameter.substring(0, equals), value(parameter.substring(equals + 1)));
        }
      }
      return parameters;
    }

    private static Object value(String text) {
      return switch (text) {
        case "true" -> Boolean.TRUE;
        case "false" -> Boolean.FALSE;
        default -> text;
      };
    }

    ResolvedSection resolve(String written, String canonical, Map<String, Object> target) {
      return new ResolvedSection(
          written, canonical, type, kernelType, kind(), ordered(target), sleepable, returns);
    }

    /**
     * Parameters in the order of section 21.6: what the target says, then what the section says.
     */
    private Map<String, Object> ordered(Map<String, Object> target) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      if (kind().equals("tracing") || kind().equals("cgroup")) {
        parameters.putAll(fixed());
        parameters.putAll(target);
      } else {
        parameters.putAll(target);
        parameters.putAll(fixed());
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
      if (row.form() == TargetForm.LABEL && !rest.isEmpty()) {
        return Optional.of(row.resolve(section, head, Map.of()));
      }
      if (row.form().isTarget()) {
        // The place of an incomplete one is given when the program is attached.
        return row.form().isIncomplete(rest)
            ? Optional.of(row.resolve(section, head, Map.of()))
            : row.form().parse(rest).map(target -> row.resolve(section, section, target));
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
        .map(Row::form)
        .filter(TargetForm::isTarget)
        .findFirst()
        .map(TargetForm::shape);
  }

  /**
   * The section of a program without {@code :section}; empty for a type without a default ({@code
   * E-SECTION}).
   */
  public static Optional<ResolvedSection> defaultOf(ProgramType type) {
    return Optional.ofNullable(DEFAULTS.get(type))
        .map(row -> row.resolve(row.name(), row.name(), Map.of()));
  }

  /**
   * Whether the section could name its attach target but does not, or not all of it ({@code
   * W-SECTION}): a loader cannot attach it by itself.
   */
  public static boolean lacksTarget(ResolvedSection section) {
    return BY_NAME.getOrDefault(section.canonical(), List.of()).stream()
        .map(Row::form)
        .anyMatch(TargetForm::isTarget);
  }

  /** All section names and heads of section names, for near matches. */
  public static List<String> names() {
    return new ArrayList<>(ROWS.stream().map(Row::name).toList());
  }
}
