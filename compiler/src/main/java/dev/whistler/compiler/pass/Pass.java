package dev.whistler.compiler.pass;

import dev.whistler.compiler.ir.Routine;

/** One transformation of a routine that keeps its meaning. Stateless. */
public interface Pass {
  /** The name by which it can be switched off. */
  String name();

  /**
   * Transforms the routine.
   *
   * @return whether anything changed
   */
  boolean run(Routine routine);
}
