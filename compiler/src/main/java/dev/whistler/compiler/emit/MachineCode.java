package dev.whistler.compiler.emit;

import java.util.List;

/**
 * Everything that the back end produced for a unit.
 *
 * @param functions programs in order of definition, then subprograms
 * @param strings the contents of {@code .rodata.str} constants used as helper arguments, laid out
 *     after the constant globals in {@code .rodata}: bytes appended there
 */
public record MachineCode(List<CompiledFunction> functions, byte[] strings) {
  public MachineCode {
    functions = List.copyOf(functions);
  }
}
