package dev.whistler.compiler.unit;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.diagnostic.Severity;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.macro.MacroStage;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.Reader;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.source.SourceText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Processes the top-level forms of a unit in order (section 3.2): reads all texts, expands heads,
 * evaluates macro-time definitions and hands the others to {@link Definitions}.
 */
public final class UnitProcessor {
  /** What remains when all top-level forms are processed. */
  public static final class Processed {
    private final MacroStage stage;

    private Processed(MacroStage stage) {
      this.stage = stage;
    }

    /** Expands bodies. */
    public Expander expander() {
      return stage;
    }

    /** What the program printed at macro time so far, line by line. */
    public List<String> notes() {
      return stage.notes();
    }
  }

  /** Nesting of top-level forms, through expansions. */
  private static final int MAX_DEPTH = 400;

  /** Accepted without effect (section 3.3). */
  private static final Set<String> SILENT =
      Set.of(
          "in-package",
          "defpackage",
          "proclaim",
          "use-package",
          "export",
          "import",
          "provide",
          "require",
          "load-system",
          "quickload",
          "declare");

  /** Macro-time definitions. */
  private static final Set<String> MACRO_TIME =
      Set.of("defmacro", "defun", "defparameter", "defvar", "defsetf", "define-symbol-macro");

  private static final String SESSION = "with-bpf-session";

  /** Packages whose names mean what they mean without a package (section 2.2). */
  private static final Set<String> OWN_PACKAGES =
      Set.of("whistler", "whistler-user", "cl", "common-lisp", "cl-user", "common-lisp-user");

  /** User-space forms of the original's loader and build. */
  private static final Set<String> USER_SPACE =
      Set.of(
          "compile-to-elf",
          "with-ringbuf-consumer",
          "with-decoding-ring-consumer",
          "with-bpf-object",
          SESSION);

  private static final List<String> USER_SPACE_PREFIXES =
      List.of("compile-file", "open-", "load-", "attach-", "tc-", "ring-");

  private static final List<String> TOP_LEVEL_NAMES =
      List.of(
          "defprog",
          "defmap",
          "defstruct",
          "defunion",
          "defconstant",
          "defknob",
          "deftracepoint",
          "import-kernel-struct",
          "defheader",
          "defglobal",
          "defmacro",
          "defun",
          "defparameter",
          "defvar",
          "eval-when",
          "progn",
          "declaim",
          "in-package");

  private final Definitions definitions;
  private final Diagnostics diagnostics;
  private final SymbolTable symbols;
  private final Reader reader;
  private final MacroStage stage;
  private int depth;

  private UnitProcessor(
      SymbolTable symbols, Definitions definitions, Diagnostics diagnostics, Budget budget) {
    this.symbols = symbols;
    this.definitions = definitions;
    this.diagnostics = diagnostics;
    this.reader =
        new Reader(
            symbols,
            Set.of("whistler", "bpf", "level-1", "level-2", definitions.targetArchitecture()),
            diagnostics);
    this.stage = new MacroStage(symbols, definitions, diagnostics, budget, new Nested());
  }

  /** Definitions that an evaluation meets. */
  private final class Nested implements MacroStage.TopLevel {
    @Override
    public boolean defines(String head) {
      return SILENT.contains(head) || MACRO_TIME.contains(head) || definitions.owns(head);
    }

    @Override
    public boolean isUserSpace(String head) {
      return UnitProcessor.isUserSpace(head);
    }

