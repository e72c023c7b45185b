package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Forms that bind variables, functions and local macros. */
final class BindingForms {
  private final Evaluator evaluator;
  private final Meter meter;

  BindingForms(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
  }

  Node.Body macrolet(Cons form, Scope scope) {
    return within(macrolet(form, scope.macros()), form, scope);
  }

  Node.Body symbolMacrolet(Cons form, Scope scope) {
    return within(symbolMacrolet(form, scope.macros()), form, scope);
  }

  /** The body has a scope of its own, and thus a frame. */
  private Node.Body within(LexicalMacros macros, Cons form, Scope scope) {
    Node.Body body = evaluator.prepareBody(body(form), scope.inner(macros));
    return frame -> body.run(new Frame(frame, 0));
  }

  Node.Body lambda(Cons form, Scope scope) {
    return lambda(form, "lambda", scope);
  }

  private List<Datum> operands(Cons form, int min) {
    return FormParts.operands(form, min, meter);
  }

  private List<Datum> body(Cons form) {
    List<Datum> operands = operands(form, 1);
    return operands.subList(1, operands.size());
  }

  private record Binding(SymbolName name, @Nullable Datum initial) {}

  private List<Binding> bindings(Cons form) {
    String operator = FormParts.name(form);
    List<Binding> bindings = new ArrayList<>();
    for (Datum binding : FormParts.list(operands(form, 1).getFirst(), operator, meter)) {
      if (binding instanceof Cons) {
        List<Datum> parts = FormParts.list(binding, operator, meter);
        if (parts.size() > 2) {
          throw new MacroError(Message.MACRO_BINDING_SHAPE, operator);
        }
        bindings.add(
            new Binding(
                FormParts.variable(parts.getFirst(), operator),
                parts.size() > 1 ? parts.get(1) : null));
      } else {
        bindings.add(new Binding(FormParts.variable(binding, operator), null));
      }
    }
    return bindings;
  }

  private Node initial(@Nullable Datum form, Scope scope) {
    return form == null ? Node.constant(meter, Datum.NIL) : evaluator.prepare(form, scope);
  }

