package dev.whistler.testbed.bench.compiler;

import dev.whistler.bpf.sys.BpfException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What one pair of the corpus yields, compile time apart. Counts are of all programs of an object.
 *
 * @param slotsV3 instruction slots with the instruction set v3
 * @param slotsV4 the same with v4
 * @param verified instructions that the verifier went through, v3
 * @param runTimes of the programs that run without an event, v3
 * @param disagreements programs that answered a packet otherwise than clang's
 */
public record Comparison(
    String name,
    Count slotsV3,
    Count slotsV4,
    Count verified,
    List<RunTime> runTimes,
    List<String> disagreements) {

  /** A number of both sides. */
  public record Count(int ours, int clang) {
    /** Ours by clang's. */
    public double ratio() {
      return (double) ours / clang;
    }
  }

  /**
   * Compiles, loads and measures a pair.
   *
   * @param rounds pairs of runs; 0 measures no run time
   * @param repeat runs for each value
   * @throws dev.whistler.testbed.bench.BenchmarkException if one side does not compile
   * @throws BpfException if the kernel refuses one
   */
  public static Comparison measure(
      Compilers compilers, Corpus.Pair pair, Collection<byte[]> packets, int rounds, int repeat) {
    byte[] ours = compilers.ours(pair, 3);
    byte[] clang = compilers.clang(pair, 3);
    Count slotsV4 =
        new Count(
            CodeSize.slots(compilers.ours(pair, 4)), CodeSize.slots(compilers.clang(pair, 4)));
    try (LoadedPair loaded = LoadedPair.load(ours, clang)) {
      int[] verified = loaded.verifiedInstructions();
      List<RunTime> runTimes = new ArrayList<>();
      List<String> disagreements = new ArrayList<>();
      for (LoadedPair.Runnable program : loaded.runnable()) {
        if (!packets.stream().allMatch(program::agreesOn)) {
          disagreements.add(program.name());
        }
        if (rounds > 0) {
          runTimes.add(RunTime.measure(program, packets, rounds, repeat));
        }
      }
      return new Comparison(
          pair.name(),
          new Count(CodeSize.slots(ours), CodeSize.slots(clang)),
          slotsV4,
          new Count(verified[0], verified[1]),
          runTimes,
          disagreements);
    }
  }
}
