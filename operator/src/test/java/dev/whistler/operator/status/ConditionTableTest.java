package dev.whistler.operator.status;

import static dev.whistler.operator.Examples.built;
import static dev.whistler.operator.Examples.failed;
import static dev.whistler.operator.Examples.node;
import static dev.whistler.operator.Examples.running;
import static dev.whistler.operator.status.Situations.no;
import static dev.whistler.operator.status.Situations.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.ResourceCondition;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.crds.WhistlerProgramStatus;
import dev.whistler.operator.build.BuildOutcome;
import dev.whistler.operator.build.CompilerReasons;
import dev.whistler.operator.model.ClusterNode;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.status.ConditionTable.Place;
import dev.whistler.operator.status.ConditionTable.Row;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table says all that may be said, and nothing else; each of its rows is said. */
final class ConditionTableTest {
  private static final Map<String, WhistlerProgramStatus> SITUATIONS = Situations.all();

  static Stream<Arguments> rows() {
    return ConditionTable.ROWS.stream()
        .flatMap(row -> row.places().stream().map(place -> Arguments.of(place, row.reason())));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowIsSaidWhereItStands(Place place, String reason) {
    assertThat(SITUATIONS.values())
        .flatExtracting(WhistlerProgramStatus::conditions)
        .as("no situation, or the row is never said")
        .anyMatch(
            condition ->
                condition.type().equals(place.type())
                    && condition.status() == place.status()
                    && condition.reason().equals(reason));
  }

  @Test
  void nothingElseIsSaidInAnySituationAndAllOfItInSentences() {
    SITUATIONS.forEach((name, status) -> assertWellSaid(name, status));
  }

  static void assertWellSaid(String situation, WhistlerProgramStatus status) {
    assertThat(status.conditions())
        .as(situation)
        .isNotEmpty()
        .allSatisfy(
            condition -> {
              assertThat(condition).matches(ConditionTableTest::isARow, "is in the table");
              assertThat(condition.message())
                  .matches("(?s)[A-Z0-9].*[.!?…]")
                  .doesNotContain("..")
                  .doesNotContainPattern("\\b1 (nodes|kernels)\\b");
            });
  }

  private static boolean isARow(ResourceCondition condition) {
    return ConditionTable.find(condition.type(), condition.status(), condition.reason())
        .isPresent();
  }

  @Test
  void everyWordOfOursIsExplained() {
    assertThat(ConditionTable.ROWS)
        .extracting(Row::reason)
        .doesNotHaveDuplicates()
        .containsAll(words())
        .containsAll(CompilerReasons.all());
  }

  @Test
  void everyConditionIsExplained() {
    assertThat(SITUATIONS.get("all is well").conditions())
        .extracting(ResourceCondition::type)
        .containsExactlyElementsOf(
            ConditionTable.TYPES.stream().map(ConditionTable.Type::name).toList());
  }

  @Test
  void everyRowSaysWhenAndWhatToDo() {
    assertThat(ConditionTable.ROWS)
        .allSatisfy(
            row -> {
              assertThat(row.when()).isNotBlank().doesNotEndWith(".").doesNotContain("|");
              assertThat(row.remedy()).isNotBlank().doesNotEndWith(".").doesNotContain("|");
            });
  }

  /** Each message with a number in it, of one and of two. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Compiled    | built   | It compiles for 1 kernel.            | It compiles for 2 kernels.
          Compiled    | queued  | It is being compiled for 1 kernel.   | It is being compiled for 2 kernels.
          Verified    | built   | 1 kernel has not said yet.           | 2 kernels have not said yet.
          Attached    | built   | 1 node does not run revision 1 yet.  | 2 nodes do not run revision 1 yet.
          Attached    | running | 1 node runs revision 1.              | 2 nodes run revision 1.
          Progressing | built   | 1 node has not reported the target revision yet. | 2 nodes have not reported the target revision yet.
          """)
  void oneAndTwoAreSaidInGoodEnglish(String type, String what, String one, String two) {
    assertThat(message(type, counted(what, 1))).isEqualTo(one);
    assertThat(message(type, counted(what, 2))).isEqualTo(two);
  }

  private static WhistlerProgramStatus counted(String what, int count) {
    List<String> names = List.of("1", "2").subList(0, count);
    List<ClusterNode> nodes =
        names.stream()
            .map(
                name ->
                    what.equals("running")
                        ? running("n" + name, "k" + name, 1, null)
                        : node("n" + name, "k" + name))
            .toList();
    BuildOutcome outcome = what.equals("queued") ? new BuildOutcome.Queued() : built(20);
    return status(
        nodes,
        names.stream().collect(Collectors.toMap(name -> "k" + name, name -> outcome)),
        List.of());
  }

  @Test
  void aMistakeIsSaidWithItsPlaceAndWhereItIsOne() {
    WhistlerProgramStatus status =
        status(
            List.of(running("a", "k1", 1, null), node("b", "k2")),
            Map.of("k1", built(20), "k2", no(Reason.MISSING_TRACEPOINT_FIELD)),
            List.of());

    assertThat(message("Compiled", status))
        .isEqualTo(
            "Line 3, column 20, E-TPFIELD: there is no field \"x\". It is so on release-of-k2.");
    assertThat(message("Attached", status))
        .isEqualTo("Node b: The program does not compile for this node's kernel.");
  }

  @Test
  void whatAnAgentMayNotSayIsNotRepeated() {
    assertThat(conditions(running("a", "k1", 1, "Ready")))
        .contains("Attached FALSE AttachFailed")
        .doesNotContain("Attached FALSE Ready");
    assertThat(conditions(failed("a", "k1", 1, "RecordsLost")))
        .contains("Attached FALSE AttachFailed");
    assertThat(conditions(failed("a", "k1", 1, "OfANewerAgent")))
        .contains("Attached FALSE OfANewerAgent");
  }

  private static List<String> conditions(ClusterNode node) {
    return status(List.of(node), Map.of("k1", built(20)), List.of()).conditions().stream()
        .map(it -> it.type() + " " + it.status() + " " + it.reason())
        .toList();
  }

  private static String message(String type, WhistlerProgramStatus status) {
    return status.conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .map(ResourceCondition::message)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> words() {
    return Stream.of(Reason.class.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .map(ConditionTableTest::value)
        .toList();
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theTableHoldsOnlyWhatItSays() {
    assertThat(ConditionTable.find("Ready", Status.TRUE, "Pending")).isEmpty();
    assertThat(ConditionTable.find("Compiled", Status.TRUE, "OfANewerAgent")).isEmpty();
  }
}
