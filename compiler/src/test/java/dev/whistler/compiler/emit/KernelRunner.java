package dev.whistler.compiler.emit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.object.ObjectWriter;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.Set;
import java.util.TreeMap;

/** Loads a unit of XDP programs into the kernel and runs its first one by hand. */
public final class KernelRunner implements AutoCloseable {
  private final LoadedObject object;
  private final MachineCode code;

  public KernelRunner(TypedUnit unit, CompilationOptions options) {
    code = Backend.generate(unit, options);
    CompilationRequest request =
        CompilationRequest.of(Architecture.X86_64, new SourceText("test.w", "(test)"))
            .withOptions(options)
            .withBudget(() -> true);
    byte[] elf = ObjectWriter.write(unit, code, request, new Trace(new TreeMap<>())).elf();
    object = BpfObject.open(elf).load();
  }

  /** Skips the test, or all of a class before which it is called, where nothing can be loaded. */
  public static void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root to load programs");
  }

  /** The default options with another instruction set and some passes off. */
  public static CompilationOptions options(int instructionSet, Set<String> disabled) {
    return CompilationOptions.defaults()
        .withInstructionSet(instructionSet)
        .withDisabledPasses(disabled);
  }

  /** Runs on a packet of 64 bytes, byte i = i. */
  public int run() {
    byte[] packet = new byte[64];
    for (int i = 0; i < packet.length; i++) {
      packet[i] = (byte) i;
    }
    return run(packet);
  }

  public int run(byte[] packet) {
    return object.program("p0").testRun(TestRun.packet(packet)).returnValue();
  }

  public BpfMap map(String symbol) {
    return object.map(symbol);
  }

  public MachineCode code() {
    return code;
  }

  @Override
  public void close() {
    object.close();
  }
}
