package dev.whistler.compiler.emit;

import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.ir.BackEndException;
import dev.whistler.compiler.ir.Lowering;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.pass.Pipeline;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.ArrayList;
import java.util.List;

/** The back end: lowering, passes, selection, registers, layout, encoding. */
public final class Backend {
  private Backend() {}

  /**
   * Generates machine code.
   *
   * @throws BackEndException {@code E-STACK} or {@code E-LIMIT}
   */
  public static MachineCode generate(TypedUnit unit, CompilationOptions options) {
    Lowering.Result lowered = Lowering.lower(unit);
    List<CompiledFunction> functions = new ArrayList<>();
    for (Routine routine : lowered.routines()) {
      Pipeline.run(routine, options.instructionSet(), options.disabledPasses());
      functions.add(emit(routine, options));
    }
    CallStacks.check(functions, lowered.routines());
    return new MachineCode(functions, lowered.strings());
  }

  private static CompiledFunction emit(Routine routine, CompilationOptions options) {
    MachineRoutine machine = Selector.select(routine, options.instructionSet());
    RegisterAllocator.allocate(machine);
    SpilledWords.cleanUp(machine);
    // Before ends of blocks are compared: what lies at the same place in the frame is the same.
    Frame frame = new Frame(machine);
    frame.settle(machine);
    BlockLayout.arrange(machine, options.instructionSet(), options.disabledPasses());
    Trampolines.insert(machine, options.instructionSet());
    return Encoder.encode(machine, frame, options.instructionSet(), options.instructionLimit());
  }
}
