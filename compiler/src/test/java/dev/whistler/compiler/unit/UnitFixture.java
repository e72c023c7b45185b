package dev.whistler.compiler.unit;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.DatumText;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceText;
import java.util.List;
import java.util.Set;

/** Runs the front end over a text and shows what came out as text. */
public final class UnitFixture {
  private final SymbolTable symbols = new SymbolTable();
  private final Diagnostics diagnostics = new Diagnostics(false, Set.of());
  private final RecordingDefinitions definitions = new RecordingDefinitions(symbols);
  private final UnitProcessor.Processed processed;

  private UnitFixture(String text, Budget budget) {
    this.processed =
        UnitProcessor.process(
            List.of(new SourceText("t.w", text)), symbols, definitions, diagnostics, budget);
  }

  public static UnitFixture of(String text) {
    return new UnitFixture(text, Budget.UNLIMITED);
  }

  public static UnitFixture of(String text, Budget budget) {
    return new UnitFixture(text, budget);
  }

  /** The value of a form at macro time, printed, or the diagnostics. */
  public static String value(String form) {
    UnitFixture unit = of("(defconstant result " + form + ")");
    return unit.diagnostics().isEmpty()
        ? DatumText.of(unit.definitions.constant(unit.symbols.symbol("result")).orElseThrow())
        : String.join("\n", unit.diagnostics());
  }

  /** The definitions with user macros in them expanded everywhere, printed. */
  public List<String> expanded() {
    return definitions.definitions().stream()
        .map(definition -> DatumText.of(walk(definition.form(), definition.context())))
        .toList();
  }

  private Datum walk(Datum form, ExpansionContext context) {
    if (form instanceof Datum.Symbol symbol) {
      try {
        return processed
            .expander()
            .expandSymbol(symbol, context)
            .map(e -> walk(e.form(), e.context()))
            .orElse(form);
      } catch (AnalysisException e) {
        return form;
      }
    }
    if (!(form instanceof Cons call)) {
      return form;
    }
    if (call.car() instanceof Datum.Symbol head) {
      if (processed.expander().isMacro(head.name(), context)) {
        try {
          Expander.Expansion expansion = processed.expander().expand(call, context);
          return walk(expansion.form(), expansion.context());
        } catch (AnalysisException e) {
          return new Datum.Str("error", null);
        }
      }
      if (head.name().text().equals("macrolet") || head.name().text().equals("symbol-macrolet")) {
        ExpansionContext inside = processed.expander().enterLocalMacros(call, context);
        return new Cons(head, each(((Cons) call.cdr()).cdr(), inside), null);
      }
    }
    return each(call, context);
  }

  private Datum each(Datum list, ExpansionContext context) {
    return list instanceof Cons pair
        ? new Cons(walk(pair.car(), context), each(pair.cdr(), context), null)
        : list;
  }

  public Expander expander() {
    return processed.expander();
  }

  public SymbolTable symbols() {
    return symbols;
  }

  public List<RecordingDefinitions.Definition> definitions() {
    return definitions.definitions();
  }

  public List<String> notes() {
    return processed.notes();
  }

  /** Diagnostics as {@code CODE LINE:COL-LINE:COL message}, with the chain of macros. */
  public List<String> diagnostics() {
    return diagnostics.sorted(List.of("t.w")).stream().map(UnitFixture::shown).toList();
  }

  public List<Diagnostic> rawDiagnostics() {
    return diagnostics.sorted(List.of("t.w"));
  }

  private static String shown(Diagnostic d) {
    StringBuilder text = new StringBuilder(d.code().text());
    text.append(' ')
        .append(d.range().startLine())
        .append(':')
        .append(d.range().startColumn())
        .append('-')
        .append(d.range().endLine())
        .append(':')
        .append(d.range().endColumn())
        .append(' ')
        .append(d.message());
    d.expansion().forEach(frame -> text.append(" < ").append(frame.macro()));
    return text.toString();
  }
}
