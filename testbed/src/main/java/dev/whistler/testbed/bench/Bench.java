package dev.whistler.testbed.bench;

import java.util.List;

/** {@code ./whistler bench}: chooses the benchmark by its first word. */
public final class Bench {
  private static final String USAGE =
      """
      Usage: ./whistler bench compiler|runtime [--short] [-o RAW.json]
             ./whistler bench operator [--nodes N] [--kernels N] [--programs N] [--repeats N]
                                       [--rest SECONDS] [--heap MIB] [--short] [-o RAW.json]

        compiler   size, verifier effort, run time and compile time against clang-19
        runtime    taking and decoding records, system calls, against C on libbpf
        operator   an operator with simulated nodes, on a real API server; raw data a line each

        --short    fewer repetitions, and docs/benchmarks.md stays as it is
        -o FILE    where the raw data go (default: target/bench-NAME.json)
      """;

  static final int WRONG_USAGE = 2;
  static final int MACHINE_CANNOT = 3;

  private Bench() {}

  /** Exit codes: 0 done, 2 wrong usage, 3 this machine cannot do it. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    String benchmark = arguments.isEmpty() ? "" : arguments.getFirst();
    try {
      return switch (benchmark) {
        case "compiler" -> CompilerBench.run(arguments.subList(1, arguments.size()));
        case "runtime" -> RuntimeBench.run(arguments.subList(1, arguments.size()));
        case "operator" -> OperatorBench.run(arguments.subList(1, arguments.size()));
        default -> throw new IllegalArgumentException("");
      };
    } catch (IllegalArgumentException wrong) {
      System.err.print(
          String.valueOf(wrong.getMessage()).isEmpty() ? "" : wrong.getMessage() + "\n");
      System.err.print(USAGE);
      return WRONG_USAGE;
    } catch (BenchmarkException e) {
      System.err.println("whistler: " + e.getMessage());
      return MACHINE_CANNOT;
    }
  }
}
