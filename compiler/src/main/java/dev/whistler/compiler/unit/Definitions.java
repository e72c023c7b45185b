package dev.whistler.compiler.unit;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.macro.LanguageAccess;
import dev.whistler.compiler.reader.Cons;

/**
 * Takes the definitions of a unit in order. Implemented by the analyzer; {@link UnitProcessor}
 * calls it.
 */
public interface Definitions extends LanguageAccess {
  /** Called once before the first definition. */
  void begin(Expander expander);

  /** Whether a head names a definition form of section 3.3 that {@link #define} takes. */
  boolean owns(String head);

  /**
   * Processes one definition form, whose head is {@link #owns owned}. Bodies are only kept: they
   * are analyzed when all top-level forms are done.
   *
   * @throws AnalysisException after an error was reported; the form is then skipped
   */
  void define(Cons form, ExpansionContext context);
}
