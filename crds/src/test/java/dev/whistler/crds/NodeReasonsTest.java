package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each word that agents use is explained, once. */
final class NodeReasonsTest {
  @Test
  void everyReasonIsARowAndEveryRowAReason() {
    List<String> constants =
        Stream.of(NodeReason.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .map(NodeReasonsTest::value)
            .toList();
    assertThat(constants).hasSizeGreaterThan(20);
    assertThat(NodeReasons.ALL)
        .extracting(NodeReasons.Row::reason)
        .containsExactlyInAnyOrderElementsOf(constants);
  }

  @Test
  void everyRowSaysWhenAndWhatToDo() {
    assertThat(NodeReasons.ALL)
        .allSatisfy(
            row -> {
              assertThat(row.reason()).matches(ResourceCondition.REASON);
              assertThat(row.of()).isNotEmpty();
              assertThat(row.when()).isNotBlank().doesNotEndWith(".").doesNotContain("|");
              assertThat(row.remedy()).isNotBlank().doesNotEndWith(".").doesNotContain("|");
            });
  }

  private static String value(java.lang.reflect.Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
