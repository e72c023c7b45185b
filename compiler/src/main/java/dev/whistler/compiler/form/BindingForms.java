package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code let}, {@code let*}, {@code setf}, {@code setq}, {@code incf}, {@code decf} (6.1). */
final class BindingForms {
  private BindingForms() {}

  static void register(Map<String, Operator> table) {
    table.put("let", (form, body, use) -> let(form, body, use, false));
    table.put("let*", (form, body, use) -> let(form, body, use, true));
    table.put("setf", BindingForms::setf);
    table.put("setq", BindingForms::setq);
    table.put("incf", (form, body, use) -> step(Expr.Operator.ADD, form, body, use));
    table.put("decf", (form, body, use) -> step(Expr.Operator.SUBTRACT, form, body, use));
    table.put(
        "declare",
        (form, body, use) -> {
          throw body.fail(Message.DECLARE_MISPLACED, form.origin());
        });
  }

  /** A binding as written: {@code (v INIT)}, {@code (v T INIT)}, {@code (v T)} or {@code (v)}. */
  record Written(
      Datum datum, SymbolName name, @Nullable ScalarType type, @Nullable Datum init, Origin at) {}

  static Written parse(Datum datum, BodyAnalyzer body) {
    Origin at = body.originOf(datum);
    Optional<List<Datum>> parts =
        datum instanceof Cons ? ProperList.elements(datum) : Optional.empty();
    if (parts.isEmpty() || parts.get().size() > 3) {
      throw body.fail(
          Message.BINDING_SHAPE, at, datum instanceof Datum.Symbol s ? s.name().spelling() : null);
    }
    List<Datum> list = parts.get();
    SymbolName name = variable(list.getFirst(), body);
    return switch (list.size()) {
      case 1 -> new Written(datum, name, null, null, at);
      case 2 -> {
        Optional<ScalarType> type = TypeNames.scalar(list.get(1));
        boolean isType =
            type.isPresent() && body.scope().find(((Datum.Symbol) list.get(1)).name()) == null;
        yield isType
            ? new Written(datum, name, type.get(), null, at)
            : new Written(datum, name, null, list.get(1), at);
      }
      default -> new Written(datum, name, Types.requireScalar(list.get(1), body), list.get(2), at);
    };
  }

  /** The name of a variable to bind: a symbol that is no constant. */
  static SymbolName variable(Datum datum, BodyAnalyzer body) {
    Origin at = body.originOf(datum);
    if (!(datum instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.VARIABLE_NAME_EXPECTED, at);
    }
    SymbolName name = symbol.name();
    if (Datum.isNil(datum)
        || name == SymbolName.T
        || ConstantNames.find(body.tables(), name).isPresent()) {
      throw body.fail(Message.CONSTANT_CANNOT_NAME_VARIABLE, at, name.spelling());
    }
    if (name.text().startsWith(".")) {
      throw body.fail(Message.NAME_STARTS_WITH_DOT, at);
    }
    return name;
  }

  private static Expr let(Form form, BodyAnalyzer body, Use use, boolean sequential) {
    body.arity(form, 1, -1);
    List<Datum> bindings =
        ProperList.require(
            form.operand(0), "the bindings of " + form.name(), form.origin(), body.diagnostics());
    List<Written> written = new ArrayList<>();
    Set<SymbolName> names = new HashSet<>();
    for (Datum binding : bindings) {
      Written b = parse(binding, body);
      if (!names.add(b.name()) && !sequential) {
        body.report(Message.VARIABLE_TWICE, b.at(), b.name().spelling());
      }
      written.add(b);
    }
    List<Datum> forms = form.from(1);
    int declarations = 0;
    Map<SymbolName, ScalarType> declared = new HashMap<>();
    while (declarations < forms.size() && isDeclaration(forms.get(declarations))) {
      declare(forms.get(declarations++), names, declared, body);
    }
    return bind(
        form, written, declared, forms.subList(declarations, forms.size()), body, use, sequential);
  }

  static boolean isDeclaration(Datum datum) {
    return datum instanceof Cons cons
        && cons.car() instanceof Datum.Symbol head
        && head.name().text().equals("declare");
  }

  /** Reads {@code (declare (type T v…)…)} and {@code (declare (T v…))}; ignores the others. */
  static void declare(
      Datum declaration,
      Set<SymbolName> bound,
      Map<SymbolName, ScalarType> types,
      BodyAnalyzer body) {
    Origin at = body.originOf(declaration);
    for (Datum specifier :
        ProperList.require(((Cons) declaration).cdr(), "declare", at, body.diagnostics())) {
      List<Datum> parts = ProperList.elements(specifier).orElse(List.of());
      if (parts.isEmpty() || !(parts.getFirst() instanceof Datum.Symbol head)) {
        continue;
      }
      int first = 1;
      ScalarType type;
      if (head.name().text().equals("type") && parts.size() > 1) {
        type = Types.requireScalar(parts.get(1), body);
        first = 2;
      } else if (ScalarType.named(head.name().text()).isPresent()) {
        type = ScalarType.named(head.name().text()).get();
      } else {
        continue;
      }
      for (Datum variable : parts.subList(first, parts.size())) {
        if (!(variable instanceof Datum.Symbol symbol)) {
          throw body.fail(Message.DECLARATION_SHAPE, body.originOf(variable));
        }
        if (!bound.contains(symbol.name())) {
          throw body.fail(
              Message.DECLARED_VARIABLE_UNBOUND, body.originOf(variable), symbol.name().spelling());
        }
        types.put(symbol.name(), type);
      }
    }
  }

