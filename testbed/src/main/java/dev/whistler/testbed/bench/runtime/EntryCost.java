package dev.whistler.testbed.bench.runtime;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.runtime.load.EntryProgram;
import dev.whistler.testbed.bench.BenchmarkException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Nanoseconds of a run of a program that does nothing, called directly and behind the entry program
 * that makes updates without a gap possible: the difference is what each event pays for that.
 *
 * @param direct one value a round, of the kernel's clock
 * @param behindEntry of the same round
 */
public record EntryCost(List<Double> direct, List<Double> behindEntry) {
  /** {@code r0 = 2 (XDP_PASS); exit}. */
  private static final byte[] PASS = HexFormat.of().parseHex("b7000000020000009500000000000000");

  public EntryCost {
    direct = List.copyOf(direct);
    behindEntry = List.copyOf(behindEntry);
  }

  /**
   * Measures both in turn.
   *
   * @param rounds pairs
   * @param repeat runs for each value
   */
  public static EntryCost measure(int rounds, int repeat) {
    List<Double> direct = new ArrayList<>();
    List<Double> behind = new ArrayList<>();
    try (BpfProgram program =
            BpfProgram.load(ProgramSpec.of("bench_pass", ProgramType.XDP, PASS, "GPL"));
        EntryProgram entry =
            EntryProgram.before(program, null)
                .orElseThrow(
                    () -> new BenchmarkException("The kernel refuses the entry program."))) {
      TestRun run = Samples.runs(repeat);
      for (int round = 0; round < rounds; round++) {
        direct.add((double) program.testRun(run).duration().toNanos());
        behind.add((double) entry.program().testRun(run).duration().toNanos());
      }
    }
    return new EntryCost(direct, behind);
  }
}
