package dev.whistler.operator.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class WeighedCacheTest {
  private final WeighedCache<String, String> cache = new WeighedCache<>(10, String::length);

  @Test
  void whatWasNotUsedForLongestGoes() {
    cache.put("a", "1234");
    cache.put("b", "1234");
    assertThat(cache.get("a")).contains("1234");
    cache.put("c", "1234");

    assertThat(cache.get("b")).isEmpty();
    assertThat(cache.get("a")).contains("1234");
    assertThat(cache.get("c")).contains("1234");
  }

  @Test
  void whatIsTooLargeByItselfIsNotKeptAndThrowsOutNobodyElse() {
    cache.put("a", "1234");
    cache.put("b", "12345678901");

    assertThat(cache.get("a")).contains("1234");
    assertThat(cache.get("b")).isEmpty();
  }

  @Property
  void itNeverHoldsMoreThanItMay(
      @ForAll @Size(max = 50) List<@IntRange(max = 14) Integer> lengths) {
    WeighedCache<Integer, String> bounded = new WeighedCache<>(10, String::length);
    for (int i = 0; i < lengths.size(); i++) {
      bounded.put(i % 7, "x".repeat(lengths.get(i)));
      long held = 0;
      for (int key = 0; key < 7; key++) {
        held += bounded.get(key).map(String::length).orElse(0);
      }
      assertThat(bounded.bytes()).isEqualTo(held).isLessThanOrEqualTo(10);
    }
  }
}
