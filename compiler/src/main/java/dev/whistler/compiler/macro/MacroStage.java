package dev.whistler.compiler.macro;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostic;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.ExpansionFrame;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The macro stage of one compilation: the evaluator, the macros and functions of the source, and
 * the border at which errors of the evaluation become diagnostics. The unit processor defines
 * things in it; the analyzer of bodies sees it as {@link Expander}.
 */
public final class MacroStage implements Expander {
  /** Takes top-level forms that an evaluation meets (section 18.9). */
  public interface TopLevel {
    /** Whether a head names a definition form of section 3.3. */
    boolean defines(String head);

    /** Whether a head names a form of the original's loader. */
    boolean isUserSpace(String head);

    /** Processes a definition form. */
    void process(Cons form, ExpansionContext context);
  }

  private final SymbolTable symbols;
  private final LanguageAccess access;
  private final Diagnostics diagnostics;
  private final TopLevel topLevel;
  private final Meter meter;
  private final Evaluator evaluator;
  private final BindingForms definitions;
  private final PlaceForms setters;
  private final Map<SymbolName, Function> functions = new HashMap<>();
  private final Map<Cons, Expansion> expansions = new IdentityHashMap<>();
  private final Map<Datum.Symbol, SymbolExpansion> symbolExpansions = new IdentityHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final StringBuilder unfinishedNote = new StringBuilder();
  private int noteCharacters;

  /** The top-level evaluation under way, if no macro is being expanded inside it. */
  private @Nullable ExpansionContext evaluating;

  /** Where a warning belongs. */
  private Origin current;

  private @Nullable AnalysisException exhausted;

  public MacroStage(
      SymbolTable symbols,
      LanguageAccess access,
      Diagnostics diagnostics,
      Budget budget,
      TopLevel topLevel) {
    this.symbols = symbols;
    this.access = access;
    this.diagnostics = diagnostics;
    this.topLevel = topLevel;
    this.meter = new Meter(budget);
    this.evaluator = new Evaluator(meter, symbols, access, new UnitHost());
    this.definitions = new BindingForms(evaluator);
    this.setters = evaluator.places();
    this.current = new Origin(new SourceRange("", 1, 1, 1, 1), List.of());
  }

  private final class UnitHost implements Evaluator.Host {
    @Override
    public boolean defines(String head) {
      return topLevel.defines(head);
    }

    @Override
    public boolean isUserSpace(String head) {
      return topLevel.isUserSpace(head);
    }

    @Override
    public @Nullable Datum define(Cons form, Evaluator same) {
      ExpansionContext context = evaluating;
      if (context == null) {
        return null;
      }
      topLevel.process(form, context.within(form));
      return form.cdr() instanceof Cons rest ? rest.car() : Datum.NIL;
    }

    @Override
    public Datum eval(Datum form) {
      ExpansionContext context = evaluating;
      if (context == null) {
        throw new MacroError(Message.EVAL_INSIDE_MACRO);
      }
      if (form instanceof Cons call
          && call.car() instanceof Datum.Symbol head
          && topLevel.defines(head.name().text())) {
        topLevel.process(call, context.within(call));
        return Datum.NIL;
      }
      return evaluator.evaluate(form, context.macros());
    }

    @Override
    public void warn(String text) {
      diagnostics.report(Message.MACRO_WARNING, current, text);
    }

    @Override
    public void print(String text) {
      noteCharacters += text.length();
      if (noteCharacters > Meter.MAX_STRING) {
        throw Meter.exceeded(Meter.MAX_STRING, "characters of notes");
      }
      unfinishedNote.append(text);
      int end = unfinishedNote.indexOf("\n");
      while (end >= 0) {
        notes.add(unfinishedNote.substring(0, end));
        unfinishedNote.delete(0, end + 1);
        end = unfinishedNote.indexOf("\n");
      }
    }
  }

