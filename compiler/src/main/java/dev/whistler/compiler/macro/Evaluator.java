package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.reader.Vector;
import dev.whistler.compiler.source.SourceRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The evaluator of the compile-time language (section 18): prepares a form once as a tree of {@link
 * Node}s, then runs it. Holds the global definitions of one compilation.
 */
final class Evaluator {
  /** What the evaluator asks of the unit around it. */
  interface Host {
    /** Whether a head names a top-level definition form. */
    boolean defines(String head);

    /** Whether a head names a form of the original's loader, which has no meaning here. */
    boolean isUserSpace(String head);

    /** Takes a definition form; null outside a top-level evaluation, where none is possible. */
    @Nullable Datum define(Cons form, Evaluator evaluator);

    /** {@code (eval FORM)} inside a top-level evaluation. */
    Datum eval(Datum form);

    /** {@code warn}. */
    void warn(String text);

    /** Printed text, kept as a note. */
    void print(String text);
  }

  /**
   * A global function that may be defined later. The table of builtins is asked only for what the
   * source does not define, and late: most sources need none of it.
   */
  final class FunctionCell {
    private final SymbolName name;
    private @Nullable Callable function;
    private boolean asked;

    private FunctionCell(SymbolName name) {
      this.name = name;
    }

    @Nullable Callable get() {
      if (function == null && !asked) {
        asked = true;
        Builtins.Definition builtin = isInterned(name) ? Builtins.find(name.text()) : null;
        function = builtin == null ? null : builtin.in(Evaluator.this);
      }
      return function;
    }

    void set(Callable defined) {
      this.function = defined;
    }
  }

  /** Forms nested in each other; what is read is nested less, what macros make hardly more. */
  private static final int MAX_PREPARING = 600;

  private static final Datum TRUE = new Datum.Symbol(SymbolName.T, null);

  private final Meter meter;
  private final SymbolTable symbols;
  private final LanguageAccess access;
  private final Host host;
  private final Equality equality;
  private final Printer printer;
  private final CodePoints codePoints;
  private final SpecialForms specialForms;
  private final RecordFunctions records;
  private final Map<SymbolName, FunctionCell> functions = new HashMap<>();
  private final Map<SymbolName, MacroFunction> macros = new HashMap<>();
  private final Map<SymbolName, Datum> symbolMacros = new HashMap<>();
  private final Map<SymbolName, Datum> globals = new HashMap<>();
  private final Map<SymbolName, Boolean> specials = new HashMap<>();
  private final Map<SymbolName, Map<SymbolName, Datum>> properties = new HashMap<>();
  private int preparing;
  private final Deque<Datum> catchTags = new ArrayDeque<>();
  private final SymbolName forever;
  private final Map<Builtins.Definition, SymbolName> hidden = new IdentityHashMap<>();

  Evaluator(Meter meter, SymbolTable symbols, LanguageAccess access, Host host) {
    this.meter = meter;
    this.symbols = symbols;
    this.access = access;
    this.host = host;
    this.equality = new Equality(meter);
    this.printer = new Printer(meter);
    this.codePoints = new CodePoints(meter);
    this.specialForms = new SpecialForms(this);
    this.records = new RecordFunctions(this);
    this.forever = symbols.uninterned("forever");
  }

  /** Head of an endless loop; no source can spell it. */
  Datum forever() {
    return new Datum.Symbol(forever, null);
  }

  /**
   * A name of a builtin function for a form that the evaluator writes; no source can spell it, so
   * what the source calls by the function's own name does not matter.
   */
  Datum.Symbol hidden(Builtins.Definition function) {
    SymbolName name = hidden.get(function);
    if (name == null) {
      name = symbols.uninterned(function.name());
      hidden.put(function, name);
      cell(name).set(function.in(this));
    }
    return new Datum.Symbol(name, null);
  }

  Meter meter() {
    return meter;
  }

  SymbolTable symbols() {
    return symbols;
  }

  LanguageAccess access() {
    return access;
  }

  Host host() {
    return host;
  }

  Equality equality() {
    return equality;
  }

  PlaceForms places() {
    return specialForms.places();
  }

  CodePoints codePoints() {
    return codePoints;
  }

