package dev.whistler.compiler.macro;

import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the analysis of a form stands: inside which macro calls, and inside which local macros.
 * Immutable: the analyzer passes it down and continues with the context that {@link Expander}
 * returns beside an expansion.
 */
public final class ExpansionContext {
  private final SourceRange nearest;
  private final List<ExpansionFrame> frames;
  private final LexicalMacros macros;

  private ExpansionContext(SourceRange nearest, List<ExpansionFrame> frames, LexicalMacros macros) {
    this.nearest = nearest;
    this.frames = frames;
    this.macros = macros;
  }

  /** The context of a top-level form that starts at the range. */
  public static ExpansionContext topLevel(SourceRange form) {
    return new ExpansionContext(form, List.of(), LexicalMacros.NONE);
  }

  /**
   * Where a datum comes from (section 20.2): its own range, or that of the innermost macro call
   * around it if a macro made it of template text.
   */
  public Origin originOf(Datum datum) {
    SourceRange own = datum.range();
    return new Origin(own != null ? own : nearest, frames);
  }

  /** The context inside a form: what has no range there takes the range of the form. */
  public ExpansionContext within(Datum form) {
    SourceRange own = form.range();
    return own == null ? this : new ExpansionContext(own, frames, macros);
  }

  /** The context inside a binding of that variable, which hides a symbol macro of its name. */
  public ExpansionContext shadowing(SymbolName variable) {
    return macros.symbol(variable) == null
        ? this
        : new ExpansionContext(nearest, frames, macros.shadowing(variable));
  }

  /** Macro calls around, from inner to outer. */
  public List<ExpansionFrame> frames() {
    return frames;
  }

  LexicalMacros macros() {
    return macros;
  }

  ExpansionContext with(LexicalMacros inner) {
    return new ExpansionContext(nearest, frames, inner);
  }

  ExpansionContext entering(ExpansionFrame frame) {
    List<ExpansionFrame> longer = new ArrayList<>(frames.size() + 1);
    longer.add(frame);
    longer.addAll(frames);
    return new ExpansionContext(frame.call(), List.copyOf(longer), macros);
  }
}
