package dev.whistler.testbed.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.compiler.Comparison;
import dev.whistler.testbed.bench.compiler.Compilers;
import dev.whistler.testbed.bench.compiler.Corpus;
import dev.whistler.testbed.bench.compiler.Packets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The corpus of the compiler benchmark without its clocks: sizes are the same on every machine. */
@Timeout(240)
class CompilerSizeTest {
  private static final double LARGEST_MEAN = 1.25;
  private static final int LEAST_PROGRAMS = 24;
  @TempDir Path scratch;

  @Test
  void everyPairLoadsAnswersAlikeAndOursIsNotLargerOnTheWhole() {
    assumeTrue("root".equals(System.getProperty("user.name")), "loading needs root");
    List<Corpus.Pair> pairs = Corpus.of(Repository.find());
    Compilers compilers = new Compilers(scratch);

    List<byte[]> packets = new ArrayList<>(Packets.all().values());
    packets.addAll(Packets.odd().values());

    List<Comparison> programs = new ArrayList<>();
    for (Corpus.Pair pair : pairs) {
      programs.add(Comparison.measure(compilers, pair, packets, 0, 0));
    }

    double size =
        Statistics.geometricMean(programs.stream().map(p -> p.slotsV3().ratio()).toList());
    double verifier =
        Statistics.geometricMean(programs.stream().map(p -> p.verified().ratio()).toList());
    System.out.printf(
        "%d programs by clang's: size %.3f, verifier effort %.3f%n",
        programs.size(), size, verifier);
    assertThat(programs).hasSizeGreaterThanOrEqualTo(LEAST_PROGRAMS);
    assertThat(programs).allSatisfy(p -> assertThat(p.disagreements()).as(p.name()).isEmpty());
    assertThat(size).isLessThanOrEqualTo(LARGEST_MEAN);
  }
}
