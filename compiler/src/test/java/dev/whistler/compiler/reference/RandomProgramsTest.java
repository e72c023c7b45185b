package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.compiler.CompilationOptions;
import dev.whistler.compiler.pass.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random programs behave in the kernel as in the interpreter. {@code -Dwhistler.random.programs=N}
 * runs more of them, {@code -Dwhistler.random.seed=S} others.
 */
class RandomProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.random.programs", 2_000);
  private static final long SEED = Long.getLong("whistler.random.seed", 1);
  private static final int MAX_FAILURES = Integer.getInteger("whistler.random.failures", 3);

  @BeforeAll
  static void needsKernel() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to load programs");
  }

  private static byte[] packet(Random random) {
    byte[] packet = new byte[64];
    random.nextBytes(packet);
    return packet;
  }

  /**
   * Mostly v3, half of them without any optimiser pass; of every twenty, one as v1, v2 or v4 and
   * one with a single pass switched off.
   */
  private static CompilationOptions options(int index) {
    List<String> passes = Pipeline.names().stream().sorted().toList();
    int round = index / 20;
    return switch (index % 20) {
      case 0 -> Compilation.options(List.of(1, 2, 4).get(round % 3));
      case 1 -> Compilation.options(3, Set.of(passes.get(round % passes.size())));
      default -> Compilation.options(3, index % 2 == 0 ? Set.of() : Pipeline.names());
    };
  }

  @Test
  void kernelAndInterpreterAgree() {
    List<String> failures = new ArrayList<>();
    int open = 0;
    for (int i = 0; i < PROGRAMS && failures.size() < MAX_FAILURES; i++) {
      long seed = SEED * 1_000_003 + i;
      Form body = new ProgramGenerator(seed).body();
      byte[] packet = packet(new Random(seed));
      CompilationOptions options = options(i);
      Comparison.Report report = Comparison.compare(ProgramGenerator.unit(body), options, packet);
      switch (report.verdict()) {
        case AGREED -> {}
        case OPEN -> open++;
        case DISAGREED -> failures.add(explain(seed, body, options, packet, report.message()));
      }
    }
    System.out.println("random programs: " + PROGRAMS + ", open: " + open);
    assertThat(failures).isEmpty();
    assertThat(open).isLessThan(PROGRAMS / 20 + 1);
  }

  /** The same kind of failure, shrunk: a refusal stays a refusal, a difference a difference. */
  private static String explain(
      long seed, Form body, CompilationOptions options, byte[] packet, String message) {
    String kind = kind(message);
    Form small =
        Shrinker.shrink(
            body,
            candidate ->
                Comparison.disagreement(ProgramGenerator.unit(candidate), options, packet)
                    .filter(m -> kind(m).equals(kind))
                    .isPresent());
    String why =
        Comparison.disagreement(ProgramGenerator.unit(small), options, packet).orElse(message);
    return "seed "
        + seed
        + ", v"
        + options.instructionSet()
        + "\n"
        + small
        + "\n"
        + why
        + "\nat first: "
        + message
        + "\n";
  }

  private static String kind(String message) {
    if (message.startsWith("refused")) {
      int code = message.indexOf("code=");
      return "refused " + message.substring(code, Math.min(message.length(), code + 12));
    }
    return message.startsWith("interpreter") ? "differs" : message.substring(0, 30);
  }

  /**
   * An expression over constants is folded to what the kernel computes from the same words in a
   * packet (section 5.1).
   */
  @Test
  void foldingAndExecutionAgree() {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < PROGRAMS / 4 && failures.size() < MAX_FAILURES; i++) {
      long seed = SEED * 7_000_003 + i;
      Random random = new Random(seed);
      ProgramGenerator generator = new ProgramGenerator(seed);
      byte[] packet = packet(random);
      List<Form> loads = new ArrayList<>();
      List<Form> literals = new ArrayList<>();
      for (int leaf = 0; leaf < 4; leaf++) {
        long word = generator.literal();
        for (int b = 0; b < 8; b++) {
          packet[8 * leaf + b] = (byte) (word >>> 8 * b);
        }
        loads.add(Form.list("load", "u64", "d", 8 * leaf));
        literals.add(Form.list("progn", Long.toString(word)));
      }
      long treeSeed = random.nextLong();
      Form executed = new ProgramGenerator(treeSeed).wordExpression(5, loads);
      Form folded = new ProgramGenerator(treeSeed).wordExpression(5, literals);
      Form body =
          Form.list(
              "progn",
              Form.list("setf", Form.list("getmap", "out", 0), executed),
              Form.list("setf", Form.list("getmap", "out", 1), folded),
              Form.list("=", Form.list("getmap", "out", 0), Form.list("getmap", "out", 1)));
      String source = ProgramGenerator.unit(body);
      try {
        var unit = Compilation.analyze(source);
        Outcome outcome = KernelExecution.run(unit, Compilation.object(source, options(i)), packet);
        Outcome expected = new Interpreter(unit, packet).run(unit.programs().getFirst());
        if (outcome.result() != 1 || !expected.equals(outcome)) {
          failures.add("seed " + seed + "\n" + body + "\n" + expected + "\n" + outcome);
        }
      } catch (RuntimeException e) {
        failures.add("seed " + seed + "\n" + body + "\n" + e);
      }
    }
    assertThat(failures).isEmpty();
  }
}