  private static Expr bind(
      Form form,
      List<Written> written,
      Map<SymbolName, ScalarType> declared,
      List<Datum> forms,
      BodyAnalyzer body,
      Use use,
      boolean sequential) {
    List<Local> locals = new ArrayList<>();
    List<Expr> inits = new ArrayList<>();
    AnalysisException[] failure = {null};
    Scope inner = body.scope();
    Scope outer = body.scope();
    List<Scope.Binding> pending = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      Written w = written.get(i);
      boolean last = lastOf(written, i);
      ScalarType type = last && declared.containsKey(w.name()) ? declared.get(w.name()) : w.type();
      Scope visible = sequential ? inner : outer;
      Local local;
      try {
        Expr init = body.inScope(visible, List.of(), () -> initial(w, type, body));
        local = body.local(w.name(), w.datum(), 0, type, init, w.at());
        if (body.bindings().isAddressTaken(local)) {
          local.setInMemory();
        }
        inits.add(init);
      } catch (AnalysisException e) {
        failure[0] = failure[0] == null ? e : failure[0];
        local = new Local(w.name().spelling(), type, type == null ? ScalarType.U64 : type, w.at());
        body.poison(local);
        inits.add(Trees.at(w.at()).zero());
      }
      locals.add(local);
      Scope.Binding binding = new Scope.Binding(w.name(), local, null);
      if (sequential) {
        inner = inner.with(binding);
      } else {
        pending.add(binding);
      }
    }
    for (Scope.Binding binding : pending) {
      inner = inner.with(binding);
    }
    Expr result = body.inScope(inner, locals, () -> body.sequence(forms, use, form.origin()));
    if (failure[0] != null) {
      throw failure[0];
    }
    if (!sequential && locals.size() > 1) {
      return parallel(locals, inits, result);
    }
    for (int i = locals.size() - 1; i >= 0; i--) {
      result = new Expr.Let(locals.get(i), inits.get(i), result, form.origin());
    }
    return result instanceof Expr.Constant
        ? new Expr.Sequence(List.of(result), form.origin())
        : result;
  }

  /**
   * All initial values before all variables. Locals are distinct, so binding one before the next
   * value is computed changes nothing: the value cannot name it.
   */
  private static Expr parallel(List<Local> locals, List<Expr> inits, Expr body) {
    Expr result = body;
    for (int i = locals.size() - 1; i >= 0; i--) {
      result = new Expr.Let(locals.get(i), inits.get(i), result, locals.get(i).origin());
    }
    return result;
  }

  private static boolean lastOf(List<Written> written, int index) {
    for (int i = index + 1; i < written.size(); i++) {
      if (written.get(i).name() == written.get(index).name()) {
        return false;
      }
    }
    return true;
  }

  private static Expr initial(Written w, @Nullable ScalarType type, BodyAnalyzer body) {
    Expr value =
        w.init() == null
            ? new Expr.Constant(0, type == null ? ScalarType.U64 : type, w.at())
            : body.value(w.init());
    return type == null ? value : converted(type, value, w.at(), body);
  }

  /** A value on its way into an explicitly typed variable or a field. */
  static Expr converted(ScalarType type, Expr value, Origin at, BodyAnalyzer body) {
    if (value instanceof Expr.Constant c && !Words.fits(c.value(), type.width())) {
      body.report(
          Message.CONSTANT_TRUNCATED,
          value.origin(),
          c.value(),
          type.text(),
          type.convert(c.value()));
    }
    if (value.type() instanceof ScalarType scalar
        && scalar == type
        && !(value instanceof Expr.Constant)) {
      return value;
    }
    return ArithmeticForms.convert(type, value, at);
  }

  private static Expr setf(Form form, BodyAnalyzer body, Use use) {
    if (form.count() % 2 != 0) {
      throw body.fail(Message.SETF_PAIRS, form.origin(), form.name());
    }
    List<Expr> stores = new ArrayList<>();
    AnalysisException failure = null;
    for (int i = 0; i < form.count(); i += 2) {
      boolean last = i + 2 == form.count();
      Flow before = body.flow();
      try {
        Place place = body.places().analyze(form.operand(i));
        Expr value = body.value(form.operand(i + 1));
        stores.add(body.places().write(place, value, last ? use : Use.NONE, form.origin()));
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
        body.setFlow(before);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return switch (stores.size()) {
      case 0 -> body.plainZero(form.origin());
      case 1 -> stores.getFirst();
      default -> new Expr.Sequence(stores, form.origin());
    };
  }

  private static Expr setq(Form form, BodyAnalyzer body, Use use) {
    for (int i = 0; i < form.count(); i += 2) {
      if (!(form.operand(i) instanceof Datum.Symbol)) {
        throw body.fail(Message.SETQ_VARIABLE, body.originOf(form.operand(i)));
      }
    }
    return setf(form, body, use);
  }

  private static Expr step(Expr.Operator operator, Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 2);
    Place place = body.places().analyze(form.operand(0));
    Expr amount = form.count() == 2 ? body.value(form.operand(1)) : form.at().word(1);
    return body.places().step(place, operator, amount, use, form.origin());
  }
}
