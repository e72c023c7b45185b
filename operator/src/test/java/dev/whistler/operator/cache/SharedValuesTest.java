package dev.whistler.operator.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SharedValuesTest {
  private record Value(String text) {}

  private final SharedValues<Value> values = new SharedValues<>();

  @Test
  void equalValuesBecomeOne() {
    Value first = values.shared(new Value("a"));
    assertThat(values.shared(new Value("a"))).isSameAs(first);
    assertThat(values.shared(new Value("b"))).isNotEqualTo(first);
    assertThat(values.size()).isEqualTo(2);
  }

  @Test
  void whatNobodyHoldsIsForgotten() {
    List<Value> held = new ArrayList<>();
    held.add(values.shared(new Value("held")));
    for (int i = 0; i < 1_000; i++) {
      var _ = values.shared(new Value("dropped " + i));
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              System.gc();
              return values.size() == 1;
            });
    assertThat(values.shared(new Value("held"))).isSameAs(held.getFirst());
  }
}
