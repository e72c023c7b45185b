package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.SourceRange;
import org.jspecify.annotations.Nullable;

/**
 * A macro of the source.
 *
 * @param name as written
 * @param definition where it was defined
 * @param expander applied to the whole call
 */
record MacroFunction(String name, @Nullable SourceRange definition, Expansion expander) {
  /** What turns a call into its replacement. */
  @FunctionalInterface
  interface Expansion {
    Datum expand(Cons call);
  }
}
