package dev.whistler.testbed.bench.compiler;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Both objects of a pair in the kernel, each with maps of its own. */
public final class LoadedPair implements AutoCloseable {
  private static final byte[] SIP_PORT = {(byte) 0xc4, 0x13};

  private final LoadedObject ours;
  private final LoadedObject clang;

  private LoadedPair(LoadedObject ours, LoadedObject clang) {
    this.ours = ours;
    this.clang = clang;
  }

  /**
   * Loads both.
   *
   * @throws dev.whistler.bpf.sys.BpfException if the kernel refuses one
   */
  public static LoadedPair load(byte[] ours, byte[] clang) {
    LoadedObject first = BpfObject.open(ours).load();
    try {
      LoadedPair pair = new LoadedPair(first, BpfObject.open(clang).load());
      pair.fill();
      return pair;
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  /** So that the list of blocked ports has a hit among the packets. */
  private void fill() {
    for (LoadedObject object : List.of(ours, clang)) {
      if (object.maps().containsKey("blocked")) {
        object.map("blocked").update(SIP_PORT, new byte[] {1});
      }
    }
  }

  /** Instructions that the verifier went through for all programs, ours first. */
  public int[] verifiedInstructions() {
    return new int[] {verified(ours), verified(clang)};
  }

  private static int verified(LoadedObject object) {
    return object.programs().values().stream()
        .mapToInt(program -> program.info().verifiedInstructions())
        .sum();
  }

  /**
   * A program of both.
   *
   * @param name symbol, the same on both sides
   */
  public record Runnable(String name, BpfProgram ours, BpfProgram clang) {

    /** Whether both answer a packet alike: the same return value and the same packet. */
    public boolean agreesOn(byte[] packet) {
      TestRun.Result a = ours.testRun(TestRun.packet(packet));
      TestRun.Result b = clang.testRun(TestRun.packet(packet));
      return a.returnValue() == b.returnValue() && Arrays.equals(a.data(), b.data());
    }
  }

  /** The programs that the kernel can run on a packet without an event. */
  public List<Runnable> runnable() {
    Set<String> names = new TreeSet<>(ours.programs().keySet());
    names.retainAll(clang.programs().keySet());
    List<Runnable> found = new ArrayList<>();
    for (String name : names) {
      BpfProgram program = ours.program(name);
      if (program.type() == ProgramType.XDP || program.type() == ProgramType.SCHED_CLS) {
        found.add(new Runnable(name, program, clang.program(name)));
      }
    }
    return found;
  }

  @Override
  public void close() {
    ours.close();
    clang.close();
  }
}
