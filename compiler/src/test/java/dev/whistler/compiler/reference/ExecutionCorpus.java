package dev.whistler.compiler.reference;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.form.SampleKernel;
import dev.whistler.compiler.form.SpecificationPrograms;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Objects for kernels on which no compiler runs: the specification's programs and the examples, to
 * be loaded; the run-time vectors, random programs and those about indices, to be run as well, with
 * their results.
 */
public final class ExecutionCorpus {
  private static final int RANDOM_PROGRAMS = Integer.getInteger("whistler.corpus.random", 150);

  private static final int INDEX_PROGRAMS = Integer.getInteger("whistler.corpus.index", 150);

  /** Instruction sets that all kernels in question know. */
  private static final List<Integer> INSTRUCTION_SETS = List.of(1, 3);

  private final Path directory;
  private final List<String> cases = new ArrayList<>();

  private ExecutionCorpus(Path directory) {
    this.directory = directory;
  }

  /** Writes the objects to a directory, and a file {@code cases} that names them. */
  public static void main(String[] arguments) throws IOException {
    ExecutionCorpus corpus = new ExecutionCorpus(Files.createDirectories(Path.of(arguments[0])));
    for (String name : SpecificationPrograms.NAMES) {
      corpus.loaded("spec-" + name, SpecificationPrograms.source(name));
    }
    try (var files = Files.list(Path.of("../examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".lisp")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".lisp", "");
        corpus.loaded("example-" + name, Files.readString(file));
      }
    }
    corpus.vectors();
    corpus.randomPrograms();
    corpus.proofs();
    corpus.indexPrograms();
    Files.write(corpus.directory.resolve("cases"), corpus.cases);
  }

  private void vectors() throws IOException {
    List<VectorsTest.Vector> vectors = VectorsTest.vectors().toList();
    for (int i = 0; i < vectors.size(); i++) {
      for (int set : INSTRUCTION_SETS) {
        run(
            "vector-%03d-v%d".formatted(i + 1, set),
            vectors.get(i).source(),
            Compilation.options(set));
      }
    }
  }

  private void randomPrograms() throws IOException {
    for (int seed = 1; seed <= RANDOM_PROGRAMS; seed++) {
      String source = ProgramGenerator.unit(new ProgramGenerator(seed).body());
      Set<String> disabled = seed % 2 == 0 ? Set.of() : Pipeline.names();
      try {
        run("random-%05d".formatted(seed), source, Compilation.options(3, disabled));
      } catch (Undefined e) {
        System.err.println("seed " + seed + " is left out: " + e.getMessage());
      }
    }
  }

  /** Programs whose indices are known at run time only, with all passes and with none. */
  private void indexPrograms() throws IOException {
    for (int seed = 1; seed <= INDEX_PROGRAMS; seed++) {
      String source = IndexPrograms.unit(new IndexPrograms(seed).body());
      Set<String> disabled = seed % 4 != 0 ? Set.of() : Pipeline.names();
      run(
          "index-%05d".formatted(seed),
          source,
          Compilation.options(seed % 10 == 9 ? 1 : 3, disabled));
    }
  }

  private void proofs() throws IOException {
    for (int set : INSTRUCTION_SETS) {
      for (ProvenIndex program : ProvenIndex.values()) {
        String name = program.name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (int i = 0; i < program.reads().length; i++) {
          run(
              "proof-%s-%d-v%d".formatted(name, i, set),
              ProvenIndex.unit(program.reads()[i]),
              Compilation.options(set));
        }
      }
      keep(
          "proof-sizes-v" + set,
          Compilation.object(ProvenIndex.SIZES, Compilation.options(set)),
          "-",
          "-");
    }
  }

  private void loaded(String name, String source) throws IOException {
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText(name + ".w", source))
                .withKernel(new SampleKernel()));
    byte[] elf =
        result
            .object()
            .orElseThrow(() -> new IllegalStateException(name + ": " + result.diagnostics()))
            .elf();
    keep(name, elf, "-", "-");
  }

  /** An object whose first program yields what the interpreter says. */
  private void run(String name, String source, CompilationOptions options) throws IOException {
    TypedUnit unit = Compilation.analyze(source);
    Outcome outcome =
        new Interpreter(unit, Comparison.countingPacket()).run(unit.programs().getFirst());
    keep(
        name,
        Compilation.object(source, options),
        unit.programs().getFirst().symbol(),
        Integer.toString(outcome.result()));
  }

  private void keep(String name, byte[] object, String program, String result) throws IOException {
    Files.write(directory.resolve(name + ".o"), object);
    cases.add(name + "\t" + program + "\t" + result);
  }
}
