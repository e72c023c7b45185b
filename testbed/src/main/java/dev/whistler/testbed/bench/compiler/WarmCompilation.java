package dev.whistler.testbed.bench.compiler;

import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.BenchmarkException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What JMH measures: from source text to object. The process has compiled the whole corpus before,
 * as an operator has, so that the virtual machine does not adapt itself to one program alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class WarmCompilation {
  /** The program that is measured. */
  @Param("")
  public String program = "";

  /** How often the whole corpus is compiled before. */
  @Param("1")
  public int rounds = 1;

  private @Nullable CompilationRequest request;

  /** Compiles the corpus. */
  @Setup
  public void prepare() {
    // Only requests are made: nothing is written.
    Compilers compilers = new Compilers(Path.of(""));
    List<Corpus.Pair> pairs = Corpus.of(Repository.find());
    List<CompilationRequest> requests =
        pairs.stream().map(pair -> compilers.request(pair, 3)).toList();
    for (int round = 0; round < rounds; round++) {
      for (CompilationRequest each : requests) {
        if (Compiler.compile(each).object().isEmpty()) {
          throw new BenchmarkException("A program of the corpus does not compile.");
        }
      }
    }
    for (int i = 0; i < requests.size(); i++) {
      request = pairs.get(i).name().equals(program) ? requests.get(i) : request;
    }
  }

  /** One compilation. */
  @Benchmark
  public CompilationResult compile() {
    return Compiler.compile(Objects.requireNonNull(request));
  }
}