  Printer printer() {
    return printer;
  }

  Map<SymbolName, MacroFunction> macros() {
    return macros;
  }

  Map<SymbolName, Datum> symbolMacros() {
    return symbolMacros;
  }

  /** The tags of the entered {@code catch} forms. */
  Deque<Datum> catchTags() {
    return catchTags;
  }

  /** The property list of a symbol, for {@code get}. */
  Map<SymbolName, Datum> properties(SymbolName name) {
    return properties.computeIfAbsent(name, fresh -> new HashMap<>());
  }

  // ---- variables

  /** From now on the name is bound dynamically. */
  void proclaimSpecial(SymbolName name) {
    specials.put(name, true);
  }

  boolean isSpecial(SymbolName name) {
    return specials.containsKey(name);
  }

  boolean isBound(SymbolName name) {
    return globals.containsKey(name) || access.constant(name).isPresent();
  }

  Datum global(SymbolName name) {
    Datum value = globals.get(name);
    if (value != null) {
      return value;
    }
    return access
        .constant(name)
        .orElseThrow(
            () ->
                MacroError.undefinedVariable(
                    name.toString(),
                    NearMatches.hint(
                        name.text(),
                        globals.keySet().stream().map(SymbolName::text).sorted().toList())));
  }

  void setGlobal(SymbolName name, Datum value) {
    if (name == SymbolName.NIL || name == SymbolName.T || name.isKeyword()) {
      throw new MacroError(Message.MACRO_ASSIGN_CONSTANT, name);
    }
    globals.put(name, value);
  }

  /** Runs with a dynamic binding. */
  Datum withDynamic(SymbolName name, Datum value, Node.Body body, Frame frame) {
    Datum before = globals.get(name);
    globals.put(name, value);
    try {
      return body.run(frame);
    } finally {
      if (before == null) {
        globals.remove(name);
      } else {
        globals.put(name, before);
      }
    }
  }

  // ---- functions

  FunctionCell cell(SymbolName name) {
    return functions.computeIfAbsent(name, FunctionCell::new);
  }

  private boolean isInterned(SymbolName name) {
    return !name.isKeyword() && symbols.symbol(name.text()) == name;
  }

  Callable function(FunctionCell cell) {
    Callable function = cell.get();
    if (function != null) {
      return function;
    }
    return records
        .find(cell.name.text())
        .orElseThrow(
            () ->
                MacroError.undefinedFunction(
                    cell.name.spelling(), NearMatches.hint(cell.name.text(), functionNames())));
  }

  private List<String> functionNames() {
    List<String> names = new ArrayList<>(Builtins.names());
    functions.values().stream()
        .filter(cell -> cell.get() instanceof Closure)
        .map(cell -> cell.name.text())
        .sorted()
        .forEach(names::add);
    return names;
  }

  /** A function, or the global function that a symbol names. */
  Callable callable(Datum designator, String operator) {
    return switch (designator) {
      case Callable function -> function;
      case Datum.Symbol symbol when symbol.name() != SymbolName.NIL ->
          function(cell(symbol.name()));
      default -> throw MacroError.type(operator, "a function", printer.shown(designator));
    };
  }

  /** The global function of that name that the source defined, if any. */
  boolean hasUserFunction(SymbolName name) {
    FunctionCell cell = functions.get(name);
    return cell != null && cell.get() instanceof Closure;
  }

  // ---- forms

  /** Evaluates a form with nothing around it but local macros. */
  Datum evaluate(Datum form, LexicalMacros macros) {
    Scope scope = Scope.outermost(macros);
    Node node = prepare(form, scope);
    return node.eval(new Frame(null, scope.size()));
  }

  /** Prepares a form. */
  Node prepare(Datum form, Scope scope) {
    meter.enter();
    preparing++;
    try {
      if (preparing > MAX_PREPARING) {
        throw Meter.exceeded(MAX_PREPARING, "nested macro-time forms");
      }
      return switch (form) {
        case Datum.Symbol symbol -> reference(symbol, scope);
        case Cons call -> call(call, scope);
        default -> Node.constant(meter, withoutRanges(form));
      };
    } catch (MacroError e) {
      e.passing(form.range());
      throw e;
    } finally {
      preparing--;
      meter.leave();
    }
  }

