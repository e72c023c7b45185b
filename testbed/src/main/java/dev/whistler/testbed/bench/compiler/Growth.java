package dev.whistler.testbed.bench.compiler;

import com.sun.management.ThreadMXBean;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.testbed.bench.BenchmarkException;
import dev.whistler.testbed.bench.Statistics.Spread;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * How time and memory of a compilation grow with the length of a program.
 *
 * @param forms in the body of the program
 * @param millis of CPU time of the compiling thread, one value a round
 * @param allocated bytes of objects that one compilation makes, the least of all rounds
 */
public record Growth(int forms, List<Double> millis, long allocated) {
  private static final double NANOS_PER_MILLI = 1e6;

  public Growth {
    millis = List.copyOf(millis);
  }

  /**
   * Compiles programs of {@code first}, twice as many, and so on forms, one size after the other in
   * each round.
   *
   * @param last number of forms, not exceeded
   * @param warmUp rounds that do not count
   * @param rounds rounds that count
   */
  public static List<Growth> measure(int first, int last, int warmUp, int rounds) {
    List<Integer> sizes = new ArrayList<>();
    for (int forms = first; forms <= last; forms *= 2) {
      sizes.add(forms);
    }
    List<CompilationRequest> requests = sizes.stream().map(Growth::request).toList();
    List<List<Double>> millis = sizes.stream().<List<Double>>map(n -> new ArrayList<>()).toList();
    long[] allocated = new long[sizes.size()];
    for (int round = -warmUp; round < rounds; round++) {
      for (int i = 0; i < allocated.length; i++) {
        Cost cost = compile(requests.get(i));
        if (round >= 0) {
          millis.get(i).add(cost.millis);
          allocated[i] = round == 0 ? cost.allocated : Math.min(allocated[i], cost.allocated);
        }
      }
    }
    List<Growth> grown = new ArrayList<>();
    for (int i = 0; i < allocated.length; i++) {
      grown.add(new Growth(sizes.get(i), millis.get(i), allocated[i]));
    }
    return grown;
  }

  /** The least time: what the machine does besides only adds to it. */
  public double least() {
    return millis.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** Median and quartiles of the times. */
  public Spread spread() {
    return Spread.of(millis.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private record Cost(double millis, long allocated) {}

  private static Cost compile(CompilationRequest request) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = threads.getCurrentThreadCpuTime();
    CompilationResult result = Compiler.compile(request);
    long end = threads.getCurrentThreadCpuTime();
    allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
    if (result.object().isEmpty()) {
      throw new BenchmarkException(
          "A program of the growth series does not compile: " + result.diagnostics().getFirst());
    }
    return new Cost((end - start) / NANOS_PER_MILLI, allocated);
  }

  private static CompilationRequest request(int forms) {
    return CompilationRequest.of(Architecture.X86_64, new SourceText("growth.lisp", source(forms)));
  }

  /** Assignments, branches, calls, map and packet reads in turn. */
  static String source(int forms) {
    StringBuilder text = new StringBuilder(forms * 64);
    text.append(
        """
        (defmap counts :type :array :key-type u32 :value-type u64 :max-entries 64)
        (defprog grown (:type :xdp)
          (with-packet (d e :min-len 128)
            (let ((a u64 1) (b u64 2))
        """);
    for (int i = 0; i < forms; i++) {
      text.append("      ")
          .append(
              switch (i % 5) {
                case 0 -> "(setf a (+ (* a 31) " + i + "))";
                case 1 -> "(when (= (logand a 7) 3) (setf b (logxor b " + i + ")))";
                case 2 -> "(setf b (+ b (load u16 d " + i % 120 + ")))";
                case 3 -> "(when (> b a) (incf (getmap counts " + i % 64 + ")))";
                default -> "(setf a (+ a (ktime-get-ns)))";
              })
          .append('\n');
    }
    return text.append("      (setf (getmap counts 0) (+ a b)))))\n").toString();
  }
}
