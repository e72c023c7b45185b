package dev.whistler.compiler.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.tree.TypedUnit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random programs find deliberate defects of passes and code generator. The short form only asks
 * that a few programs find two thirds of them, so that a generator that lost its bite is noticed;
 * {@code -Dwhistler.mutation.programs=N} gives them more programs and asks for nearly all.
 */
class MutationTest {
  private static final int SHORT = 40;
  private static final int PROGRAMS = Integer.getInteger("whistler.mutation.programs", SHORT);

  /** Programs of shapes alone, which are small. */
  private static final int SMALL = 2 * PROGRAMS;

  /** Programs about widths, which are small. */
  private static final int AT_WIDTHS = 300;

  private static final Duration TIME = Duration.ofMinutes(25);

  @BeforeAll
  static void needsKernel() {
    KernelRunner.needsRoot();
  }

  @Test
  void randomProgramsFindDefects() throws Exception {
    assertThat(Mutants.ALL).hasSizeGreaterThanOrEqualTo(30);
    long end = System.nanoTime() + TIME.toNanos();
    int workers = Runtime.getRuntime().availableProcessors();
    int all = Mutants.ALL.size();
    // The short form seeks no further than its bar: what is found last takes most of the time.
    int bar = PROGRAMS > SHORT ? all - 1 : 2 * all / 3;
    AtomicInteger left = new AtomicInteger(PROGRAMS > SHORT ? Integer.MAX_VALUE : bar);
    List<Mutant> survivors = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
      List<Future<List<Mutant>>> hunts = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        List<Mutant> mutants = new ArrayList<>();
        for (int i = worker; i < Mutants.ALL.size(); i += workers) {
          mutants.add(Mutants.ALL.get(i));
        }
        hunts.add(threads.submit(() -> new Hunt(mutants, left).run(end)));
      }
      for (Future<List<Mutant>> hunt : hunts) {
        survivors.addAll(hunt.get());
      }
    }
    System.out.println(
        "mutants: " + (all - survivors.size()) + " of " + all + " found; the others: " + survivors);
    assertThat(all - survivors.size()).as("found").isGreaterThanOrEqualTo(bar);
  }

  /** What the front end does wrong is seen in the objects of the same programs. */
  @Test
  void randomProgramsFindDefectsOfTheFrontEnd() throws Exception {
    for (Mutant mutant : Mutants.OF_THE_FRONT_END) {
      SourceCompiler compiler = MutantLoader.loadCompiler(mutant);
      try (KernelSession kernel = new KernelSession()) {
        assertThat(IntStream.range(0, 10 * SHORT))
            .as(mutant.name())
            .anyMatch(index -> finds(index, compiler, kernel));
      }
    }
  }

  private static boolean finds(int index, SourceCompiler compiler, KernelSession kernel) {
    long seed = 47_000_007L + index;
    Form program = new ProgramGenerator(seed).program();
    String source = ProgramGenerator.unit(program);
    byte[] right = new WhistlerSourceCompiler().compile(source);
    byte[] wrong = compiler.compile(source);
    if (Arrays.equals(right, wrong)) {
      return false;
    }
    byte[] packet = Inputs.packet(program, new Random(seed));
    TypedUnit unit = Compilation.analyze(source);
    Outcome expected = new Interpreter(unit, packet).run(unit.programs().getFirst());
    return kernel.run(unit, right, packet).equals(expected)
        && !kernel.run(unit, wrong, packet).equals(expected);
  }

  /**
   * An access far outside of its object is refused, since it stays where it is; a defect that takes
   * the distance for a small one makes it an access inside.
   */
  @Test
  void distancesThatWrapRoundAreNotTakenForSmallOnes() throws Exception {
    List<String> programs = new ArrayList<>();
    for (String far : List.of("(<< 1 63)", "(- (<< 1 63) 1)", "(<< 1 32)", "(- (<< 1 32))")) {
      for (String address : List.of("(+ s FAR)", "(+ FAR s)", "(let ((k FAR)) (+ s k))")) {
        programs.add(
            ProgramGenerator.unit(
                Form.read(
                    "(let ((s (struct-alloc 8))) (setf (getmap out 0) (load u8 "
                        + address.replace("FAR", far)
                        + " 0)) 1)")));
      }
    }
    assertThat(programs).noneMatch(source -> loads(source, new WhistlerCodeGenerator()));
    for (Mutant mutant : Mutants.OF_DISTANCES) {
      CodeGenerator generator = MutantLoader.load(mutant);
      assertThat(programs).as(mutant.name()).anyMatch(source -> loads(source, generator));
    }
  }

  /** What is known of a word and what is known of its low half are two things. */
  @Test
  void programsAboutWidthsTellWordsFromTheirLowHalves() throws Exception {
    assertThat(
            new Hunt(Mutants.OF_WIDTHS, new AtomicInteger(Mutants.OF_WIDTHS.size())).runAtWidths())
        .isEmpty();
  }

  private static boolean loads(String source, CodeGenerator generator) {
    TypedUnit unit = Compilation.analyze(source);
    try (KernelSession kernel = new KernelSession()) {
      kernel.run(unit, generator.object(unit, source, Compilation.options(3)), new byte[64]);
      return true;
    } catch (VerifierException e) {
      return false;
    }
  }

  /** The search for some of the mutants. */
  private static final class Hunt {
    private final Map<Mutant, CodeGenerator> alive = new LinkedHashMap<>();
    private final CodeGenerator original = new WhistlerCodeGenerator();

    /** How many are to be found yet, by all searches together. */
    private final AtomicInteger left;

    Hunt(List<Mutant> mutants, AtomicInteger left) throws Exception {
      this.left = left;
      for (Mutant mutant : mutants) {
        alive.put(mutant, MutantLoader.load(mutant));
      }
    }

    /** The mutants that no program found, or none was asked for any more. */
    List<Mutant> run(long end) {
      // Small ones first: they take little time, and what they find need not be sought more.
      try (KernelSession kernel = new KernelSession()) {
        for (int i = 0; i < SMALL && goesOn(end); i++) {
          long seed = 59_000_003L + i;
          Form body = new ProgramGenerator(seed).shapes();
          byte[] packet = Inputs.packet(body, new Random(seed));
          List<CompilationOptions> variants = List.of(Compilation.options(3), other(i));
          compile(ProgramGenerator.unit(body), packet, i, variants, kernel);
        }
      }
      try (KernelSession kernel = new KernelSession()) {
        for (int i = 0; i < PROGRAMS && goesOn(end); i++) {
          long seed = 31_000_003L + i;
          Form program = new ProgramGenerator(seed).program();
          byte[] packet = Inputs.packet(program, new Random(seed));
          compile(ProgramGenerator.unit(program), packet, i, variants(i), kernel);
        }
      }
      // Other maps, so another session.
      try (KernelSession kernel = new KernelSession()) {
        for (int i = 0; i < PROGRAMS && goesOn(end); i++) {
          long seed = 47_000_003L + i;
          String source = IndexPrograms.unit(new IndexPrograms(seed).body());
          compile(source, IndexPrograms.packet(new Random(seed)), i, variants(i), kernel);
        }
      }
      return List.copyOf(alive.keySet());
    }

    private boolean goesOn(long end) {
      return left.get() > 0 && !alive.isEmpty() && System.nanoTime() < end;
    }

    /** The mutants that no program about widths found. */
    List<Mutant> runAtWidths() {
      try (KernelSession kernel = new KernelSession()) {
        for (int i = 0; i < AT_WIDTHS && !alive.isEmpty(); i++) {
          long seed = 53_000_003L + i;
          Form body = new ProgramGenerator(seed).testsAtWidths();
          byte[] packet = Inputs.packet(body, new Random(seed));
          compile(ProgramGenerator.unit(body), packet, i, List.of(Compilation.options(3)), kernel);
        }
      }
      return List.copyOf(alive.keySet());
    }

    /** Compiles one program by all mutants not found yet. */
    private void compile(
        String source,
        byte[] packet,
        int index,
        List<CompilationOptions> variants,
        KernelSession kernel) {
      TypedUnit unit = Compilation.analyze(source);
      Outcome expected;
      try {
        expected = new Interpreter(unit, packet).run(unit.programs().getFirst());
      } catch (Undefined e) {
        return;
      }
      if (!kernel.hasMaps()) {
        kernel.run(unit, original.object(unit, source, Compilation.options(3)), packet);
      }
      for (CompilationOptions options : variants) {
        boolean noPass = options.disabledPasses().equals(Pipeline.names());
        GeneratedCode right = original.code(unit, options);
        for (Iterator<Map.Entry<Mutant, CodeGenerator>> all = alive.entrySet().iterator();
            all.hasNext(); ) {
          Map.Entry<Mutant, CodeGenerator> mutant = all.next();
          if (noPass && mutant.getKey().file().startsWith("pass/")) {
            continue;
          }
          String symptom = null;
          try {
            GeneratedCode code = mutant.getValue().code(unit, options);
            if (!code.equals(right)) {
              symptom = kernel.run(unit, code, packet).equals(expected) ? null : "differs";
            }
          } catch (RuntimeException | AssertionError e) {
            symptom = e.getClass().getSimpleName();
          }
          if (symptom != null && runsRight(unit, right, packet, expected, kernel)) {
            report(index, options, symptom, mutant.getKey());
            all.remove();
            left.decrementAndGet();
          }
        }
      }
    }

    /** Whether the compiler as it is has nothing to show for this program under these options. */
    private static boolean runsRight(
        TypedUnit unit,
        GeneratedCode right,
        byte[] packet,
        Outcome expected,
        KernelSession kernel) {
      try {
        return kernel.run(unit, right, packet).equals(expected);
      } catch (VerifierException e) {
        return false;
      }
    }

    private static void report(
        int index, CompilationOptions options, String symptom, Mutant mutant) {
      System.out.printf(
          Locale.ROOT,
          "  program %4d, v%d: %-22s %s%n",
          index,
          options.instructionSet(),
          symptom,
          mutant);
    }

    /**
     * Options that can show a defect: all passes and none, and in turn another instruction set or
     * all passes but one.
     */
    private static List<CompilationOptions> variants(int index) {
      if (index % 2 == 0) {
        return List.of(Compilation.options(3), Compilation.options(3, Pipeline.names()));
      }
      return List.of(other(index / 2));
    }

    /** Another instruction set, or all passes but one, which may hide what another one does. */
    private static CompilationOptions other(int index) {
      List<CompilationOptions> others = new ArrayList<>();
      List.of(1, 2, 4).forEach(set -> others.add(Compilation.options(set)));
      Pipeline.names().stream()
          .sorted()
          .forEach(pass -> others.add(Compilation.options(3, Set.of(pass))));
      return others.get(index % others.size());
    }
  }
}