  List<Node> prepareAll(List<Datum> forms, Scope scope) {
    List<Node> nodes = new ArrayList<>(forms.size());
    for (Datum form : forms) {
      nodes.add(prepare(form, scope));
    }
    return nodes;
  }

  Node.Body prepareBody(List<Datum> forms, Scope scope) {
    return Node.sequence(prepareAll(FormParts.body(forms, false), scope));
  }

  Node inner(@Nullable SourceRange range, Node.Body body) {
    return Node.inner(meter, range, body);
  }

  private Node reference(Datum.Symbol symbol, Scope scope) {
    SymbolName name = symbol.name();
    if (name == SymbolName.NIL || name == SymbolName.T || name.isKeyword()) {
      return Node.constant(meter, new Datum.Symbol(name, null));
    }
    Datum expansion = symbolMacro(name, scope);
    if (expansion != null) {
      return prepare(expansion, scope);
    }
    Scope.Place place = isSpecial(name) ? null : scope.find(Scope.Space.VARIABLE, name);
    if (place == null) {
      return Node.leaf(
          meter,
          frame -> {
            try {
              return global(name);
            } catch (MacroError e) {
              e.passing(symbol.range());
              throw e;
            }
          });
    }
    int index = place.index();
    int level = place.level();
    return switch (level) {
      case 0 -> Node.leaf(meter, frame -> frame.slots[index]);
      default -> Node.leaf(meter, frame -> frame.at(level).slots[index]);
    };
  }

  /** What a symbol macro stands for here, or null. */
  @Nullable Datum symbolMacro(SymbolName name, Scope scope) {
    Optional<Datum> local = scope.macros().symbol(name);
    if (local != null) {
      return local.orElse(null);
    }
    return scope.find(Scope.Space.VARIABLE, name) == null ? symbolMacros.get(name) : null;
  }

  /** The macro of that name here, or null. */
  @Nullable MacroFunction macro(SymbolName name, Scope scope) {
    Optional<MacroFunction> local = scope.macros().operator(name);
    return local != null ? local.orElse(null) : macros.get(name);
  }

  private Node call(Cons form, Scope scope) {
    if (!(form.car() instanceof Datum.Symbol head)) {
      return lambdaCall(form, scope);
    }
    SymbolName name = head.name();
    if (name == SymbolName.QUASIQUOTE) {
      return specialForms.backquote(form, scope);
    }
    if (name == SymbolName.UNQUOTE || name == SymbolName.SPLICE) {
      throw new MacroError(Message.COMMA_OUTSIDE_BACKQUOTE, name);
    }
    if (name == forever) {
      return inner(
          null, IterationForms.forever(this, FormParts.list(form.cdr(), "loop", meter), scope));
    }
    Scope.Place local = scope.find(Scope.Space.FUNCTION, name);
    if (local != null && isHidden(name, scope)) {
      List<Node> operands = operands(form, scope);
      return callNode(
          form, operands, frame -> (Callable) frame.at(local.level()).slots[local.index()]);
    }
    MacroFunction macro = macro(name, scope);
    if (macro != null) {
      meter.step();
      return prepare(Values.primary(macro.expander().expand(form)), scope);
    }
    if (isInterned(name)) {
      Node special = specialForms.prepare(name.text(), form, scope);
      if (special != null) {
        return special;
      }
    }
    Node definition = definition(form, name);
    if (definition != null) {
      return definition;
    }
    FunctionCell cell = cell(name);
    if (cell.get() == null && isInterned(name) && host.isUserSpace(name.text())) {
      return inner(
          form.range(),
          frame -> {
            throw MacroError.userSpace(name.spelling());
          });
    }
    return callNode(form, operands(form, scope), frame -> function(cell));
  }

  /** Whether a form's head has a meaning at macro time: a function, a macro or a special form. */
  boolean knows(Cons form, SymbolName head, Scope scope) {
    if (macro(head, scope) != null
        || cell(head).get() != null
        || records.find(head.text()).isPresent()
        || (isInterned(head) && (host.defines(head.text()) || host.isUserSpace(head.text())))) {
      return true;
    }
    try {
      return isInterned(head) && specialForms.prepare(head.text(), form, scope) != null;
    } catch (MacroError e) {
      return true; // A special form of another shape, or with something unknown in it.
    }
  }

