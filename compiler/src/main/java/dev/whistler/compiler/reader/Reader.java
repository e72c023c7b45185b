package dev.whistler.compiler.reader;

import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Set;

/**
 * Reads the source texts of one unit into data with ranges (section 2). The limits of section 22
 * hold for all texts together, so one reader serves one compilation.
 */
public final class Reader {
  /**
   * Creates a reader.
   *
   * @param symbols where symbols are interned
   * @param features what holds in {@code #+} and {@code #-}, for instance {@code whistler}, {@code
   *     x86-64}
   * @param diagnostics where errors go
   */
  public Reader(SymbolTable symbols, Set<String> features, Diagnostics diagnostics) {}

  /**
   * The top-level data of one text. Errors are reported; a top-level form with an error is left
   * out.
   */
  public List<Datum> read(SourceText source) {
    throw new UnsupportedOperationException("not yet");
  }
}