  /** What was printed at macro time, line by line. */
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (!unfinishedNote.isEmpty()) {
      all.add(unfinishedNote.toString());
    }
    return all;
  }

  // ---- the border

  /** Runs an evaluation; what goes wrong is reported at the origin. */
  private <T> T guarded(Origin at, Supplier<T> evaluation) {
    if (exhausted != null) {
      throw exhausted;
    }
    Origin before = current;
    int depth = meter.depth();
    current = at;
    try {
      return evaluation.get();
    } catch (MacroError error) {
      throw reported(error, at);
    } catch (BudgetExceeded error) {

      // Reported once: every later evaluation would only fail again.
      AnalysisException failure =
          at.expansion().isEmpty()
              ? diagnostics.fail(Message.EVALUATION_BUDGET, at, error.budget())
              : diagnostics.fail(
                  Message.MACRO_BUDGET, at, at.expansion().getFirst().macro(), error.budget());
      exhausted = failure;
      throw failure;
    } catch (StackOverflowError error) {
      // The depth budget fits a stack of 1 MiB; a caller with a smaller one still gets an answer.
      throw diagnostics.fail(Message.MACRO_STACK, at);
    } catch (Exit exit) {
      throw diagnostics.fail(Message.EXIT_LEAVES_EVALUATION, at);
    } finally {
      current = before;
      meter.restore(depth);
    }
  }

  private AnalysisException reported(MacroError error, Origin at) {
    SourceRange where = error.where();
    // Outside of macros the innermost form is the best place; a macro's call comes first.
    Origin origin = at.expansion().isEmpty() && where != null ? new Origin(where, List.of()) : at;
    List<Diagnostic.Note> notes =
        at.expansion().isEmpty() || where == null || where.equals(at.range())
            ? List.of()
            : List.of(new Diagnostic.Note("raised here", where));
    diagnostics.report(error.sentence(), origin, notes);
    return new AnalysisException(error.sentence().message().code(), error.text());
  }

  // ---- definitions

  /** Processes {@code (defmacro NAME LAMBDA-LIST FORM…)}. */
  public void defmacro(Cons form, ExpansionContext context) {
    MacroFunction macro = guarded(context.originOf(form), () -> definitions.defmacro(form));
    SymbolName name = definedName(form, context);
    if (evaluator.macros().put(name, macro) != null || functions.containsKey(name)) {
      redefined(form, context, "macro", name);
    }
  }

  /** Processes {@code (defun NAME LAMBDA-LIST FORM…)}. */
  public void defun(Cons form, ExpansionContext context) {
    Closure function = guarded(context.originOf(form), () -> definitions.defun(form));
    SymbolName name = definedName(form, context);
    boolean again = functions.containsKey(name) || evaluator.macros().containsKey(name);
    evaluator.cell(name).set(function);
    Datum body =
        form.cdr() instanceof Cons named && named.cdr() instanceof Cons list
            ? list.cdr()
            : Datum.NIL;
    functions.put(name, new Function(name, function.lambdaList(), body, form, context));
    if (again) {
      redefined(form, context, "function", name);
    }
  }

  private void redefined(Cons form, ExpansionContext context, String kind, SymbolName name) {
    diagnostics.report(Message.DEFINITION_REPLACED, context.originOf(form), kind, name);
  }

  private SymbolName definedName(Cons form, ExpansionContext context) {
    Datum name = form.cdr() instanceof Cons rest ? rest.car() : Datum.NIL;
    if (!(name instanceof Datum.Symbol symbol)) {
      throw diagnostics.fail(Message.MACRO_NAME_MISSING, context.originOf(form));
    }
    String text = symbol.name().text();
    if (access.isReservedOperator(text)) {
      throw diagnostics.fail(Message.DEFINE_BUILT_IN, context.originOf(name), text);
    }
    if (text.startsWith(".")) {
      throw diagnostics.fail(Message.MACRO_NAME_STARTS_WITH_DOT, context.originOf(name));
    }
    return symbol.name();
  }

  /** Processes {@code defvar}, {@code defparameter}: a variable bound dynamically. */
  public void defvar(Cons form, boolean always, ExpansionContext context) {
    guarded(
        context.originOf(form),
        () -> {
          List<Datum> operands = FormParts.operands(form, always ? 2 : 1, 3, meter);
          SymbolName name = FormParts.variable(operands.getFirst(), FormParts.name(form));
          evaluator.proclaimSpecial(name);
          if (operands.size() > 1 && (always || !evaluator.isBound(name))) {
            evaluator.setGlobal(name, evaluator.evaluate(operands.get(1), context.macros()));
          }
          return name;
        });
  }

  /** Processes {@code (defsetf ACCESSOR …)}. */
  public void defsetf(Cons form, ExpansionContext context) {
    guarded(
        context.originOf(form),
        () -> {
          setters.defsetf(form);
          return form;
        });
  }

  /** Processes {@code (define-symbol-macro NAME EXPANSION)}. */
  public void defineSymbolMacro(Cons form, ExpansionContext context) {
    guarded(
        context.originOf(form),
        () -> {
          List<Datum> operands = FormParts.operands(form, 2, 2, meter);
          evaluator
              .symbolMacros()
              .put(FormParts.variable(operands.getFirst(), "define-symbol-macro"), operands.get(1));
          return form;
        });
  }

  // ---- evaluation

  @Override
  public Datum evaluate(Datum form, ExpansionContext context) {
    return guarded(context.originOf(form), () -> evaluator.evaluate(form, context.macros()));
  }

  /** How the evaluation of a top-level form ended. */
  public sealed interface TopLevelResult {
    record Done() implements TopLevelResult {}

    /**
     * The form reached what only user space has (section 3.3).
     *
     * @param message which of the messages about user space
     * @param detail what was missing, and names near it
     */
    record Abandoned(Message message, String detail) implements TopLevelResult {}
  }

  /**
   * Evaluates a top-level form for effect. A form whose head is undefined is {@code E-TOPLEVEL};
   * one that reaches something undefined elsewhere is abandoned.
   */
  public TopLevelResult evaluateTopLevel(
      Datum form, ExpansionContext context, Iterable<String> candidates) {
    ExpansionContext before = evaluating;
    evaluating = context;
    try {
      return guarded(
          context.originOf(form),
          () -> {
            try {
              evaluator.evaluate(form, context.macros());
              return new TopLevelResult.Done();
            } catch (MacroError error) {
              if (error.missing() == MacroError.Missing.NOTHING || !(form instanceof Cons call)) {
                throw error;
              }
              if (call.car() instanceof Datum.Symbol head
                  && !evaluator.knows(call, head.name(), Scope.outermost(context.macros()))) {
                throw unknownHead(call, context, candidates);
              }
              return abandoned(error);
            }
          });
    } finally {
      evaluating = before;
    }
  }

  private static TopLevelResult abandoned(MacroError error) {
    String hint = error.sentence().hint();
    return new TopLevelResult.Abandoned(
        switch (error.missing()) {
          case VARIABLE -> Message.USER_SPACE_VARIABLE;
          case USER_SPACE -> Message.USER_SPACE_LOADER;
          case FUNCTION, NOTHING -> Message.USER_SPACE_FUNCTION;
        },
        hint == null ? error.text() : error.text() + "; " + hint);
  }

  private AnalysisException unknownHead(
      Cons form, ExpansionContext context, Iterable<String> candidates) {
    String name = FormParts.name(form);
    return diagnostics.fail(
        Message.TOP_LEVEL_UNKNOWN,
        context.originOf(form),
        name,
        NearMatches.hint(name, candidates));
  }

  /** Whether a name has a meaning at macro time: a function, a macro, or an operator. */
  public boolean knows(SymbolName name) {
    return isFunction(name)
        || evaluator.macros().containsKey(name)
        || access.isReservedOperator(name.text());
  }

  /** Whether a function of that name can be called at macro time. */
  public boolean isFunction(SymbolName name) {
    return evaluator.cell(name).get() != null;
  }

  // ---- expansion

  @Override
  public boolean isMacro(SymbolName operator, ExpansionContext context) {
    return macro(operator, context) != null;
  }

  private @Nullable MacroFunction macro(SymbolName name, ExpansionContext context) {
    Optional<MacroFunction> local = context.macros().operator(name);
    return local != null ? local.orElse(null) : evaluator.macros().get(name);
  }

  @Override
  public Expansion expand(Cons call, ExpansionContext context) {
    Expansion known = expansions.get(call);
    if (known != null) {
      return known;
    }
    MacroFunction macro =
        call.car() instanceof Datum.Symbol head ? macro(head.name(), context) : null;
    if (macro == null) {
      throw new IllegalArgumentException("not a macro call");
    }
    ExpansionContext inside =
        context.entering(
            new ExpansionFrame(macro.name(), context.originOf(call).range(), macro.definition()));
    Origin at = inside.originOf(Datum.NIL);
    ExpansionContext before = evaluating;
    evaluating = null;
    try {
      Datum result =
          guarded(
              at,
              () -> {
                if (inside.frames().size() > Meter.MAX_EXPANSIONS) {
                  throw Meter.exceeded(Meter.MAX_EXPANSIONS, "nested macro expansions");
                }
                meter.step();
                Datum made = Values.primary(macro.expander().expand(call));
                return new ResultCopy(meter, evaluator.printer()).copy(made);
              });
      Expansion expansion = new Expansion(result, inside);
      expansions.put(call, expansion);
      return expansion;
    } finally {
      evaluating = before;
    }
  }

  @Override
  public Optional<Expansion> expandSymbol(Datum.Symbol symbol, ExpansionContext context) {
    Optional<Datum> local = context.macros().symbol(symbol.name());
    Datum expansion =
        local != null ? local.orElse(null) : evaluator.symbolMacros().get(symbol.name());
    if (expansion == null) {
      return Optional.empty();
    }
    SymbolExpansion known = symbolExpansions.get(symbol);
    if (known != null && known.of() == expansion) {
      return Optional.of(known.expansion());
    }
    ExpansionContext inside =
        context.entering(
            new ExpansionFrame(
                symbol.name().spelling(), context.originOf(symbol).range(), expansion.range()));
    Expansion made =
        guarded(
            inside.originOf(Datum.NIL),
            () -> {
              if (inside.frames().size() > Meter.MAX_EXPANSIONS) {
                throw Meter.exceeded(Meter.MAX_EXPANSIONS, "nested macro expansions");
              }
              Datum form = evaluator.withoutRanges(expansion);
              return new Expansion(new ResultCopy(meter, evaluator.printer()).copy(form), inside);
            });
    symbolExpansions.put(symbol, new SymbolExpansion(expansion, made));
    return Optional.of(made);
  }

  /**
   * What a use of a symbol macro was expanded to. A body is analyzed more than once, and a macro in
   * the expansion must not run again each time.
   *
   * @param of the definition at the use
   */
  private record SymbolExpansion(Datum of, Expansion expansion) {}

  @Override
  public ExpansionContext enterLocalMacros(Cons form, ExpansionContext context) {
    return guarded(
        context.originOf(form),
        () ->
            context.with(
                FormParts.name(form).equals("macrolet")
                    ? definitions.macrolet(form, context.macros())
                    : definitions.symbolMacrolet(form, context.macros())));
  }

  @Override
  public Optional<Function> function(SymbolName name) {
    return Optional.ofNullable(functions.get(name));
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    evaluator.macros().keySet().forEach(name -> names.add(name.text()));
    functions.keySet().forEach(name -> names.add(name.text()));
    names.sort(null);
    return names;
  }
}
