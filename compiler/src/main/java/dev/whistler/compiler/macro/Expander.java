package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.util.Optional;

/**
 * The macro stage as the analyzer of bodies sees it (section 18.2). Every method that evaluates
 * reports its errors and throws {@link AnalysisException}.
 *
 * <p>An expansion is a fresh, finite, acyclic copy: the analyzer may walk it without bounds other
 * than its own depth. One expansion is nested at most 400 lists deep; up to 200 may be nested in
 * each other, so the analyzer bounds the sum. Expanding the same call twice gives the same datum,
 * so a body may be analyzed more than once.
 */
public interface Expander {
  /**
   * A form and the context to analyze it in.
   *
   * @param form the expansion
   * @param context knows the macro call
   */
  record Expansion(Datum form, ExpansionContext context) {}

  /**
   * A function of the source, for compilation into the kernel (section 19.2).
   *
   * @param name its name
   * @param lambdaList the lambda list as written
   * @param body a proper list of forms, declarations and documentation included
   * @param definition the whole {@code defun} form
   * @param context of that form
   */
  record Function(
      SymbolName name, Datum lambdaList, Datum body, Cons definition, ExpansionContext context) {}

  /** Whether an operator names a user macro here, local ones included. */
  boolean isMacro(SymbolName operator, ExpansionContext context);

  /** Expands a call of a user macro once. */
  Expansion expand(Cons call, ExpansionContext context);

  /**
   * What a symbol in form position stands for, if it is a symbol macro here. The analyzer asks
   * {@link ExpansionContext#shadowing} for the variables that it binds.
   */
  Optional<Expansion> expandSymbol(Datum.Symbol symbol, ExpansionContext context);

  /**
   * The context of the body of a {@code (macrolet (DEFINITION…) FORM…)} or {@code (symbol-macrolet
   * ((NAME FORM)…) FORM…)} around body forms.
   */
  ExpansionContext enterLocalMacros(Cons form, ExpansionContext context);

  /** Evaluates a form at macro time, for {@code defconstant}. */
  Datum evaluate(Datum form, ExpansionContext context);

  /** The function that a {@code defun} processed so far gave that name. */
  Optional<Function> function(SymbolName name);

  /** Names of user macros and functions, as candidates for near matches. */
  Iterable<String> names();
}
