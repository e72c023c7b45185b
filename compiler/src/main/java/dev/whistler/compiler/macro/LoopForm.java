package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.SymbolName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clauses of {@code loop} (section 18.5), rewritten as
 *
 * <pre>
 * (block NAME
 *   (let* (VARIABLE…)
 *     (block END INITIALLY… (forever CLAUSE…))
 *     FINALLY…
 *     RESULT))
 * </pre>
 *
 * <p>Each iteration begins with what its {@code for} clauses do: test, assign, step a hidden
 * variable.
 */
final class LoopForm {
  private final Evaluator evaluator;

  LoopForm(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  /** The form that clauses stand for. */
  Datum expand(List<Datum> items) {
    return new Clauses(items).expand();
  }

  /** A list of names of operators (given as text) and data. */
  private Datum form(Object... parts) {
    List<Datum> list = new ArrayList<>(parts.length);
    for (Object part : parts) {
      list.add(part instanceof Datum datum ? datum : operator((String) part));
    }
    return evaluator.list(list);
  }

  /** A function is named such that the source may define another {@code car}. */
  private Datum operator(String name) {
    Builtins.Definition function = Builtins.find(name);
    return function == null ? evaluator.symbol(name) : evaluator.hidden(function);
  }

  private Datum hidden(String name) {
    return new Datum.Symbol(evaluator.symbols().uninterned(name), null);
  }

  private static Datum number(int value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }

  /** What one {@code for} clause does at the start of an iteration. */
  private record Driver(List<Datum> tests, Datum variable, Datum value, List<Datum> steps) {}

  private final class Clauses {
    private static final Set<String> ARITHMETIC =
        Set.of("from", "upfrom", "downfrom", "to", "below", "upto", "downto", "above", "by");

    private final List<Datum> items;
    private int at;
    private Datum name = Datum.NIL;
    private final Datum end = hidden("end");
    private final List<Datum> bindings = new ArrayList<>();
    private final List<Datum> initially = new ArrayList<>();
    private final List<Datum> iteration = new ArrayList<>();
    private final List<Datum> last = new ArrayList<>();

    /** Variables of {@code into}, each with a pointer to the last pair if it is a list. */
    private final Map<SymbolName, Datum> accumulators = new HashMap<>();

    private @Nullable Datum result;
    private @Nullable Datum resultTail;
    private String resultKind = "";

    Clauses(List<Datum> items) {
      this.items = items;
    }

    Datum expand() {
      if (accept("named")) {
        name = next();
      }
      while (at < items.size()) {
        clause();
      }
      List<Datum> inner = new ArrayList<>(initially);
      inner.add(0, end);
      inner.add(0, evaluator.symbol("block"));
      inner.add(evaluator.cons(evaluator.forever(), evaluator.list(iteration)));
      List<Datum> let = new ArrayList<>();
      let.add(evaluator.symbol("let*"));
      let.add(evaluator.list(bindings));
      let.add(evaluator.list(inner));
      let.addAll(last);
      let.add(result == null ? Datum.NIL : result);
      return form("block", name, evaluator.list(let));
    }

    // ---- items

    private boolean isWord(int index, String word) {
      return index < items.size()
          && items.get(index) instanceof Datum.Symbol symbol
          && symbol.name().text().equals(word);
    }

    private boolean accept(String... words) {
      for (String word : words) {
        if (isWord(at, word)) {
          at++;
          return true;
        }
      }
      return false;
    }

    private Datum next() {
      if (at >= items.size()) {
        throw new MacroError(Message.LOOP_CLAUSE_INCOMPLETE);
      }
      return items.get(at++);
    }

    private List<Datum> compoundForms() {
      List<Datum> forms = new ArrayList<>();
      while (at < items.size() && items.get(at) instanceof Cons form) {
        forms.add(form);
        at++;
      }
      if (forms.isEmpty()) {
        throw new MacroError(Message.LOOP_FORM_EXPECTED);
      }
      return forms;
    }

    private Datum bind(String hiddenName, Datum value) {
      Datum variable = hidden(hiddenName);
      bindings.add(form(variable, value));
      return variable;
    }

    private Datum leave() {
      return form("return-from", end, Datum.NIL);
    }

    // ---- clauses

    private void clause() {
      Datum item = items.get(at);
      String word = item instanceof Datum.Symbol symbol ? symbol.name().text() : "";
      switch (word) {
        case "for", "as" -> {
          at++;
          forClauses();
        }
        case "with" -> {
          at++;
          do {
            Datum variable = next();
            skipType();
            destructure(variable, accept("=") ? next() : Datum.NIL);
          } while (accept("and"));
        }
        case "repeat" -> {
          at++;
          Datum counter = bind("repeat", next());
          iteration.add(form("if", form("<=", counter, number(0)), leave(), Datum.NIL));
          iteration.add(form("setq", counter, form("-", counter, number(1))));
        }
        case "while" -> {
          at++;
          iteration.add(form("if", next(), Datum.NIL, leave()));
        }
        case "until" -> {
          at++;
          iteration.add(form("if", next(), leave(), Datum.NIL));
        }
        case "always", "never" -> {
          at++;
          Datum quit = form("return-from", name, Datum.NIL);
          Datum test = next();
          iteration.add(
              word.equals("always")
                  ? form("if", test, Datum.NIL, quit)
                  : form("if", test, quit, Datum.NIL));
          result = evaluator.symbol("t");
        }
        case "thereis" -> {
          at++;
          Datum found = hidden("found");
          iteration.add(
              form(
                  "let",
                  form(form(found, next())),
                  form("if", found, form("return-from", name, found), Datum.NIL)));
        }
        case "initially" -> {
          at++;
          initially.addAll(compoundForms());
        }
        case "finally" -> {
          at++;
          if (accept("return")) {
            last.add(form("return-from", name, next()));
          } else {
            accept("do", "doing");
            last.addAll(compoundForms());
          }
        }
        default -> iteration.add(selectable(null));
      }
    }

    /** A clause that may stand after {@code when}; {@code it} is the value of the test. */
    private Datum selectable(@Nullable Datum it) {
      Datum item = next();
      String word = item instanceof Datum.Symbol symbol ? symbol.name().text() : "";
      return switch (word) {
        case "do", "doing" -> form("progn", prognOf(compoundForms()));
        case "return" -> form("return-from", name, operand(it));
        case "when", "if" -> conditional(true);
        case "unless" -> conditional(false);
        case "collect", "collecting" -> accumulate("list", operand(it));
        case "append", "appending" -> accumulate("append", operand(it));
        case "nconc", "nconcing" -> accumulate("nconc", operand(it));
        case "sum", "summing" -> accumulate("sum", operand(it));
        case "count", "counting" -> accumulate("count", operand(it));
        case "maximize", "maximizing" -> accumulate("max", operand(it));
        case "minimize", "minimizing" -> accumulate("min", operand(it));
        default ->
            throw new MacroError(Message.LOOP_CLAUSE_UNKNOWN, evaluator.printer().shown(item));
      };
    }

    private Datum prognOf(List<Datum> forms) {
      return evaluator.cons(evaluator.symbol("progn"), evaluator.list(forms));
    }

    private Datum operand(@Nullable Datum it) {
      Datum operand = next();
      boolean refers = operand instanceof Datum.Symbol symbol && symbol.name().text().equals("it");
      return it != null && refers ? it : operand;
    }

    private Datum conditional(boolean wanted) {
      Datum it = hidden("it");
      Datum test = next();
      evaluator.meter().enter();
      try {
        List<Datum> then = branch(it);
        List<Datum> otherwise = accept("else") ? branch(it) : List.of();
        accept("end");
        Datum yes = prognOf(then);
        Datum no = prognOf(otherwise);
        return form(
            "let",
            form(form(it, test)),
            wanted ? form("if", it, yes, no) : form("if", it, no, yes));
      } finally {
        evaluator.meter().leave();
      }
    }

    private List<Datum> branch(Datum it) {
      List<Datum> clauses = new ArrayList<>();
      clauses.add(selectable(it));
      while (accept("and")) {
        clauses.add(selectable(it));
      }
      return clauses;
    }

    // ---- accumulation

    private Datum accumulate(String kind, Datum value) {
      boolean listing = kind.equals("list") || kind.equals("append") || kind.equals("nconc");
      Datum initial = kind.equals("sum") || kind.equals("count") ? number(0) : Datum.NIL;
      Datum variable;
      Datum tail = Datum.NIL;
      if (accept("into")) {
        variable = next();
        SymbolName into = FormParts.variable(variable, "loop");
        if (!accumulators.containsKey(into)) {
          bindings.add(form(variable, initial));
          accumulators.put(into, listing ? bind("tail", Datum.NIL) : Datum.NIL);
        }
        tail = accumulators.getOrDefault(into, Datum.NIL);
        if (listing && Datum.isNil(tail)) {
          throw new MacroError(Message.LOOP_RESULTS_DIFFER_IN_VARIABLE);
        }
      } else {
        String group = listing ? "list" : kind.equals("count") ? "sum" : kind;
        if (result == null) {
          resultKind = group;
          result = bind("result", initial);
          resultTail = listing ? bind("tail", Datum.NIL) : null;
        } else if (!resultKind.equals(group)) {
          throw new MacroError(Message.LOOP_RESULTS_DIFFER);
        }
        variable = result;
        tail = resultTail == null ? Datum.NIL : resultTail;
      }
      return switch (kind) {
        case "sum" -> form("setq", variable, form("+", variable, value));
        case "count" -> form("if", value, form("setq", variable, form("1+", variable)), Datum.NIL);
        case "max", "min" -> {
          Datum candidate = hidden("candidate");
          yield form(
              "let",
              form(form(candidate, value)),
              form(
                  "setq",
                  variable,
                  form("if", variable, form(kind, variable, candidate), candidate)));
        }
        default -> extend(variable, tail, listed(kind, value));
      };
    }

    private Datum listed(String kind, Datum value) {
      return switch (kind) {
        case "list" -> form("list", value);
        case "append" -> form("append", value, Datum.NIL);
        default -> value;
      };
    }

    /** Appends a list in constant time by means of a pointer to the last pair. */
    private Datum extend(Datum head, Datum tail, Datum list) {
      Datum fresh = hidden("fresh");
      return form(
          "let",
          form(form(fresh, list)),
          form(
              "if",
              fresh,
              form(
                  "progn",
                  form(
                      "if",
                      tail,
                      form("setf", form("cdr", tail), fresh),
                      form("setq", head, fresh)),
                  form("setq", tail, form("last", fresh))),
              Datum.NIL));
    }

    // ---- for

    private void forClauses() {
      List<Driver> drivers = new ArrayList<>();
      do {
        accept("for", "as");
        drivers.add(driver());
      } while (accept("and"));
      drivers.forEach(driver -> iteration.addAll(driver.tests));
      List<Datum> assignments = new ArrayList<>();
      List<Datum> parts = new ArrayList<>();
      for (Driver driver : drivers) {
        Datum target = driver.variable;
        if (target instanceof Datum.Symbol symbol && symbol.name() != SymbolName.NIL) {
          bindings.add(form(target, Datum.NIL));
        } else {
          target = bind("whole", Datum.NIL);
          declareParts(driver.variable);
          takeApart(driver.variable, target, parts);
        }
        assignments.add(target);
        assignments.add(driver.value);
      }
      iteration.add(evaluator.cons(evaluator.symbol("psetq"), evaluator.list(assignments)));
      iteration.addAll(parts);
      drivers.forEach(driver -> iteration.addAll(driver.steps));
    }

    private void skipType() {
      if (accept("of-type")) {
        next();
      }
    }

    private Driver driver() {
      Datum variable = next();
      skipType();
      if (accept("in")) {
        return list(variable, true);
      }
      if (accept("on")) {
        return list(variable, false);
      }
      if (accept("=")) {
        return equal(variable);
      }
      if (accept("across")) {
        return across(variable);
      }
      if (accept("being")) {
        return entries(variable);
      }
      for (String word : ARITHMETIC) {
        if (isWord(at, word)) {
          return arithmetic(variable);
        }
      }
      throw at < items.size()
          ? new MacroError(Message.LOOP_FOR_UNKNOWN, evaluator.printer().shown(items.get(at)))
          : new MacroError(Message.LOOP_FOR_INCOMPLETE);
    }

    private Driver list(Datum variable, boolean elements) {
      Datum rest = bind("rest", next());
      Datum step = accept("by") ? form("funcall", bind("by", next()), rest) : form("cdr", rest);
      return new Driver(
          List.of(form("if", form("atom", rest), leave(), Datum.NIL)),
          variable,
          elements ? form("car", rest) : rest,
          List.of(form("setq", rest, step)));
    }

    private Driver equal(Datum variable) {
      Datum first = next();
      if (!accept("then")) {
        return new Driver(List.of(), variable, first, List.of());
      }
      Datum begun = bind("begun", Datum.NIL);
      return new Driver(
          List.of(),
          variable,
          form("if", begun, next(), first),
          List.of(form("setq", begun, evaluator.symbol("t"))));
    }

    private Driver across(Datum variable) {
      Datum sequence = bind("sequence", form(evaluator.hidden(TableFunctions.ELEMENTS), next()));
      Datum index = bind("index", number(0));
      return new Driver(
          List.of(form("if", form(">=", index, form("length", sequence)), leave(), Datum.NIL)),
          variable,
          form("elt", sequence, index),
          List.of(form("setq", index, form("1+", index))));
    }

    /** {@code being the hash-keys of H [using (hash-value V)]}. */
    private Driver entries(Datum variable) {
      accept("the", "each");
      boolean keys = accept("hash-keys", "hash-key");
      if (!keys && !accept("hash-values", "hash-value")) {
        throw new MacroError(Message.LOOP_BEING_UNKNOWN);
      }
      if (!accept("of", "in")) {
        throw new MacroError(Message.LOOP_OF_MISSING);
      }
      Datum rest = bind("entries", form(evaluator.hidden(TableFunctions.ENTRIES), next()));
      Datum other = Datum.NIL;
      if (accept("using")) {
        List<Datum> using = FormParts.list(next(), "loop", evaluator.meter());
        if (using.size() != 2) {
          throw new MacroError(Message.LOOP_USING_SHAPE);
        }
        other = using.get(1);
      }
      Datum pattern = keys ? evaluator.cons(variable, other) : evaluator.cons(other, variable);
      return new Driver(
          List.of(form("if", form("atom", rest), leave(), Datum.NIL)),
          pattern,
          form("car", rest),
          List.of(form("setq", rest, form("cdr", rest))));
    }

    private Driver arithmetic(Datum variable) {
      Datum from = number(0);
      Datum limit = Datum.NIL;
      String comparison = "";
      Datum by = number(1);
      boolean down = false;
      boolean started = false;
      while (at < items.size()
          && items.get(at) instanceof Datum.Symbol symbol
          && ARITHMETIC.contains(symbol.name().text())) {
        at++;
        Datum value = next();
        switch (symbol.name().text()) {
          case "from", "upfrom" -> {
            from = value;
            started = true;
          }
          case "downfrom" -> {
            from = value;
            started = true;
            down = true;
          }
          case "to" -> {
            comparison = "to";
            limit = value;
          }
          case "upto" -> {
            comparison = ">";
            limit = value;
          }
          case "below" -> {
            comparison = ">=";
            limit = value;
          }
          case "downto" -> {
            comparison = "<";
            limit = value;
            down = true;
          }
          case "above" -> {
            comparison = "<=";
            limit = value;
            down = true;
          }
          default -> by = value;
        }
      }
      if (down && !started) {
        throw new MacroError(Message.LOOP_DOWN_WITHOUT_START);
      }
      Datum counter = bind("counter", from);
      Datum increment = by instanceof Datum.Int ? by : bind("by", by);
      List<Datum> tests = List.of();
      if (!comparison.isEmpty()) {
        String beyond = comparison.equals("to") ? (down ? "<" : ">") : comparison;
        Datum bound = limit instanceof Datum.Int ? limit : bind("limit", limit);
        tests = List.of(form("if", form(beyond, counter, bound), leave(), Datum.NIL));
      }
      return new Driver(
          tests,
          variable,
          counter,
          List.of(form("setq", counter, form(down ? "-" : "+", counter, increment))));
    }

    // ---- destructuring

    private void destructure(Datum pattern, Datum value) {
      if (pattern instanceof Cons) {
        Datum whole = bind("whole", value);
        declareParts(pattern);
        List<Datum> parts = new ArrayList<>();
        takeApart(pattern, whole, parts);
        bindings.add(form(hidden("parts"), prognOf(parts)));
      } else if (!Datum.isNil(pattern)) {
        bindings.add(form(pattern, value));
      }
    }

    private void declareParts(Datum pattern) {
      evaluator.meter().enter();
      if (pattern instanceof Cons pair) {
        declareParts(pair.car());
        declareParts(pair.cdr());
      } else if (!Datum.isNil(pattern)) {
        bindings.add(form(pattern, Datum.NIL));
      }
      evaluator.meter().leave();
    }

    private void takeApart(Datum pattern, Datum source, List<Datum> into) {
      evaluator.meter().enter();
      if (pattern instanceof Cons pair) {
        takeApart(pair.car(), form("car", source), into);
        takeApart(pair.cdr(), form("cdr", source), into);
      } else if (!Datum.isNil(pattern)) {
        into.add(form("setq", pattern, source));
      }
      evaluator.meter().leave();
    }
  }
}
