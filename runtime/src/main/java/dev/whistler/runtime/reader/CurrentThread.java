package dev.whistler.runtime.reader;

import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.sys.BpfException;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * The current thread as programs see it: by its id in the initial name space of processes. In a
 * container no file says it, but a program that the thread itself runs does.
 */
final class CurrentThread {
  /** r0 = get_current_pid_tgid(); exit. What comes out is the lower half, the thread. */
  private static final byte[] CODE =
      HexFormat.ofDelimiter(" ").parseHex("85 00 00 00 0e 00 00 00 95 00 00 00 00 00 00 00");

  private CurrentThread() {}

  /** Its id; empty where this process may not run programs. */
  static OptionalInt id() {
    // Not kept for the next thread: few begin, and nothing of ours stays in the kernel.
    try (BpfProgram program =
        BpfProgram.load(
            ProgramSpec.of("whistler_thread", ProgramType.RAW_TRACEPOINT, CODE, "GPL"))) {
      return OptionalInt.of(program.testRun(TestRun.context(new byte[8])).returnValue());
    } catch (BpfException _) {
      return OptionalInt.empty();
    }
  }
}
