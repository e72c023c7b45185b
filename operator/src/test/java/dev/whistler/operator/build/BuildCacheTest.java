package dev.whistler.operator.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.kernel.Trace;
import dev.whistler.operator.build.BuildOutcome.Built;
import dev.whistler.operator.build.BuildOutcome.Impossible;
import dev.whistler.operator.model.Reason;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BuildCacheTest {
  private static final int MAX_BYTES = 400_000;

  private final BuildCache cache = new BuildCache(MAX_BYTES);

  @Test
  void aProgramHasAQuarterOfTheMemoryAndIsToldSo() {
    cache.put("large", "k1", build(60_000));
    cache.put("large", "k2", build(60_000));

    assertThat(cache.taken("large", "k1"))
        .hasValueSatisfying(it -> assertThat(it).isInstanceOf(Built.class));
    assertThat(cache.taken("large", "k2"))
        .hasValueSatisfying(
            outcome ->
                assertThat(outcome)
                    .isInstanceOfSatisfying(
                        Impossible.class,
                        it -> {
                          assertThat(it.reason()).isEqualTo(Reason.OBJECT_TOO_LARGE);
                          assertThat(it.message()).contains("100000 bytes");
                        }));
  }

  @Test
  void whatWasNotAskedForLongestMakesRoom() {
    for (int program = 0; program < 20; program++) {
      cache.put("program-" + program, "k", build(60_000));
      assertThat(cache.taken("program-0", "k")).isPresent();
      assertThat(cache.bytes()).isLessThanOrEqualTo(MAX_BYTES);
    }
    assertThat(cache.taken("program-1", "k")).isEmpty();
    assertThat(cache.taken("program-19", "k")).isPresent();
  }

  private static TracedBuild build(int bytes) {
    return new TracedBuild(
        new Built(
            new BuiltObject(
                "x86-64",
                "0".repeat(64),
                "1".repeat(64),
                new byte[bytes],
                List.of(),
                "2".repeat(64),
                null,
                List.of()),
            List.of()),
        Optional.of(new Trace(new TreeMap<>())));
  }
}
