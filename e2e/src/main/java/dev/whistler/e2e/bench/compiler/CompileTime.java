package dev.whistler.e2e.bench.compiler;

import dev.whistler.compiler.CompilationRequest;
import dev.whistler.compiler.Compiler;
import dev.whistler.e2e.bench.BenchmarkException;
import dev.whistler.e2e.bench.Statistics.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Time that compilations take, in a warm process and with new processes. */
public final class CompileTime {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int PROCESS_SECONDS = 60;

  private CompileTime() {}

  /**
   * Compilations in this process, one program after the other so that none profits from being
   * repeated.
   *
   * @param warmUp rounds over all programs that do not count
   * @param rounds rounds that count
   * @return milliseconds by program
   */
  public static Map<String, Spread> warm(
      Compilers compilers, List<Corpus.Pair> pairs, int warmUp, int rounds) {
    Map<String, CompilationRequest> requests = new LinkedHashMap<>();
    pairs.forEach(pair -> requests.put(pair.name(), compilers.request(pair, 3)));
    Map<String, double[]> millis = new LinkedHashMap<>();
    requests.keySet().forEach(name -> millis.put(name, new double[rounds]));
    int objects = 0;
    for (int round = -warmUp; round < rounds; round++) {
      for (Map.Entry<String, CompilationRequest> entry : requests.entrySet()) {
        long start = System.nanoTime();
        objects += Compiler.compile(entry.getValue()).object().isPresent() ? 1 : 0;
        long end = System.nanoTime();
        if (round >= 0) {
          Objects.requireNonNull(millis.get(entry.getKey()))[round] =
              (end - start) / NANOS_PER_MILLI;
        }
      }
    }
    if (objects != (warmUp + rounds) * requests.size()) {
      throw new BenchmarkException("A program of the corpus does not compile.");
    }
    Map<String, Spread> spreads = new LinkedHashMap<>();
    millis.forEach((name, values) -> spreads.put(name, Spread.of(values)));
    return spreads;
  }

  /**
   * Processes by the wall clock, alternating.
   *
   * @param oursMillis one value a pair
   * @param clangMillis of the same pair
   */
  public record Cold(List<Double> oursMillis, List<Double> clangMillis) {
    /** Median and quartiles of ours. */
    public Spread ours() {
      return Spread.of(oursMillis.stream().mapToDouble(d -> d).toArray());
    }

    /** Median and quartiles of clang's. */
    public Spread clang() {
      return Spread.of(clangMillis.stream().mapToDouble(d -> d).toArray());
    }
  }

  /** Runs both commands in turn; the first pair, which fills caches, does not count. */
  public static Cold cold(List<String> ours, List<String> clang, Path log, int pairs) {
    List<Double> oursMillis = new ArrayList<>();
    List<Double> clangMillis = new ArrayList<>();
    for (int i = -1; i < pairs; i++) {
      double first = run(ours, log);
      double second = run(clang, log);
      if (i >= 0) {
        oursMillis.add(first);
        clangMillis.add(second);
      }
    }
    return new Cold(oursMillis, clangMillis);
  }

  private static double run(List<String> command, Path log) {
    try {
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new BenchmarkException(command.getFirst() + " did not end within a minute.");
      }
      long end = System.nanoTime();
      if (process.exitValue() != 0) {
        throw new BenchmarkException(
            String.join(" ", command) + " failed with exit code " + process.exitValue() + ".");
      }
      return (end - start) / NANOS_PER_MILLI;
    } catch (IOException e) {
      throw new BenchmarkException("Cannot run " + command.getFirst() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("Interrupted while " + command.getFirst() + " ran.");
    }
  }
}
