package dev.whistler.compiler.unit;

import dev.whistler.compiler.Budget;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceText;
import java.util.List;

/**
 * Processes the top-level forms of a unit in order (section 3.2): reads all texts, expands heads,
 * evaluates macro-time definitions and hands the others to {@link Definitions}.
 */
public final class UnitProcessor {
  /**
   * What remains when all top-level forms are processed.
   *
   * @param expander expands bodies
   * @param notes what the program printed at macro time, line by line
   */
  public record Processed(Expander expander, List<String> notes) {}

  private UnitProcessor() {}

  /**
   * Processes a unit. Errors go to the diagnostics; after an error of the reader nothing is
   * processed.
   *
   * @param symbols fresh, or with what the definitions interned before
   */
  public static Processed process(
      List<SourceText> sources,
      SymbolTable symbols,
      Definitions definitions,
      Diagnostics diagnostics,
      Budget budget) {
    throw new UnsupportedOperationException("not yet");
  }
}
