package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.tier.Tier;
import dev.whistler.tier.TierCheck;
import dev.whistler.tier.Violation;
import dev.whistler.tier.Violation.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the other tests run is no more than it looks: the tier check refuses nothing else of it. */
class TierCorpusTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.tier.programs", 300);

  @Test
  void vectorsPass() throws IOException {
    VectorsTest.vectors()
        .filter(vector -> !vector.source().contains("tail-call"))
        .forEach(
            vector -> {
              byte[] object = Compilation.object(vector.source(), Compilation.options(3));
              assertThat(TierCheck.check(object, Tier.ACT)).as(vector.source()).isEmpty();
              assertThat(observed(object)).as(vector.source()).isEmpty();
            });
  }

  @Test
  void randomProgramsPass() {
    for (int seed = 1; seed <= PROGRAMS; seed++) {
      String source = ProgramGenerator.unit(new ProgramGenerator(seed).body());
      Set<String> disabled = seed % 2 == 0 ? Set.of() : Pipeline.names();
      byte[] object = Compilation.object(source, Compilation.options(3, disabled));
      assertThat(TierCheck.check(object, Tier.ACT)).as(source).isEmpty();
      // Some of them store to their packet.
      assertThat(observed(object))
          .as(source)
          .allMatch(violation -> violation.what().equals("a store to a packet"));
    }
  }

  /** Violations but for return values, which here are results. */
  private static List<Violation> observed(byte[] object) {
    return TierCheck.check(object, Tier.OBSERVE).stream()
        .filter(violation -> violation.kind() != Kind.RETURN)
        .toList();
  }
}
