package dev.whistler.compiler.api;

import java.util.List;

/**
 * A compiled object.
 *
 * @param elf the object file
 * @param schema the JSON text of its {@code .whistler.schema} section
 * @param programs size of each program, in order of definition
 */
public record CompiledObject(byte[] elf, String schema, List<Program> programs) {
  public CompiledObject {
    programs = List.copyOf(programs);
  }

  /**
   * The size of a program.
   *
   * @param name source name
   * @param instructions instruction slots
   * @param stackBytes bytes of stack
   */
  public record Program(String name, int instructions, int stackBytes) {}
}
