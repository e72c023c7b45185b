package dev.whistler.compiler.define;

import dev.whistler.compiler.table.ProgramType;
import dev.whistler.compiler.table.ResolvedSection;

/**
 * The program whose body is analyzed; a kernel-side function is analyzed for the program that calls
 * it.
 *
 * @param name source name
 * @param section what its section says
 * @param license licence string
 * @param sleepable whether it may sleep
 */
public record ProgramContext(
    String name, ResolvedSection section, String license, boolean sleepable) {
  public ProgramType type() {
    return section.type();
  }
}
