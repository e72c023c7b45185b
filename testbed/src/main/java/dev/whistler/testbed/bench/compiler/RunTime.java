package dev.whistler.testbed.bench.compiler;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.testbed.bench.Statistics.Spread;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Run time of a program of both sides by BPF_PROG_TEST_RUN, in pairs that alternate who is first.
 *
 * @param program symbol
 * @param oursNanos mean of a run over all packets, one value a round
 * @param clangNanos the same of clang's, of the same round
 */
public record RunTime(String program, List<Double> oursNanos, List<Double> clangNanos) {

  /**
   * Measures.
   *
   * @param rounds pairs for each packet
   * @param repeat runs for each value
   */
  static RunTime measure(
      LoadedPair.Runnable program, Collection<byte[]> packets, int rounds, int repeat) {
    List<Double> ours = new ArrayList<>();
    List<Double> clang = new ArrayList<>();
    for (int round = -1; round < rounds; round++) {
      double sumOurs = 0;
      double sumClang = 0;
      for (byte[] packet : packets) {
        TestRun run = TestRun.packet(packet).repeated(repeat);
        if (round % 2 == 0) {
          sumOurs += nanos(program.ours(), run);
          sumClang += nanos(program.clang(), run);
        } else {
          sumClang += nanos(program.clang(), run);
          sumOurs += nanos(program.ours(), run);
        }
      }
      // The first round warms caches and fills rings.
      if (round >= 0) {
        ours.add(sumOurs / packets.size());
        clang.add(sumClang / packets.size());
      }
    }
    return new RunTime(program.name(), ours, clang);
  }

  /** The kernel's own clock, which stands still while another process has the CPU. */
  private static double nanos(BpfProgram program, TestRun run) {
    return program.testRun(run).duration().toNanos();
  }

  /** Median and quartiles of ours. */
  public Spread ours() {
    return spread(oursNanos);
  }

  /** Median and quartiles of clang's. */
  public Spread clang() {
    return spread(clangNanos);
  }

  /** Ours by clang's, pair by pair. */
  public Spread ratio() {
    double[] ratios = new double[oursNanos.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = oursNanos.get(i) / clangNanos.get(i);
    }
    return Spread.of(ratios);
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
