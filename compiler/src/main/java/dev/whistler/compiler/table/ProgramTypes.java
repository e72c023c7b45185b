package dev.whistler.compiler.table;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The program types (section 15, appendices B and D). */
public final class ProgramTypes {
  private static final List<ProgramType> ALL =
      TableText.rows("program-types.txt", 8).stream().map(ProgramTypes::parse).toList();

  private static final Map<String, ProgramType> BY_NAME =
      ALL.stream().collect(Collectors.toMap(ProgramType::name, Function.identity()));

  /** That of a program without {@code :type} (section 15.1). */
  public static final ProgramType DEFAULT = required("xdp");

  private ProgramTypes() {}

  private static ProgramType parse(List<String> cells) {
    return new ProgramType(
        cells.get(0),
        KernelNames.number(cells.get(1)),
        cells.get(2),
        Set.copyOf(TableText.words(cells.get(3))),
        cells.get(4).isEmpty()
            ? AttachPoint.NONE
            : TableText.constant(AttachPoint.class, cells.get(4)),
        earlyExit(cells.get(5)),
        Set.copyOf(TableText.words(cells.get(6))),
        TableText.constants(ProgramType.Trait.class, cells.get(7)));
  }

  private static OptionalLong earlyExit(String constant) {
    return constant.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Constants.value(constant).orElseThrow());
  }

  /** All types in the order of appendix D. */
  public static List<ProgramType> all() {
    return ALL;
  }

  /** All keywords without colon, for near matches. */
  public static List<String> names() {
    return ALL.stream().map(ProgramType::name).toList();
  }

  /** The type of a keyword without colon. */
  public static Optional<ProgramType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The type that a row of another table names. */
  static ProgramType required(String name) {
    return named(name)
        .orElseThrow(() -> new IllegalStateException("program-types.txt lacks " + name));
  }
}
