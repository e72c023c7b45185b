package dev.whistler.operator.status;

import dev.whistler.crds.NodeReason;
import dev.whistler.crds.NodeReasons;
import dev.whistler.crds.NodeReasons.Subject;
import dev.whistler.crds.ResourceCondition.Status;
import dev.whistler.operator.status.ConditionTable.Row;
import dev.whistler.operator.status.ConditionTable.Type;
import dev.whistler.operator.status.ConditionTable.Weight;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders what docs/api.md says of conditions, reasons and events from the table. */
final class ConditionsDocument {
  private ConditionsDocument() {}

  static String text() {
    StringBuilder text = new StringBuilder();
    text.append("\n## Conditions of a WhistlerProgram\n\n");
    text.append("| condition | True when | speaks of |\n|---|---|---|\n");
    for (Type type : ConditionTable.TYPES) {
      row(text, code(type.name()), type.holds(), type.subject());
    }
    text.append("\n## Reasons of a WhistlerProgram\n\n");
    text.append("They are those of its conditions, of `status.failures` and of its Events: ");
    text.append("each change of a condition is told as one, in the namespace `default`, ");
    text.append("at most once a minute for each reason and with its count.\n\n");
    text.append("| reason | stands in | Event | when | what to do |\n|---|---|---|---|---|\n");
    ConditionTable.ROWS.forEach(row -> row(text, code(row.reason()), row));
    row(text, "any other", ConditionTable.OTHER);
    text.append("\n## Conditions of a WhistlerNode\n\n");
    text.append("| reason | stands in | when | what to do |\n|---|---|---|---|\n");
    NodeReasons.ALL.stream()
        .filter(row -> row.of().contains(Subject.NODE))
        .forEach(
            row -> row(text, code(row.reason()), ofNode(row.reason()), row.when(), row.remedy()));
    return text.toString().stripTrailing();
  }

  private static void row(StringBuilder text, String reason, Row row) {
    String places =
        row.places().isEmpty()
            ? "an Event only"
            : row.places().stream()
                .map(place -> code(place.type()) + " " + word(place.status()))
                .collect(Collectors.joining(", "));
    String event = row.weight() == Weight.BAD ? "Warning" : "Normal";
    row(text, reason, places, event, row.when(), row.remedy());
  }

  private static void row(StringBuilder text, String... cells) {
    text.append(Stream.of(cells).collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  private static String ofNode(String reason) {
    return switch (reason) {
      case NodeReason.AGENT_READY -> "`Ready` True";
      case NodeReason.PROFILE_DENIED -> "`ProfileAccepted` False";
      default -> "`Ready` False";
    };
  }

  private static String word(Status status) {
    return switch (status) {
      case TRUE -> "True";
      case FALSE -> "False";
      case UNKNOWN -> "Unknown";
    };
  }

  private static String code(String word) {
    return "`" + word + "`";
  }
}