    @Override
    public void process(Cons form, ExpansionContext context) {
      form(form, context);
    }
  }

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
    UnitProcessor processor = new UnitProcessor(symbols, definitions, diagnostics, budget);
    processor.process(sources);
    return new Processed(processor.stage);
  }

  private void process(List<SourceText> sources) {
    List<Datum> forms = new ArrayList<>();
    for (SourceText source : sources) {
      forms.addAll(reader.read(source));
    }
    definitions.begin(stage);
    if (diagnostics.hasErrors()) {
      return;
    }
    for (Datum form : forms) {
      SourceRange range = form.range();
      if (range != null) {
        independently(form, ExpansionContext.topLevel(range));
      }
    }
  }

  /** Processes a form; an error in it does not concern the others. */
  private void independently(Datum form, ExpansionContext context) {
    if (diagnostics.isFull()) {
      return;
    }
    try {
      form(form, context.within(form));
    } catch (AnalysisException e) {
      // Reported where it was thrown; the next form is independent of this one.
    } catch (StackOverflowError e) {
      // Nesting is bounded, but what one form stands for may still be more than a caller's stack
      // holds; that concerns this form and no other.
      diagnostics.report(Message.FORM_TOO_LARGE, context.originOf(form));
    }
  }

  private void form(Datum form, ExpansionContext context) {
    if (++depth > MAX_DEPTH) {
      depth--;
      throw diagnostics.fail(Message.TOP_LEVEL_TOO_NESTED, context.originOf(form), MAX_DEPTH);
    }
    try {
      if (form instanceof Cons call && call.car() instanceof Datum.Symbol head) {
        call(call, head, context);
      } else if (!(form instanceof Datum.Str)) {
        evaluate(form, context);
      }
    } finally {
      depth--;
    }
  }

  private void call(Cons form, Datum.Symbol head, ExpansionContext context) {
    if (stage.isMacro(head.name(), context)) {
      Expander.Expansion expansion = stage.expand(form, context);
      form(expansion.form(), expansion.context());
      return;
    }
    String name = head.name().text();
    switch (name) {
      case "progn" -> operands(form, context).forEach(sub -> independently(sub, context));
      case "eval-when" ->
          operands(form, context).stream().skip(1).forEach(sub -> independently(sub, context));
      case "defmacro" -> stage.defmacro(form, context);
      case "defun" -> {
        stage.defun(form, context);
        extractSessions(form.cdr(), context);
      }
      case "defparameter" -> stage.defvar(form, true, context);
      case "defvar" -> stage.defvar(form, false, context);
      case "defsetf" -> stage.defsetf(form, context);
      case "define-symbol-macro" -> stage.defineSymbolMacro(form, context);
      case "declaim" -> declaim(form, context);
      case SESSION -> session(form, context);
      default -> {
        if (SILENT.contains(name)) {
          return;
        }
        if (definitions.owns(name)) {
          definitions.define(form, context);
        } else if (!stage.isFunction(head.name()) && isUserSpace(head)) {
          diagnostics.report(Message.USER_SPACE_NAME, context.originOf(form), name);
        } else {
          evaluate(form, context);
        }
      }
    }
  }

  private List<Datum> operands(Cons form, ExpansionContext context) {
    return ProperList.require(form.cdr(), "a top-level form", context.originOf(form), diagnostics);
  }

  private static boolean isUserSpace(String name) {
    return USER_SPACE.contains(name) || USER_SPACE_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** Forms of the loader, and calls into packages that this language does not have. */
  private boolean isUserSpace(Datum.Symbol head) {
    String name = reader.packageOf(head);
    boolean foreign = !name.isEmpty() && !OWN_PACKAGES.contains(name);
    return isUserSpace(head.name().text())
        || reader.isLoaderSymbol(head)
        || (foreign && !stage.knows(head.name()));
  }

  private void evaluate(Datum form, ExpansionContext context) {
    List<String> candidates = new ArrayList<>(TOP_LEVEL_NAMES);
    candidates.addAll(stage.names());
    extractSessions(form, context);
    if (stage.evaluateTopLevel(form, context, candidates)
        instanceof MacroStage.TopLevelResult.Abandoned(Message message, String detail)) {
      diagnostics.report(message, context.originOf(form), detail);
    }
  }

  // ---- declaim

  private void declaim(Cons form, ExpansionContext context) {
    for (Datum declaration : operands(form, context)) {
      List<Datum> parts = ProperList.elements(declaration).orElse(List.of());
      if (!parts.isEmpty()
          && parts.getFirst() instanceof Datum.Symbol kind
          && kind.name().text().equals("allow")) {
        parts.stream().skip(1).forEach(code -> allow(code, context));
      }
    }
  }

  private void allow(Datum name, ExpansionContext context) {
    String wanted = name instanceof Datum.Symbol symbol ? symbol.name().text() : "";
    for (Code code : Code.values()) {
      if (code.severity() == Severity.WARNING && code.text().equalsIgnoreCase(wanted)) {
        diagnostics.allow(code);
        return;
      }
    }
    diagnostics.report(
        Message.ALLOW_OPERAND,
        context.originOf(name),
        NearMatches.hint(
            wanted,
            Arrays.stream(Code.values())
                .filter(code -> code.severity() == Severity.WARNING)
                .map(Code::text)
                .toList()));
  }

  // ---- with-bpf-session

  /** Takes the kernel side out of a session: {@code (bpf:map …)} and {@code (bpf:prog …)}. */
  private void session(Cons form, ExpansionContext context) {
    operands(form, context).stream()
        .skip(1)
        .forEach(
            sub -> {
              String name =
                  sub instanceof Cons call && call.car() instanceof Datum.Symbol head
                      ? head.name().text()
                      : "";
              switch (name) {
                case "map" -> independently(renamed((Cons) sub, "defmap"), context);
                case "prog" -> independently(renamed((Cons) sub, "defprog"), context);
                default -> {
                  kernelSide(sub, context);
                  diagnostics.report(Message.USER_SPACE_IN_SESSION, context.originOf(sub));
                }
              }
            });
  }

  /** Definitions inside of other forms of a session, such as {@code (let … (bpf:map …))}. */
  private void kernelSide(Datum form, ExpansionContext context) {
    Datum rest = form;
    while (rest instanceof Cons pair) {
      if (pair.car() instanceof Cons inner) {
        String name =
            inner.car() instanceof Datum.Symbol head && reader.isLoaderSymbol(head)
                ? head.name().text()
                : "";
        switch (name) {
          case "map" -> independently(renamed(inner, "defmap"), context);
          case "prog" -> independently(renamed(inner, "defprog"), context);
          default -> kernelSide(inner, context);
        }
      }
      rest = pair.cdr();
    }
  }

  private Cons renamed(Cons form, String name) {
    return new Cons(
        new Datum.Symbol(symbols.symbol(name), form.car().range()), form.cdr(), form.range());
  }

  /** Sessions inside of a function or another form; the reader bounds the depth of the search. */
  private void extractSessions(Datum body, ExpansionContext context) {
    Datum rest = body;
    while (rest instanceof Cons pair) {
      if (pair.car() instanceof Cons inner) {
        if (inner.car() instanceof Datum.Symbol head && head.name().text().equals(SESSION)) {
          session(inner, context.within(inner));
        } else {
          extractSessions(inner, context);
        }
      }
      rest = pair.cdr();
    }
  }
}
