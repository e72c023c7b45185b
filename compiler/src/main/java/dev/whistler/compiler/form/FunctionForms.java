package dev.whistler.compiler.form;

import dev.whistler.compiler.check.BindingTypes;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.TypedFunction;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of kernel-side functions and {@code return-from} (section 19.2). */
final class FunctionForms {
  private static final int MAX_PARAMETERS = 5;
  private static final int MAX_PASSES = 40;

  private FunctionForms() {}

  static void register(Map<String, Operator> table) {
    table.put("return-from", FunctionForms::returnFrom);
  }

  /** The operator of a function that the source defines. */
  static Optional<Operator> operator(SymbolName name, BodyAnalyzer body) {
    return body.unit()
        .expander()
        .function(name)
        .map(function -> (form, b, use) -> call(function, form, b));
  }

  private static Expr call(Expander.Function function, Form form, BodyAnalyzer body) {
    String name = function.name().text();
    Origin at = form.origin();
    List<Datum> parameters =
        ProperList.require(
            function.lambdaList(), "the lambda list of " + name, at, body.diagnostics());
    if (parameters.stream().anyMatch(FunctionForms::isNoParameter)
        || parameters.size() > MAX_PARAMETERS) {
      throw body.fail(Message.FUNCTION_PARAMETERS, at, name, MAX_PARAMETERS);
    }
    body.arity(form, parameters.size(), parameters.size());
    if (body.functions().active().contains(name)) {
      throw body.fail(
          Message.FUNCTION_RECURSIVE, at, name, String.join(" calls ", body.functions().active()));
    }
    List<Expr> arguments = body.values(form.operands());
    List<StaticType> types =
        arguments.stream()
            .map(a -> a.type() instanceof PointerType p ? (StaticType) p : ScalarType.U64)
            .toList();
    Functions.Key key = new Functions.Key(name, body.program().name(), types);
    Functions.Version version = body.functions().find(key);
    if (version == null) {
      version = new Definition(function, parameters, types, body, at).analyze(key);
      body.functions().add(key, version);
    }
    TypedFunction typed = body.include(version, at);
    if (typed.tailCalls()) {
      body.exits().tailCall(at);
    }
    List<Expr> converted = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      ScalarType declared = typed.parameters().get(i).declared();
      converted.add(
          declared == null
              ? arguments.get(i)
              : BindingForms.converted(declared, arguments.get(i), at, body));
    }
    return new Expr.CallFunction(typed, converted, typed.body().type(), at);
  }

  private static boolean isNoParameter(Datum datum) {
    return !(datum instanceof Datum.Symbol s)
        || s.name().isKeyword()
        || s.name().text().startsWith("&");
  }

  /** One version of a function: passes over its body until its types are settled. */
  private static final class Definition {
    private final Expander.Function function;
    private final List<Datum> parameters;
    private final List<StaticType> types;
    private final BodyAnalyzer caller;
    private final Origin at;

    Definition(
        Expander.Function function,
        List<Datum> parameters,
        List<StaticType> types,
        BodyAnalyzer caller,
        Origin at) {
      this.function = function;
      this.parameters = parameters;
      this.types = types;
      this.caller = caller;
      this.at = at;
    }

    Functions.Version analyze(Functions.Key key) {
      BindingTypes bindings = new BindingTypes();
      caller.functions().active().add(key.name());
      try {
        for (int pass = 0; ; pass++) {
          bindings.startPass();
          Diagnostics scratch = caller.diagnostics().scratch();
          BodyAnalyzer body =
              new BodyAnalyzer(
                  caller.unit(),
                  caller.program(),
                  bindings,
                  scratch,
                  function.context(),
                  caller.functions());
          body.startWithin(caller);
          AnalysisException failure = null;
          TypedFunction typed = null;
          try {
            typed = pass(body, key);
          } catch (AnalysisException e) {
            failure = e;
          }
          if (bindings.stable() || pass == MAX_PASSES) {
            return new Functions.Version(typed, failure, scratch, body.findings(), body.levels());
          }
        }
      } finally {
        caller.functions().active().removeLast();
      }
    }

    private TypedFunction pass(BodyAnalyzer body, Functions.Key key) {
      List<Datum> forms =
          new ArrayList<>(
              ProperList.require(
                  function.body(), "the body of " + key.name(), at, body.diagnostics()));
      if (forms.size() > 1 && forms.getFirst() instanceof Datum.Str) {
        forms.removeFirst();
      }
      List<SymbolName> names = new ArrayList<>();
      for (Datum parameter : parameters) {
        names.add(BindingForms.variable(parameter, body));
      }
      Map<SymbolName, ScalarType> declared = new HashMap<>();
      while (!forms.isEmpty() && BindingForms.isDeclaration(forms.getFirst())) {
        BindingForms.declare(forms.removeFirst(), new HashSet<>(names), declared, body);
      }
      List<Local> locals = new ArrayList<>();
      Scope scope = Scope.EMPTY;
      for (int i = 0; i < names.size(); i++) {
        ScalarType type = declared.get(names.get(i));
        Origin parameterAt = body.originOf(parameters.get(i));
        Expr init =
            new Expr.Retype(
                Trees.at(parameterAt).zero(), type != null ? type : types.get(i), parameterAt);
        Local local =
            body.parameter(names.get(i), function.definition(), i, type, init, parameterAt);
        if (body.bindings().isAddressTaken(local)) {
          local.setInMemory();
        }
        locals.add(local);
        scope = scope.with(new Scope.Binding(names.get(i), local, null));
      }
      body.exits().enterFunction(key.name());
      Scope inner = scope;
      Expr expr =
          body.inScope(
              inner,
              List.of(),
              () ->
                  body.sequence(
                      forms, Use.VALUE, function.context().originOf(function.definition())));
      if (body.flow().reachable()) {
        body.exits().checkNothingPending(at);
      }
      TypedFunction typed =
          new TypedFunction(
              key.name(),
              body.functions().symbol(function),
              locals,
              function.context().originOf(function.definition()));
      typed.setBody(expr);
      typed.setTailCalls(body.exits().tailCalls());
      return typed;
    }
  }

  private static Expr returnFrom(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 2);
    String function = body.exits().function();
    String name = form.operand(0) instanceof Datum.Symbol s ? s.name().text() : "";
    if (!name.equals(function)) {
      Origin at = body.originOf(form.operand(0));
      throw function == null
          ? body.fail(Message.RETURN_FROM_OUTSIDE, at)
          : body.fail(Message.RETURN_FROM_UNKNOWN, at, function);
    }
    Expr value = form.count() == 2 ? body.value(form.operand(1)) : form.at().zero();
    return body.exits().leave(value, form.origin());
  }
}
