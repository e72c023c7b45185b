package dev.whistler.testbed.bench.compiler;

import dev.whistler.testbed.bench.BenchmarkException;
import dev.whistler.testbed.bench.Statistics.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Time that compilations take, in a warm process and with new processes. */
public final class CompileTime {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int PROCESS_SECONDS = 60;

  private CompileTime() {}

  /**
   * How warm compilations are measured.
   *
   * @param processes virtual machines for each program; 0 measures in this one
   * @param rounds compilations of the whole corpus in each of them first
   * @param iterations of {@code iterationMillis} each; half as many before them do not count
   */
  public record Plan(int processes, int rounds, int iterations, int iterationMillis) {}

  /**
   * Compilations of one program in a warm process.
   *
   * @param millis of all compilations that JMH timed
   * @param samples how many these are
   * @param meanMillis one mean for each iteration
   */
  public record Warm(Spread millis, long samples, List<Double> meanMillis) {
    public Warm {
      meanMillis = List.copyOf(meanMillis);
    }
  }

  /**
   * Compilations by JMH, one program after the other.
   *
   * @return by program
   */
  public static Map<String, Warm> warm(List<Corpus.Pair> pairs, Plan plan) {
    TimeValue iteration = TimeValue.milliseconds(plan.iterationMillis);
    Options options =
        new OptionsBuilder()
            .include(WarmCompilation.class.getName())
            .param("program", pairs.stream().map(Corpus.Pair::name).toArray(String[]::new))
            .param("rounds", Integer.toString(plan.rounds))
            .forks(plan.processes)
            .warmupIterations(Math.max(1, plan.iterations / 2))
            .warmupTime(iteration)
            .measurementIterations(plan.iterations)
            .measurementTime(iteration)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgsAppend("-Djmh.ignoreLock=true")
            .build();
    Map<String, Warm> times = new LinkedHashMap<>();
    try {
      for (RunResult result : new Runner(options).run()) {
        times.put(result.getParams().getParam("program"), warm(result));
      }
    } catch (RunnerException e) {
      throw new BenchmarkException("JMH could not measure compilations: " + e.getMessage());
    }
    return times;
  }

  private static Warm warm(RunResult result) {
    Statistics all = result.getPrimaryResult().getStatistics();
    List<Double> means =
        result.getBenchmarkResults().stream()
            .flatMap(b -> b.getIterationResults().stream())
            .map(i -> i.getPrimaryResult().getScore())
            .toList();
    Spread millis = new Spread(all.getPercentile(50), all.getPercentile(25), all.getPercentile(75));
    return new Warm(millis, all.getN(), means);
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
