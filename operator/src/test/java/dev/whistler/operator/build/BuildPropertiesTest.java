package dev.whistler.operator.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions.Tier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

final class BuildPropertiesTest {
  /** Parts are short, of few letters and look like lengths, so that they run into each other. */
  @Property
  void unitsThatDifferHaveDifferentDigests(
      @ForAll @Size(min = 2, max = 6) List<@StringLength(max = 3) String> a,
      @ForAll @Size(min = 2, max = 6) List<@StringLength(max = 3) String> b) {
    SourceUnit first = unit(a);
    SourceUnit second = unit(b);

    assertThat(first.digest().equals(second.digest())).isEqualTo(first.equals(second));
  }

  @Property
  void waitsGrowUpToAnHour(
      @ForAll @IntRange(min = 1, max = 1_000_000) int attempts,
      @ForAll @DoubleRange(min = 0, max = 1) double chance) {
    assertThat(Setback.delay(attempts, chance))
        .isBetween(
            Setback.FIRST.multipliedBy(8).dividedBy(10),
            Setback.LONGEST.multipliedBy(12).dividedBy(10))
        .isLessThanOrEqualTo(Setback.delay(attempts + 1, chance));
  }

  private static SourceUnit unit(List<String> parts) {
    Map<String, String> knobs = new HashMap<>();
    for (int i = 2; i + 1 < parts.size(); i += 2) {
      knobs.put(parts.get(i), parts.get(i + 1));
    }
    return new SourceUnit(parts.get(0), parts.get(1), Tier.OBSERVE, knobs);
  }
}
