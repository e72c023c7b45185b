package dev.whistler.compiler.form;

import dev.whistler.compiler.check.BindingTypes;
import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.check.ValueRange;
import dev.whistler.compiler.define.ConstantExpressions;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.ProgramContext;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a body: expands forms from the outside in (section 18.2), finds each operator's
 * analyzer, and keeps what is known on the current path. The rules of the forms themselves are in
 * the classes that {@link OperatorTable} lists.
 */
final class BodyAnalyzer {
  private static final BigInteger MIN_WORD = BigInteger.TWO.pow(63).negate();
  private static final BigInteger END_WORD = BigInteger.TWO.pow(64);

  /**
   * Nested forms, those of macro expansions and called functions included; keeps hostile sources
   * off the end of a stack of 1 MiB.
   */
  private static final int MAX_DEPTH = 600;

  /** What a function's analysis within that of its caller takes of the stack, in forms. */
  private static final int LEVELS_OF_CALL = 6;

  private final UnitContext unit;
  private final @Nullable ProgramContext program;
  private final BindingTypes bindings;
  private final @Nullable Functions functions;
  private final Exits exits;
  private final Places places = new Places(this);
  private final Map<Local, Long> loopLimits = new HashMap<>();
  private final Set<Local> poisoned = new HashSet<>();
  private final Set<Expr> effects =
      java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
  private Diagnostics diagnostics;
  private Findings findings = new Findings();
  private ExpansionContext context;
  private Scope scope = Scope.EMPTY;
  private Flow flow = Flow.START;
  private int start;
  private int depth;
  private int deepest;

  /**
   * Prepares a pass.
   *
   * @param program null for constant expressions outside bodies
   * @param diagnostics where this pass reports
   * @param functions kernel-side functions, null for constant expressions
   */
  BodyAnalyzer(
      UnitContext unit,
      @Nullable ProgramContext program,
      BindingTypes bindings,
      Diagnostics diagnostics,
      ExpansionContext context,
      @Nullable Functions functions) {
    this.unit = unit;
    this.functions = functions;
    this.program = program;
    this.bindings = bindings;
    this.diagnostics = diagnostics;
    this.context = context;
    this.exits = new Exits(this);
  }

  /** Counts on from the caller's depth: functions that call one another are nested, too. */
  void startWithin(BodyAnalyzer caller) {
    start = caller.depth;
    depth = start + LEVELS_OF_CALL;
    deepest = depth;
  }

  /** How deep the forms nested, those of functions that are called included. */
  int levels() {
    return deepest - start;
  }

  /**
   * Takes over what the analysis of a function found that is called here.
   *
   * @throws AnalysisException if it failed, or nests too deep for this place
   */
  TypedFunction include(Functions.Version version, Origin at) {
    diagnostics.merge(version.diagnostics());
    findings.add(version.findings());
    AnalysisException failure = version.failure();
    if (failure != null) {
      throw failure;
    }
    enter(version.levels(), at, Message.FUNCTIONS_TOO_NESTED, MAX_DEPTH);
    depth -= version.levels();
    return java.util.Objects.requireNonNull(version.function());
  }

  /** Goes deeper by some levels; the caller comes back. */
  private void enter(int levels, Origin at, Message tooDeep, Object... arguments) {
    if (depth + levels > MAX_DEPTH) {
      throw fail(tooDeep, at, arguments);
    }
    depth += levels;
    deepest = Math.max(deepest, depth);
  }

  UnitContext unit() {
    return unit;
  }

  /** The kernel-side functions; only bodies have them. */
  Functions functions() {
    return java.util.Objects.requireNonNull(functions);
  }