  private static boolean isHidden(SymbolName name, Scope scope) {
    Optional<MacroFunction> local = scope.macros().operator(name);
    return local != null && local.isEmpty();
  }

  /** A definition form of section 3.3 inside a top-level evaluation (18.9). */
  private @Nullable Node definition(Cons form, SymbolName name) {
    if (!isInterned(name) || !host.defines(name.text())) {
      return null;
    }
    return inner(
        form.range(),
        frame -> {
          Datum defined = host.define(form, this);
          if (defined == null) {
            throw new MacroError(Message.DEFINITION_INSIDE_MACRO, name);
          }
          return defined;
        });
  }

  private Node lambdaCall(Cons form, Scope scope) {
    if (!FormParts.isCall(form.car(), "lambda")) {
      throw new MacroError(Message.NOT_AN_OPERATOR, printer.shown(form.car()));
    }
    Node function = prepare(form.car(), scope);
    return callNode(form, operands(form, scope), frame -> (Callable) function.eval(frame));
  }

  private List<Node> operands(Cons form, Scope scope) {
    return prepareAll(FormParts.list(form.cdr(), FormParts.name(form), meter), scope);
  }

  /** Finds the function of a call when it is run. */
  private interface Callee {
    Callable find(Frame frame);
  }

  private Node callNode(Cons form, List<Node> operands, Callee callee) {
    Node[] nodes = operands.toArray(Node[]::new);
    return inner(
        form.range(),
        frame -> {
          // First the function: that it does not exist matters more than what its operands do.
          Callable function = callee.find(frame);
          Datum[] arguments = new Datum[nodes.length];
          for (int i = 0; i < nodes.length; i++) {
            arguments[i] = nodes[i].eval(frame);
          }
          return function.apply(arguments);
        });
  }

  /** A copy of quoted text without ranges, so that it takes the range of the macro call. */
  Datum withoutRanges(Datum datum) {
    return switch (datum) {
      case Datum.Symbol x -> x.range() == null ? x : new Datum.Symbol(x.name(), null);
      case Datum.Int x -> x.range() == null ? x : new Datum.Int(x.value(), null);
      case Datum.Str x -> x.range() == null ? x : new Datum.Str(x.text(), null);
      case Datum.Char x -> x.range() == null ? x : new Datum.Char(x.codePoint(), null);
      case Cons pair -> {
        List<Datum> elements = new ArrayList<>();
        Datum rest = pair;
        meter.enter();
        while (rest instanceof Cons at) {
          meter.step();
          elements.add(withoutRanges(at.car()));
          rest = at.cdr();
        }
        Datum copy = withoutRanges(rest);
        meter.leave();
        for (int i = elements.size() - 1; i >= 0; i--) {
          copy = new Cons(elements.get(i), copy, null);
        }
        yield copy;
      }
      case Vector vector -> {
        meter.enter();
        Vector copy =
            new Vector(vector.elements().stream().map(this::withoutRanges).toList(), null);
        meter.leave();
        yield copy;
      }
      default -> datum;
    };
  }

  // ---- data

  Cons cons(Datum car, Datum cdr) {
    meter.cell();
    return new Cons(car, cdr, null);
  }

  Datum list(List<? extends Datum> elements) {
    return listWithTail(elements, Datum.NIL);
  }

  Datum listWithTail(List<? extends Datum> elements, Datum tail) {
    meter.cells(elements.size());
    Datum result = tail;
    for (int i = elements.size() - 1; i >= 0; i--) {
      result = new Cons(elements.get(i), result, null);
    }
    return result;
  }

  Datum.Str string(CharSequence text) {
    return new Datum.Str(meter.string(text), null);
  }

  /** A symbol that the evaluator itself writes into a form. */
  Datum.Symbol symbol(String name) {
    return new Datum.Symbol(symbols.symbol(name), null);
  }

  static Datum truth(boolean value) {
    return value ? TRUE : Datum.NIL;
  }
}
