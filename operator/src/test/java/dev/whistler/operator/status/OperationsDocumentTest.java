package dev.whistler.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.NodeReason;
import dev.whistler.operator.build.CompilerReasons;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.Refusal;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever meets a reason finds what to do. */
final class OperationsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");

  @Test
  void everyReasonIsInTheTable() throws IOException {
    Set<String> reasons = new TreeSet<>();
    reasons.addAll(constants(Reason.class));
    reasons.addAll(constants(NodeReason.class));
    reasons.addAll(CompilerReasons.all());
    reasons.addAll(Refusal.reasons());

    assertThat(reasons).hasSizeGreaterThan(50);
    assertThat(told()).containsAll(reasons);
  }

  @Test
  void everyConditionIsInTheTable() throws IOException {
    assertThat(told())
        .contains(
            Conditions.COMPILED,
            Conditions.VERIFIED,
            Conditions.ATTACHED,
            Conditions.DELIVERING,
            Conditions.PROGRESSING,
            Conditions.DEGRADED,
            Conditions.READY);
  }

  /** The words in back quotes in the first column of tables. */
  private static Set<String> told() throws IOException {
    try (Stream<String> lines = Files.lines(DOCUMENT)) {
      return lines
          .filter(line -> line.startsWith("| `"))
          .map(line -> line.substring(1, line.indexOf('|', 1)))
          .flatMap(cell -> Pattern.compile("`(\\w+)`").matcher(cell).results())
          .map(match -> match.group(1))
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> constants(Class<?> words) {
    return Stream.of(words.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .map(OperationsDocumentTest::value)
        .collect(Collectors.toSet());
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
