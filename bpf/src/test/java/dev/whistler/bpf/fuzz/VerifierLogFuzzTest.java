package dev.whistler.bpf.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.whistler.bpf.verifier.VerifierLog;
import java.nio.charset.StandardCharsets;

/**
 * Arbitrary text as a verifier's log. Any exception is a finding. Without {@code JAZZER_FUZZ=1}
 * only the empty input and the saved inputs run.
 */
class VerifierLogFuzzTest {
  @FuzzTest(maxDuration = "5m")
  void log(byte[] bytes) {
    VerifierLog.parse(new String(bytes, StandardCharsets.UTF_8));
  }
}