  UnitTables tables() {
    return unit.tables();
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  Findings findings() {
    return findings;
  }

  ExpansionContext context() {
    return context;
  }

  BindingTypes bindings() {
    return bindings;
  }

  Places places() {
    return places;
  }

  Exits exits() {
    return exits;
  }

  ValueRange range() {
    return new ValueRange(loopLimits, bindings);
  }

  /** The program; constant expressions have none and never ask. */
  ProgramContext program() {
    if (program == null) {
      throw new IllegalStateException("no program here");
    }
    return program;
  }

  Optional<ProgramContext> programIfAny() {
    return Optional.ofNullable(program);
  }

  // ---- reporting

  Origin originOf(Datum datum) {
    return context.originOf(datum);
  }

  AnalysisException fail(Message message, Origin at, @Nullable Object... arguments) {
    return diagnostics.fail(message, at, arguments);
  }

  void report(Message message, Origin at, @Nullable Object... arguments) {
    diagnostics.report(message, at, arguments);
  }

  /** Abandons a form that uses a name whose own definition was reported as erroneous. */
  void abandonIfBroken(String name) {
    if (tables().isBroken(name)) {
      throw new AnalysisException(Code.E_UNKNOWN, "the definition's own error was reported");
    }
  }

  /** Checks the number of operands; {@code max} -1 for any. */
  void arity(Form form, int min, int max) {
    int count = form.count();
    if (count >= min && (max < 0 || count <= max)) {
      return;
    }
    Origin at = form.origin();
    throw max == 0
        ? fail(Message.OPERANDS_NONE, at, form.name(), count)
        : min == max
            ? fail(Message.OPERANDS_EXACTLY, at, form.name(), min, count)
            : max < 0
                ? fail(Message.OPERANDS_AT_LEAST, at, form.name(), min, count)
                : fail(Message.OPERANDS_BETWEEN, at, form.name(), min, max, count);
  }

  // ---- forms

  /** Analyzes a form whose value is used as a word. */
  Expr value(Datum datum) {
    return analyze(datum, Use.VALUE);
  }

  /** Analyzes a form. */
  Expr analyze(Datum datum, Use use) {
    enter(1, originOf(datum), Message.FORMS_TOO_NESTED, MAX_DEPTH);
    try {
      Expr expr = analyzeUnchecked(datum, use);
      if ((use == Use.VALUE || use == Use.TEST) && effects.contains(expr)) {
        diagnostics.report(Message.FORM_WITHOUT_VALUE, originOf(datum));
      }
      return expr;
    } finally {
      depth--;
    }
  }

  private Expr analyzeUnchecked(Datum datum, Use use) {
    return switch (datum) {
      case Datum.Int integer -> literal(integer);
      case Datum.Symbol symbol -> symbol(symbol, use);
      case Cons cons -> call(cons, use);
      case Datum.Str string -> throw fail(Message.STRING_AS_VALUE, originOf(string));
      default -> throw fail(Message.DATUM_IS_NO_FORM, originOf(datum));
    };
  }

  private Expr literal(Datum.Int integer) {
    Origin at = originOf(integer);
    BigInteger value = integer.value();
    if (value.compareTo(MIN_WORD) < 0 || value.compareTo(END_WORD) >= 0) {
      throw fail(Message.INTEGER_TOO_WIDE, at);
    }
    return new Expr.Constant(
        value.longValue(), value.signum() < 0 ? ScalarType.I64 : ScalarType.U64, at);
  }

  private Expr symbol(Datum.Symbol symbol, Use use) {
    SymbolName name = symbol.name();
    Origin at = originOf(symbol);
    Scope.Binding binding = scope.find(name);
    if (binding != null) {
      return read(binding.local(), at);
    }
    Optional<Expander.Expansion> expansion = unit.expander().expandSymbol(symbol, context);
    if (expansion.isPresent()) {
      return within(expansion.get().context(), () -> analyze(expansion.get().form(), use));
    }
    if (Datum.isNil(symbol)) {
      return Trees.at(at).zero();
    }
    if (name.isKeyword()) {
      throw fail(Message.KEYWORD_IS_NO_FORM, at);
    }
    Optional<UnitTables.ConstantValue> constant = ConstantNames.find(tables(), name);
    if (constant.isPresent()) {
      Long word = constant.get().word();
      if (word == null) {
        throw fail(Message.CONSTANT_NO_INTEGER, at, name.spelling());
      }
      return new Expr.Constant(word, constant.get().type(), at);
    }
    Global global = tables().globals().get(name.text());
    if (global != null) {
      return places.read(GlobalForms.scalarPlace(global, at, this));
    }
    throw unbound(name, at);
  }

  /** The error for a name that is no variable and no constant here. */
  AnalysisException unbound(SymbolName name, Origin at) {
    abandonIfBroken(name.text());
    List<String> names = scope.names();
    List<String> candidates = new ArrayList<>(names);
    candidates.addAll(tables().constants().keySet());
    candidates.addAll(dev.whistler.compiler.table.Constants.all().keySet());
    String hint = NearMatches.hint(name.text(), candidates);
    if (hint == null) {
      hint =
          names.isEmpty()
              ? "no variables are in scope"
              : "in scope: " + String.join(", ", names.subList(0, Math.min(names.size(), 12)));
    }
    return fail(Message.VARIABLE_UNKNOWN, at, name.spelling(), hint);
  }

  private Expr call(Cons cons, Use use) {
    if (!(cons.car() instanceof Datum.Symbol head) || head.name().isKeyword()) {
      throw fail(Message.OPERATOR_EXPECTED, originOf(cons));
    }
    SymbolName name = head.name();
    Operator operator = OperatorTable.core(name.text());
    if (operator == null && unit.expander().isMacro(name, context)) {
      Expander.Expansion expansion = unit.expander().expand(cons, context);
      return within(expansion.context(), () -> analyze(expansion.form(), use));
    }
    Form form = form(cons, name);
    if (operator == null) {
      operator = secondary(form);
    }
    ExpansionContext outer = context;
    int levels = furtherLevels(form);
    enter(levels, form.origin(), Message.FORM_TOO_NESTED, MAX_DEPTH, form.name(), levels + 1);
    context = context.within(cons);
    try {
      return operator.analyze(form, this, use);
    } finally {
      depth -= levels;
      context = outer;
    }
  }

  /**
   * How much deeper the typed form nests than the form itself: an operator of two operands that
   * gets more is one within the other, as are clauses and bindings that come one after the other.
   */
  private static int furtherLevels(Form form) {
    int parts =
        switch (form.name()) {
          case "+", "-", "*", "/", "logand", "bit-and", "&" -> form.count();
          case "logior", "bit-or", "logxor", "bit-xor", "and", "case" -> form.count();
          // These keep a value for each, and these their ways out.
          case "or" -> 2 * form.count();
          case "dotimes", "bpf-loop", "with-ringbuf" -> 4;
          case "cond" -> form.count() + 1;
          case "let", "let*" -> bindingLevels(form);
          case "when-let", "if-let" -> 2 * bindingLevels(form);
          default -> 0;
        };
    return Math.max(0, parts - 2);
  }

  /** Two for the form, and one for each of its bindings. */
  private static int bindingLevels(Form form) {
    int levels = 2;
    Datum rest = form.count() == 0 ? Datum.NIL : form.operand(0);
    while (rest instanceof Cons pair) {
      levels++;
      rest = pair.cdr();
    }
    return levels;
  }

  /** The parts of a call. */
  Form form(Cons cons, SymbolName operator) {
    Origin at = originOf(cons);
    return new Form(
        operator,
        cons,
        ProperList.require(cons.cdr(), "the form " + operator.spelling(), at, diagnostics),
        at);
  }

  /** Generated accessors, kernel-side functions and the like; {@code E-UNKNOWN} otherwise. */
  private Operator secondary(Form form) {
    return OperatorTable.generated(form, this).orElseThrow(() -> OperatorTable.unknown(form, this));
  }

  /**
   * The operator of a call after macro expansion, if it can be assigned to.
   *
   * @param use what to do with the form and its accessor
   */
  <T> T withAccessor(Cons cons, java.util.function.BiFunction<Form, Operator, T> use) {
    if (!(cons.car() instanceof Datum.Symbol head) || head.name().isKeyword()) {
      throw fail(Message.ACCESSOR_EXPECTED, originOf(cons));
    }
    SymbolName name = head.name();
    Operator operator = OperatorTable.core(name.text());
    if (operator == null && unit.expander().isMacro(name, context)) {
      throw new IllegalStateException("macros are expanded by Places");
    }
    Form form = form(cons, name);
    ExpansionContext outer = context;
    context = context.within(cons);
    try {
      return use.apply(form, operator == null ? secondary(form) : operator);
    } finally {
      context = outer;
    }
  }

  /** Runs an analysis inside a macro expansion or another context. */
  <T> T within(ExpansionContext inner, Supplier<T> analysis) {
    ExpansionContext outer = context;
    enter(
        1,
        new Origin(outer.originOf(Datum.NIL).range(), outer.frames()),
        Message.EXPANSIONS_TOO_NESTED,
        MAX_DEPTH);
    context = inner;
    try {
      return analysis.get();
    } finally {
      depth--;
      context = outer;
    }
  }

  /**
   * Analyzes forms one after the other; an erroneous one does not keep the others from being
   * analyzed.
   */
  Expr sequence(List<Datum> forms, Use use, Origin at) {
    if (forms.isEmpty()) {
      return plainZero(at);
    }
    List<Expr> result = new ArrayList<>();
    AnalysisException failure = null;
    for (int i = 0; i < forms.size(); i++) {
      boolean last = i == forms.size() - 1;
      Flow before = flow;
      try {
        result.add(analyze(forms.get(i), last ? use : Use.NONE));
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
        flow = before;
        if (diagnostics.isFull()) {
          break;
        }
      }
      if (!flow.reachable() && !last) {
        diagnostics.report(Message.FORM_UNREACHABLE, originOf(forms.get(i + 1)));
        break;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return new Expr.Sequence(result, at);
  }

  /** The value 0 of an empty sequence, which is no constant expression. */
  Expr plainZero(Origin at) {
    return new Expr.Sequence(List.of(Trees.at(at).zero()), at);
  }

  /** Marks a form as one without a value (section 4.8). */
  Expr effect(Expr expr) {
    effects.add(expr);
    return expr;
  }

  boolean isEffect(Expr expr) {
    return effects.contains(expr);
  }

  /** Analyzes all operands as values; reports the errors of all before it gives up. */
  List<Expr> values(List<Datum> operands) {
    List<Expr> result = new ArrayList<>();
    AnalysisException failure = null;
    for (Datum operand : operands) {
      try {
        result.add(value(operand));
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return result;
  }

  // ---- constants

  /** The value of a constant expression, or empty if the form is none (section 5.1). */
  OptionalLong constant(Datum datum) {
    return new ConstantExpressions(unit, diagnostics).value(datum, context);
  }

  /** The value of a constant expression; {@code E-CONST} if the form is none. */
  long requireConstant(Datum datum, String what) {
    return new ConstantExpressions(unit, diagnostics).require(datum, context, what);
  }

  /** A constant that must be an offset or a length: 0 to {@code max}, else the message given. */
  int constantWithin(Datum datum, String what, long min, long max) {
    return constantWithin(datum, what, min, max, Message.CONSTANT_OUT_OF_RANGE);
  }

  /** The same with a message of its own. */
  int constantWithin(Datum datum, String what, long min, long max, Message outside) {
    long value = requireConstant(datum, what);
    if (value < min || value > max) {
      throw fail(outside, originOf(datum), what, value, min, max);
    }
    return (int) value;
  }

  // ---- paths

  Flow flow() {
    return flow;
  }

  void setFlow(Flow flow) {
    this.flow = flow;
  }

  /** Where two paths meet; a resource that is live on one only is {@code E-LEAK}. */
  Flow join(Flow a, Flow b, Origin at) {
    return Flow.join(
        a, b, resource -> leak(resource, at, Message.LEAK_ON_ONE_PATH, resource.description()));
  }

  /** Reports a leak, unless an earlier error may be its cause. */
  void leak(Resource resource, Origin at, Message message, Object... arguments) {
    if (!diagnostics.hasErrors()) {
      diagnostics.report(
          message.with(arguments),
          at,
          List.of(
              new dev.whistler.compiler.diagnostic.Diagnostic.Note(
                  "acquired here", resource.origin().range())));
    }
  }

  /**
   * Analyzes what a constant test excludes (section 5.4): only errors of shape are reported, and
   * nothing of it stays.
   */
  void analyzeDead(Supplier<Expr> analysis) {
    Diagnostics outerDiagnostics = diagnostics;
    Findings outerFindings = findings;
    Flow outerFlow = flow;
    Scope outerScope = scope;
    diagnostics = outerDiagnostics.scratch();
    findings = new Findings();
    try {
      Expr unused = analysis.get();
    } catch (AnalysisException e) {
      // What matters was reported to the scratch diagnostics.
    } finally {
      outerDiagnostics.mergeOnly(
          diagnostics, Set.of(Code.E_SYNTAX, Code.E_ARITY, Code.E_LIMIT, Code.E_BUDGET));
      diagnostics = outerDiagnostics;
      findings = outerFindings;
      flow = outerFlow;
      scope = outerScope;
    }
  }

  // ---- variables

  Scope scope() {
    return scope;
  }

  /** Runs an analysis in an inner scope; what was known of its variables is forgotten after it. */
  <T> T inScope(Scope inner, List<Local> locals, Supplier<T> analysis) {
    Scope outer = scope;
    ExpansionContext outerContext = context;
    scope = inner;
    for (Scope.Binding binding : inner.newerThan(outer)) {
      context = context.shadowing(binding.name());
    }
    try {
      return analysis.get();
    } finally {
      scope = outer;
      context = outerContext;
      for (Local local : locals) {
        flow = flow.without(local);
      }
    }
  }

  /** Reads a variable, with what the current path knows of it. */
  Expr read(Local local, Origin at) {
    if (poisoned.contains(local)) {
      throw new AnalysisException(Code.E_TYPE, "the variable's own error was reported");
    }
    Resource resource = flow.heldBy(local);
    if (resource != null && flow.state(resource) == Resource.State.DEAD) {
      throw fail(Message.RESERVATION_GIVEN_BACK, at, local.name(), resource.description());
    }
    Expr read = new Expr.Read(local, at);
    return local.type() instanceof PointerType pointer
            && pointer.nullable()
            && flow.nonNull().contains(local)
        ? new Expr.Retype(read, pointer.nonNull(), at)
        : read;
  }

  /**
   * Makes a variable.
   *
   * @param maker the datum that makes it, and which of its variables it is
   * @param declared written type or null
   * @param init its first value, already converted
   */
  Local local(
      SymbolName name,
      Datum maker,
      int index,
      @Nullable ScalarType declared,
      Expr init,
      Origin at) {
    StaticType type = declared != null ? declared : bindings.typeOf(maker, index, init);
    Local local = new Local(name.spelling(), declared, type, at);
    bindings.bound(local, maker, index, init);
    if (init.type() instanceof PointerType p && !p.nullable()) {
      flow = flow.withNonNull(local);
    }
    Resource resource = exits.resourceOf(init);
    if (resource != null) {
      flow = flow.withHolder(local, resource);
    }
    return local;
  }

  /**
   * Makes a parameter of a kernel-side function.
   *
   * @param typical a value of its type; nothing else is known of it
   */
  Local parameter(
      SymbolName name,
      Datum maker,
      int index,
      @Nullable ScalarType declared,
      Expr typical,
      Origin at) {
    Local local = local(name, maker, index, declared, typical, at);
    bindings.temporary(local, new Expr.Read(local, at));
    return local;
  }

  /** Marks a variable whose initial value was erroneous: uses of it are silently abandoned. */
  void poison(Local local) {
    poisoned.add(local);
  }

  /** Notes the largest value of a loop variable. */
  void limit(Local local, long max) {
    loopLimits.put(local, max);
  }

  /** Evaluates a value once and uses it in several places. */
  Expr once(String name, Expr value, Function<Expr, Expr> use) {
    if (value instanceof Expr.Constant) {
      return use.apply(value);
    }
    Local local = temporary(name, value);
    return new Expr.Let(
        local, value, use.apply(new Expr.Read(local, value.origin())), value.origin());
  }

  /** A variable of the compiler's own. */
  Local temporary(String name, Expr value) {
    Local local = new Local(name, null, value.type(), value.origin());
    bindings.temporary(local, value);
    return local;
  }
}
