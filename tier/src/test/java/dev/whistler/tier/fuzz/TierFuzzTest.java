package dev.whistler.tier.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.tier.Tier;
import dev.whistler.tier.TierCheck;

/**
 * Arbitrary bytes as an object. Any exception is a finding. Without {@code JAZZER_FUZZ=1} only the
 * empty input and the saved inputs run.
 */
class TierFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void object(byte[] bytes) {
    TierCheck.check(bytes, Tier.OBSERVE);
    TierCheck.check(bytes, Tier.ACT);
  }
}
