package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.reference.Comparison.Loading;
import dev.whistler.compiler.reference.Comparison.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random programs behave in the kernel as in the interpreter. {@code -Dwhistler.random.programs=N}
 * runs more of them, {@code -Dwhistler.random.seed=S} others, {@code -Dwhistler.random.minutes=M}
 * at most for so long.
 */
class RandomProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.random.programs", 2_000);
  private static final long SEED = Long.getLong("whistler.random.seed", 1);

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  static byte[] packet(Random random) {
    byte[] packet = new byte[64];
    random.nextBytes(packet);
    return packet;
  }

  /**
   * With all passes and with none; every twentieth program also with each single pass switched off
   * and for the other instruction sets.
   */
  static List<CompilationOptions> variants(int index) {
    List<CompilationOptions> variants = new ArrayList<>();
    variants.add(Compilation.options(3));
    variants.add(Compilation.options(3, Pipeline.names()));
    if (index % 20 == 0) {
      List.of(1, 2, 4).forEach(set -> variants.add(Compilation.options(set)));
      Pipeline.names().stream()
          .sorted()
          .forEach(pass -> variants.add(Compilation.options(3, Set.of(pass))));
    }
    return variants;
  }

  /** Every twentieth program is loaded as an object, with types and lines. */
  private static Loading loading(int index) {
    return index % 20 == 10 ? Loading.OBJECT : Loading.CODE;
  }

  @Test
  void kernelAndInterpreterAgree() throws InterruptedException, ExecutionException {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger tooComplex = new AtomicInteger();
    AtomicInteger asShipped = new AtomicInteger();
    Campaign.Summary summary =
        Campaign.run(
            PROGRAMS,
            80,
            (comparison, index) -> {
              long seed = SEED * 1_000_003 + index;
              Form program = new ProgramGenerator(seed).program();
              byte[] packet = Inputs.packet(program, new Random(seed));
              String source = ProgramGenerator.unit(program);
              Loading loading = loading(index);
              return switch (comparison.compare(source, variants(index), packet, loading)) {
                case Verdict.Agreed agreed -> Optional.empty();
                case Verdict.Open unspecified -> {
                  open.incrementAndGet();
                  yield Optional.empty();
                }
                case Verdict.TooComplex many -> {
                  tooComplex.incrementAndGet();
                  // The first of the variants: version 3 and all passes, what users get.
                  if (many.options().equals(variants(index).getFirst())) {
                    asShipped.incrementAndGet();
                  }
                  yield Optional.empty();
                }
                case Verdict.Disagreed first ->
                    Optional.of(
                        "seed "
                            + seed
                            + "\n"
                            + explain(comparison, program, first, packet, loading));
              };
            });
    System.out.println(
        "random programs: %d of %d, open: %s, too complex for the verifier: %s, under some options: %s"
            .formatted(summary.done(), PROGRAMS, open, asShipped, tooComplex));
    assertThat(summary.failures()).isEmpty();
    assertThat(open.get()).isLessThan(summary.done() / 20 + 1);
    assertThat(tooComplex.get()).isLessThanOrEqualTo(summary.done() / 500 + 1);
    assertThat(asShipped.get()).isLessThanOrEqualTo(summary.done() / 10_000 + 1);
  }

  /** The verifier's limit of branches is no refusal either, though it has no errno of its own. */
  @Test
  void tooManyBranchesOnAPathAreTooComplex() {
    Form body =
        new Form.Atom(
            "(let ((n 0)) (dotimes (i 9000)"
                + " (when (> (load u8 (+ d (logand i 31))) 7) (incf n))) n)");
    try (Comparison comparison = new Comparison()) {
      assertThat(
              comparison.compare(
                  ProgramGenerator.unit(body),
                  List.of(Compilation.options(3)),
                  Comparison.countingPacket()))
          .isEqualTo(new Verdict.TooComplex(Compilation.options(3)));
    }
  }

  /** What is known of a word and what is known of its low half are two things. */
  @Test
  void wordsAreToldFromTheirLowHalves() throws InterruptedException, ExecutionException {
    Campaign.Summary summary =
        Campaign.run(
            PROGRAMS / 4,
            5,
            (comparison, index) -> {
              long seed = SEED * 3_000_017 + index;
              Form body = new ProgramGenerator(seed).testsAtWidths();
              byte[] packet = Inputs.packet(body, new Random(seed));
              return comparison.compare(
                          ProgramGenerator.unit(body), variants(index), packet, loading(index))
                      instanceof Verdict.Disagreed first
                  ? Optional.of("seed %d%n%s%n%s".formatted(seed, body, first.message()))
                  : Optional.empty();
            });
    System.out.println("programs about widths: " + summary.done() + " of " + PROGRAMS / 4);
    assertThat(summary.failures()).isEmpty();
  }

  /** The same kind of failure, shrunk: a refusal stays a refusal, a difference a difference. */
  private static String explain(
      Comparison comparison,
      Form program,
      Verdict.Disagreed first,
      byte[] packet,
      Loading loading) {
    List<CompilationOptions> options = List.of(first.options());
    List<Verdict.Disagreed> last = new ArrayList<>(List.of(first));
    Form small =
        Shrinker.shrink(
            program,
            candidate -> {
              String source = ProgramGenerator.unit(candidate);
              if (comparison.compare(source, options, packet, loading)
                      instanceof Verdict.Disagreed d
                  && d.kind().equals(first.kind())) {
                last.set(0, d);
                return true;
              }
              return false;
            });
    return small
        + "\nv"
        + first.options().instructionSet()
        + " without passes "
        + first.options().disabledPasses()
        + "\n"
        + last.getFirst().message()
        + "\nat first: "
        + first.message()
        + "\n";
  }

  /**
   * An expression over constants is folded to what the kernel computes from the same words in a
   * packet (section 5.1).
   */
  @Test
  void foldingAndExecutionAgree() throws InterruptedException, ExecutionException {
    Campaign.Summary summary =
        Campaign.run(
            PROGRAMS / 4,
            15,
            (comparison, index) -> {
              FoldingTrial trial = new FoldingTrial(SEED * 7_000_003 + index);
              String source = trial.source();
              try {
                var unit = Compilation.analyze(source);
                Outcome expected =
                    new Interpreter(unit, trial.packet()).run(unit.programs().getFirst());
                if (expected.result() != 1) {
                  return Optional.of(trial + "\nthe interpreter sees a difference " + expected);
                }
              } catch (Compilation.Refused e) {
                return Optional.of(trial + "\n" + e.getMessage());
              }
              return comparison.compare(
                          source, variants(2 * index + 1), trial.packet(), loading(index))
                      instanceof Verdict.Disagreed d
                  ? Optional.of(trial + "\n" + d.message())
                  : Optional.empty();
            });
    System.out.println("folded expressions: " + summary.done() + " of " + PROGRAMS / 4);
    assertThat(summary.failures()).isEmpty();
  }
}