  Node.Body let(Cons form, Scope outer) {
    List<Binding> bindings = bindings(form);
    Node[] initials = new Node[bindings.size()];
    Scope scope = outer.inner();
    for (int i = 0; i < initials.length; i++) {
      initials[i] = initial(bindings.get(i).initial, outer);
    }
    int[] slots = new int[initials.length];
    for (int i = 0; i < initials.length; i++) {
      slots[i] = scope.variable(bindings.get(i).name);
    }
    Node.Body body = evaluator.prepareBody(body(form), scope);
    for (int i = 0; i < initials.length; i++) {
      body = dynamic(bindings.get(i).name, slots[i], body);
    }
    Node.Body inside = body;
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < initials.length; i++) {
        inner.slots[slots[i]] = initials[i].eval(frame);
      }
      return inside.run(inner);
    };
  }

  /** A variable that was made special is bound dynamically around the body. */
  private Node.Body dynamic(SymbolName name, int slot, Node.Body body) {
    return evaluator.isSpecial(name)
        ? frame -> evaluator.withDynamic(name, frame.slots[slot], body, frame)
        : body;
  }

  Node.Body letInOrder(Cons form, Scope outer) {
    List<Binding> bindings = bindings(form);
    if (bindings.stream().anyMatch(binding -> evaluator.isSpecial(binding.name))) {
      return nestedLets(form, outer);
    }
    Scope scope = outer.inner();
    Node[] initials = new Node[bindings.size()];
    int[] slots = new int[initials.length];
    for (int i = 0; i < initials.length; i++) {
      initials[i] = initial(bindings.get(i).initial, scope);
      slots[i] = scope.variable(bindings.get(i).name);
    }
    Node.Body body = evaluator.prepareBody(body(form), scope);
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < initials.length; i++) {
        inner.slots[slots[i]] = initials[i].eval(inner);
      }
      return body.run(inner);
    };
  }

  private Node.Body nestedLets(Cons form, Scope scope) {
    List<Datum> bindings = FormParts.list(operands(form, 1).getFirst(), "let*", meter);
    Datum nested = new Cons(evaluator.symbol("progn"), evaluator.list(body(form)), null);
    for (Datum binding : bindings.reversed()) {
      nested = ProperList.of(evaluator.symbol("let"), ProperList.of(binding), nested);
    }
    return evaluator.prepare(nested, scope)::execute;
  }

  private Node.Body lambda(Cons form, String name, Scope scope) {
    List<Datum> operands = operands(form, 1);
    Closure.Code code =
        new Closure.Code(
            evaluator,
            name,
            null,
            operands.getFirst(),
            operands.subList(1, operands.size()),
            scope,
            false);
    return frame -> {
      meter.cell();
      return new Closure(code, frame);
    };
  }

  Node.Body function(Cons form, Scope scope) {
    Datum designator = FormParts.operands(form, 1, 1, meter).getFirst();
    if (FormParts.isCall(designator, "lambda")) {
      return lambda((Cons) designator, scope);
    }
    SymbolName name = FormParts.symbol(designator, "function");
    Scope.Place place = scope.find(Scope.Space.FUNCTION, name);
    if (place != null) {
      return frame -> frame.at(place.level()).slots[place.index()];
    }
    Evaluator.FunctionCell cell = evaluator.cell(name);
    return frame -> evaluator.function(cell);
  }

  private record LocalFunction(SymbolName name, Datum lambdaList, List<Datum> body) {}

  private List<LocalFunction> localFunctions(Cons form) {
    String operator = FormParts.name(form);
    List<LocalFunction> functions = new ArrayList<>();
    for (Datum definition : FormParts.list(operands(form, 1).getFirst(), operator, meter)) {
      List<Datum> parts = FormParts.list(definition, operator, meter);
      if (parts.size() < 2) {
        throw new MacroError(Message.LOCAL_DEFINITION_SHAPE, operator);
      }
      functions.add(
          new LocalFunction(
              FormParts.variable(parts.getFirst(), operator),
              parts.get(1),
              parts.subList(2, parts.size())));
    }
    return functions;
  }

  private Closure.Code code(LocalFunction function, Scope scope) {
    return new Closure.Code(
        evaluator,
        function.name.toString(),
        function.name,
        function.lambdaList,
        function.body,
        scope,
        false);
  }

  Node.Body flet(Cons form, Scope outer) {
    Scope scope = outer.inner();
    List<Closure.Code> codes = new ArrayList<>();
    for (LocalFunction function : localFunctions(form)) {
      codes.add(code(function, outer));
      scope.function(function.name);
    }
    Node.Body body = evaluator.prepareBody(body(form), scope);
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < codes.size(); i++) {
        inner.slots[i] = new Closure(codes.get(i), frame);
      }
      return body.run(inner);
    };
  }

  Node.Body labels(Cons form, Scope outer) {
    Scope scope = outer.inner();
    List<LocalFunction> functions = localFunctions(form);
    functions.forEach(function -> scope.function(function.name));
    List<Closure.Code> codes = functions.stream().map(function -> code(function, scope)).toList();
    Node.Body body = evaluator.prepareBody(body(form), scope);
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < codes.size(); i++) {
        inner.slots[i] = new Closure(codes.get(i), inner);
      }
      return body.run(inner);
    };
  }

  /** The local macros inside a {@code macrolet}. */
  LexicalMacros macrolet(Cons form, LexicalMacros outer) {
    Map<SymbolName, MacroFunction> macros = new HashMap<>();
    for (LocalFunction macro : localFunctions(form)) {
      if (evaluator.access().isReservedOperator(macro.name.text())) {
        throw new MacroError(Message.MACROLET_BUILT_IN, macro.name);
      }
      macros.put(macro.name, macro(macro.name, macro.lambdaList, macro.body, form, outer));
    }
    return outer.withOperators(macros);
  }

  private MacroFunction macro(
      SymbolName name, Datum lambdaList, List<Datum> body, Cons definition, LexicalMacros macros) {
    Closure.Code code =
        new Closure.Code(
            evaluator, name.toString(), name, lambdaList, body, Scope.outermost(macros), true);
    return new MacroFunction(
        name.spelling(), definition.range(), new Closure(code, new Frame(null, 0))::expand);
  }

  /** The macro that a {@code defmacro} form defines. */
  MacroFunction defmacro(Cons form) {
    List<Datum> operands = operands(form, 2);
    return macro(
        FormParts.variable(operands.getFirst(), "defmacro"),
        operands.get(1),
        operands.subList(2, operands.size()),
        form,
        LexicalMacros.NONE);
  }

  /** The function that a {@code defun} form defines. */
  Closure defun(Cons form) {
    List<Datum> operands = operands(form, 2);
    SymbolName name = FormParts.variable(operands.getFirst(), "defun");
    return new Closure(
        code(
            new LocalFunction(name, operands.get(1), operands.subList(2, operands.size())),
            Scope.outermost(LexicalMacros.NONE)),
        new Frame(null, 0));
  }

  LexicalMacros symbolMacrolet(Cons form, LexicalMacros outer) {
    Map<SymbolName, Datum> expansions = new HashMap<>();
    for (Binding binding : bindings(form)) {
      if (binding.initial == null) {
        throw new MacroError(Message.SYMBOL_MACROLET_SHAPE);
      }
      expansions.put(binding.name, binding.initial);
    }
    return outer.withSymbols(expansions);
  }

  Node.Body destructure(Cons form, Scope outer) {
    List<Datum> operands = operands(form, 2);
    Node data = evaluator.prepare(operands.get(1), outer);
    Scope scope = outer.inner();
    LambdaList parameters =
        LambdaList.parse(evaluator, operands.getFirst(), scope, "destructuring-bind", true);
    Node.Body body =
        parameters.withSpecials(
            evaluator, evaluator.prepareBody(operands.subList(2, operands.size()), scope));
    return frame -> {
      Datum value = data.eval(frame);
      Frame inner = new Frame(frame, scope.size());
      parameters.bindData(inner, value);
      return body.run(inner);
    };
  }

  Node.Body multipleValueBind(Cons form, Scope outer) {
    List<Datum> operands = operands(form, 2);
    Node values = evaluator.prepare(operands.get(1), outer);
    Scope scope = outer.inner();
    List<Datum> variables = FormParts.list(operands.getFirst(), "multiple-value-bind", meter);
    Node.Body body = null;
    int[] slots = new int[variables.size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = scope.variable(FormParts.variable(variables.get(i), "multiple-value-bind"));
    }
    body = evaluator.prepareBody(operands.subList(2, operands.size()), scope);
    for (int i = 0; i < slots.length; i++) {
      body = dynamic(FormParts.symbol(variables.get(i), "multiple-value-bind"), slots[i], body);
    }
    Node.Body inside = body;
    return frame -> {
      List<Datum> all = Values.all(values.execute(frame));
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < Math.min(slots.length, all.size()); i++) {
        inner.slots[slots[i]] = all.get(i);
      }
      return inside.run(inner);
    };
  }

  Node.Body withGensyms(Cons form, Scope outer) {
    Scope scope = outer.inner();
    List<String> prefixes = new ArrayList<>();
    List<Integer> slots = new ArrayList<>();
    for (Datum item : FormParts.list(operands(form, 1).getFirst(), "with-gensyms", meter)) {
      List<Datum> parts =
          item instanceof Cons ? FormParts.list(item, "with-gensyms", meter) : List.of(item, item);
      SymbolName name = FormParts.variable(parts.getFirst(), "with-gensyms");
      slots.add(scope.variable(name));
      prefixes.add(
          parts.size() > 1 && parts.get(1) instanceof Datum.Str text ? text.text() : name.text());
    }
    Node.Body body = evaluator.prepareBody(body(form), scope);
    return frame -> {
      Frame inner = new Frame(frame, scope.size());
      for (int i = 0; i < prefixes.size(); i++) {
        meter.cell();
        inner.slots[slots.get(i)] =
            new Datum.Symbol(evaluator.symbols().gensym(prefixes.get(i)), null);
      }
      return body.run(inner);
    };
  }
}
