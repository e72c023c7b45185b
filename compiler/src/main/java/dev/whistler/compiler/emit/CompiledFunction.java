package dev.whistler.compiler.emit;

import dev.whistler.compiler.source.SourceRange;
import java.util.List;

/**
 * The machine code of a program or subprogram.
 *
 * @param symbol its ELF symbol
 * @param global whether it is a program (a global symbol in its own section) or a static subprogram
 *     in {@code .text}
 * @param parameterCount 1 for a program; 0 to 5 for a subprogram
 * @param code instruction slots
 * @param relocations in order of slots
 * @param lines in order of slots, strictly increasing, the first at slot 0
 * @param stackBytes bytes of stack used
 */
public record CompiledFunction(
    String symbol,
    boolean global,
    int parameterCount,
    List<Instruction> code,
    List<Relocation> relocations,
    List<LineMark> lines,
    int stackBytes) {
  public CompiledFunction {
    code = List.copyOf(code);
    relocations = List.copyOf(relocations);
    lines = List.copyOf(lines);
  }

  /**
   * A reference to something outside the function.
   *
   * @param slot the instruction slot
   * @param target what is meant
   */
  public record Relocation(int slot, Target target) {}

  /** What an instruction refers to. */
  public sealed interface Target {
    /**
     * The address of a map: 64-bit immediate load with pseudo source 1.
     *
     * @param symbol the map's ELF symbol
     */
    record Map(String symbol) implements Target {}

    /**
     * An address in a data section: 64-bit immediate load with pseudo source 2 against the section
     * symbol.
     *
     * @param section {@code .bss}, {@code .data} or {@code .rodata}
     * @param offset bytes
     */
    record Data(String section, int offset) implements Target {}

    /**
     * A subprogram: a call with pseudo source 1, or a 64-bit immediate load with pseudo source 4
     * for a callback.
     *
     * @param symbol the function's ELF symbol
     */
    record Function(String symbol) implements Target {}
  }

  /**
   * The start of a source form.
   *
   * @param slot the first instruction slot of the form
   * @param range the form
   */
  public record LineMark(int slot, SourceRange range) {}
}
