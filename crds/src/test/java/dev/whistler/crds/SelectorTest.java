package dev.whistler.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.crds.Selector.Operator;
import dev.whistler.crds.Selector.Requirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The meaning that Kubernetes gives to label selectors. */
final class SelectorTest {
  private static final Map<String, String> LABELS = Map.of("zone", "a", "gpu", "");

  @Test
  void theEmptySelectorSelectsEverything() {
    assertThat(Selector.ALL.matches(Map.of())).isTrue();
  }

  @Test
  void everyLabelMustHaveItsValue() {
    assertThat(Selector.label("zone", "a").matches(LABELS)).isTrue();
    assertThat(Selector.label("zone", "b").matches(LABELS)).isFalse();
    assertThat(new Selector(Map.of("zone", "a", "x", "y"), List.of()).matches(LABELS)).isFalse();
  }

  @Test
  void requirementsCompareAsTheirOperatorsSay() {
    assertThat(matches("zone", Operator.IN, "a", "b")).isTrue();
    assertThat(matches("zone", Operator.IN, "b")).isFalse();
    assertThat(matches("none", Operator.IN, "a")).isFalse();
    assertThat(matches("zone", Operator.NOT_IN, "a")).isFalse();
    assertThat(matches("none", Operator.NOT_IN, "a")).as("absent is not in").isTrue();
    assertThat(matches("gpu", Operator.EXISTS)).as("an empty value exists").isTrue();
    assertThat(matches("none", Operator.EXISTS)).isFalse();
    assertThat(matches("gpu", Operator.DOES_NOT_EXIST)).isFalse();
    assertThat(matches("none", Operator.DOES_NOT_EXIST)).isTrue();
  }

  private static boolean matches(String key, Operator operator, String... values) {
    return new Selector(Map.of(), List.of(new Requirement(key, operator, List.of(values))))
        .matches(LABELS);
  }
}
