package dev.whistler.compiler.define;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.check.TierPolicy;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What the analysis of one unit shares: the request, the definitions so far, the macro stage.
 *
 * @param request the compilation
 * @param diagnostics of the whole compilation; bodies are analyzed with scratch ones
 * @param tables the definitions
 * @param expander the macro stage
 * @param symbols for forms that the analyzers build themselves
 * @param folding of constant expressions
 */
public record UnitContext(
    CompilationRequest request,
    Diagnostics diagnostics,
    UnitTables tables,
    Expander expander,
    SymbolTable symbols,
    ConstantExpressions.Folding folding) {

  /** The kernel description; without one, {@code E-KDESC} for what needs it. */
  public KernelDescription kernel(Origin at, String what, Diagnostics to) {
    @Nullable KernelDescription kernel = request.kernel();
    if (kernel == null) {
      throw to.fail(Message.KERNEL_DESCRIPTION_MISSING, at, what);
    }
    return kernel;
  }

  /** What the tier that the caller states forbids. */
  public TierPolicy tier() {
    return new TierPolicy(request.options().tier());
  }

  public AnalysisException fail(Message message, Origin at, @Nullable Object... arguments) {
    return diagnostics.fail(message, at, arguments);
  }
}
