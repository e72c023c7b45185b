package dev.whistler.compiler.source;

import java.util.List;

/**
 * Where a form comes from.
 *
 * @param range the primary range: the innermost argument text, or the macro call for template text
 * @param expansion macro calls from inner to outer; empty for a form written out
 */
public record Origin(SourceRange range, List<ExpansionFrame> expansion) {
  public Origin {
    expansion = List.copyOf(expansion);
  }

  /**
   * The range that run-time line information uses: the outermost macro call, or the form itself.
   */
  public SourceRange line() {
    return expansion.isEmpty() ? range : expansion.getLast().call();
  }
}
