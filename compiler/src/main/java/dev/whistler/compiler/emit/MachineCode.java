package dev.whistler.compiler.emit;

import dev.whistler.compiler.source.SourceRange;
import java.util.List;
import java.util.Optional;

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

  /**
   * The form of an instruction.
   *
   * @param symbol of the function
   * @param slot of the instruction
   * @return empty if there is no such function
   */
  public Optional<SourceRange> at(String symbol, int slot) {
    return functions.stream()
        .filter(function -> function.symbol().equals(symbol))
        .flatMap(function -> function.lines().stream())
        .filter(line -> line.slot() <= slot)
        .reduce((_, later) -> later)
        .map(CompiledFunction.LineMark::range);
  }
}
