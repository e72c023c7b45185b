package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.reference.Comparison.Loading;
import dev.whistler.compiler.reference.Comparison.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The verifier accepts indices and sizes that are right, and elements are what the interpreter
 * says. {@code -Dwhistler.index.programs=N} tries more random programs, {@code
 * -Dwhistler.random.seed=S} others. The same programs are in the corpus for other kernels.
 */
class IndexProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.index.programs", 600);
  private static final long SEED = Long.getLong("whistler.random.seed", 1);

  /**
   * What the verifier says where a register's bounds exclude each other, on a path that nothing
   * takes: a pointer that such a number is added to is none any more (adjust_ptr_min_max_vals,
   * kernel/bpf/verifier.c).
   */
  private static final List<String> CONTRADICTIONS =
      List.of("REG INVARIANTS VIOLATION", "invalid mem access 'scalar'");

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  static Stream<String> provenIndices() {
    return Arrays.stream(ProvenIndex.values()).flatMap(p -> Arrays.stream(p.reads()));
  }

  @ParameterizedTest
  @MethodSource("provenIndices")
  void whatIsProvenIsShown(String read) {
    try (Comparison comparison = new Comparison()) {
      assertThat(
              comparison.compare(
                  ProvenIndex.unit(read),
                  RandomProgramsTest.variants(0),
                  Comparison.countingPacket()))
          .isEqualTo(new Verdict.Agreed());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void sizesThatAreNotZero(int instructionSet) {
    byte[] object = Compilation.object(ProvenIndex.SIZES, Compilation.options(instructionSet));
    BpfObject.open(object).load().close();
  }

  @Test
  void randomIndices() throws InterruptedException, ExecutionException {
    AtomicInteger tooComplex = new AtomicInteger();
    AtomicInteger contradictions = new AtomicInteger();
    Campaign.Summary summary =
        Campaign.run(
            PROGRAMS,
            85,
            (comparison, index) -> {
              long seed = SEED * 1_000_003 + index;
              Form body = new IndexPrograms(seed).body();
              byte[] packet = IndexPrograms.packet(new Random(seed));
              List<CompilationOptions> variants =
                  new ArrayList<>(RandomProgramsTest.variants(index));
              return switch (comparison.compare(
                  IndexPrograms.unit(body), variants, packet, Loading.CODE)) {
                case Verdict.Agreed _ -> Optional.empty();
                case Verdict.Open open -> Optional.of("seed " + seed + " is open: " + open.why());
                case Verdict.TooComplex _ -> {
                  tooComplex.incrementAndGet();
                  yield Optional.empty();
                }
                case Verdict.Disagreed first
                    when CONTRADICTIONS.stream().anyMatch(first.message()::contains) -> {
                  contradictions.incrementAndGet();
                  yield Optional.empty();
                }
                case Verdict.Disagreed first ->
                    Optional.of(
                        "seed %d, v%d without %s%n%s%n%s"
                            .formatted(
                                seed,
                                first.options().instructionSet(),
                                first.options().disabledPasses(),
                                body,
                                first.message()));
              };
            });
    System.out.println(
        "programs about indices: %d of %d, refused: %d, too complex: %s, contradictions: %s"
            .formatted(
                summary.done(), PROGRAMS, summary.failures().size(), tooComplex, contradictions));
    assertThat(summary.failures()).isEmpty();
    assertThat(tooComplex.get()).isLessThanOrEqualTo(summary.done() / 500 + 1);
    assertThat(contradictions.get()).isLessThanOrEqualTo(summary.done() / 500 + 1);
  }
}
