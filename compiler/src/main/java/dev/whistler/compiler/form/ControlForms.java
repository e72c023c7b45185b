package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Assumption;
import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.TypeJoin;
import dev.whistler.compiler.define.ConstantExpressions;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Conditionals, sequences, {@code return} and {@code dotimes} (section 6.1). */
final class ControlForms {
  /** Keys of one {@code case}, each of which is a comparison. */
  private static final int MAX_CASE_KEYS = 4_096;

  /** BPF_MAX_LOOPS, include/linux/bpf_verifier.h; section 22. */
  static final long MAX_ITERATIONS = 8_388_608;

  private ControlForms() {}

  static void register(Map<String, Operator> table) {
    table.put("progn", (form, body, use) -> body.sequence(form.operands(), use, form.origin()));
    table.put("prog1", ControlForms::prog1);
    table.put("if", ControlForms::ifForm);
    table.put("when", (form, body, use) -> guarded(form, body, use, true));
    table.put("unless", (form, body, use) -> guarded(form, body, use, false));
    table.put("cond", ControlForms::cond);
    table.put("case", ControlForms::caseForm);
    table.put("and", ControlForms::and);
    table.put("or", ControlForms::or);
    table.put("not", ControlForms::not);
    table.put("when-let", ControlForms::whenLet);
    table.put("if-let", ControlForms::ifLet);
    table.put("return", ControlForms::returnForm);
    table.put("dotimes", ControlForms::dotimes);
  }

  /** A way through a conditional: what it yields and what holds after it. */
  record Arm(Expr expr, Flow flow) {}

  /** Analyzes an arm from a given path; the error of an arm does not hide those of the other. */
  private static final class Arms {
    private final BodyAnalyzer body;
    private @Nullable AnalysisException failure;

    Arms(BodyAnalyzer body) {
      this.body = body;
    }

    Arm analyze(Flow start, Supplier<Expr> analysis, Origin at) {
      body.setFlow(start);
      try {
        Expr expr = analysis.get();
        return new Arm(expr, body.flow());
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
        return new Arm(body.plainZero(at), start);
      }
    }

    void rethrow() {
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static Expr prog1(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    Expr first = body.value(form.operand(0));
    Expr rest = body.sequence(form.from(1), Use.NONE, form.origin());
    return body.once("first", first, kept -> new Expr.Sequence(List.of(rest, kept), form.origin()));
  }

  private static Expr ifForm(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 3);
    Expr test = body.analyze(form.operand(0), Use.TEST);
    boolean constantArms = test instanceof Expr.Constant;
    Expr result =
        branch(
            test,
            () -> body.analyze(form.operand(1), use),
            () -> form.count() == 3 ? body.analyze(form.operand(2), use) : form.at().zero(),
            use,
            form.origin(),
            body);
    boolean allConstant =
        constantArms
            && result instanceof Expr.Constant
            && form.operands().stream().skip(1).allMatch(o -> isConstantShape(o, body));
    return result instanceof Expr.Constant && !allConstant
        ? new Expr.Sequence(List.of(result), form.origin())
        : result;
  }

  private static boolean isConstantShape(Datum datum, BodyAnalyzer body) {
    return new ConstantExpressions(body.unit(), body.diagnostics().scratch())
        .isConstant(datum, body.context());
  }

  private static Expr guarded(Form form, BodyAnalyzer body, Use use, boolean positive) {
    body.arity(form, 1, -1);
    Expr test = body.analyze(form.operand(0), Use.TEST);
    Supplier<Expr> forms = () -> body.sequence(form.from(1), use, form.origin());
    Supplier<Expr> nothing = () -> body.plainZero(form.origin());
    return positive
        ? branch(test, forms, nothing, use, form.origin(), body)
        : branch(test, nothing, forms, use, form.origin(), body);
  }

  /**
   * A conditional on an analyzed test; a constant test keeps only the live arm (section 5.4).
   *
   * @param then analyzes the arm for a test that is not 0
   */
  static Expr branch(
      Expr test,
      Supplier<Expr> then,
      Supplier<Expr> otherwise,
      Use use,
      Origin at,
      BodyAnalyzer body) {
    if (test instanceof Expr.Constant c) {
      body.analyzeDead(c.value() != 0 ? otherwise : then);
      return (c.value() != 0 ? then : otherwise).get();
    }
    Arms arms = new Arms(body);
    Flow start = body.flow();
    Arm first = arms.analyze(Assumption.apply(start, test, true), then, at);
    Arm second = arms.analyze(Assumption.apply(start, test, false), otherwise, at);
    body.setFlow(body.join(first.flow(), second.flow(), at));
    arms.rethrow();
    return join(test, first, second, use, at, body);
  }

  private static Expr join(
      Expr test, Arm first, Arm second, Use use, Origin at, BodyAnalyzer body) {
    TypeJoin.Operand type = TypeJoin.Operand.of(first.expr());
    if (use != Use.VALUE) {
      type = new TypeJoin.Operand(ScalarType.U64, null);
    } else if (!first.flow().reachable()) {
      type = TypeJoin.Operand.of(second.expr());
    } else if (second.flow().reachable()) {
      type =
          TypeJoin.join(type, TypeJoin.Operand.of(second.expr()))
              .orElseThrow(
                  () ->
                      body.fail(
                          Message.ARMS_DIFFER,
                          at,
                          Types.describe(first.expr().type()),
                          Types.describe(second.expr().type())));
    }
    return new Expr.If(test, first.expr(), second.expr(), type.type(), at);
  }

  private static boolean isCatchAll(Datum datum, boolean otherwise) {
    return datum instanceof Datum.Symbol s
        && !s.name().isKeyword()
        && (s.name().text().equals("t") || (otherwise && s.name().text().equals("otherwise")));
  }

  private static Expr cond(Form form, BodyAnalyzer body, Use use) {
    return clauses(form.operands(), form.origin(), body, use);
  }

  /** Clauses from the first to the last; recursion would be as deep as their number. */
  private static Expr clauses(List<Datum> clauses, Origin at, BodyAnalyzer body, Use use) {
    ClauseChain chain = new ClauseChain(body, use, at);
    for (Datum clause : clauses) {
      Origin clauseAt = body.originOf(clause);
      List<Datum> parts = ProperList.elements(clause).orElse(List.of());
      if (parts.isEmpty()) {
        throw body.fail(Message.COND_CLAUSE_SHAPE, clauseAt);
      }
      List<Datum> forms = parts.subList(1, parts.size());
      if (isCatchAll(parts.getFirst(), false)) {
        chain.last(
            () ->
                forms.isEmpty()
                    ? Trees.at(clauseAt).sequence(Trees.at(clauseAt).word(1))
                    : body.sequence(forms, use, clauseAt));
        continue;
      }
      chain.add(
          () -> body.analyze(parts.getFirst(), forms.isEmpty() ? Use.VALUE : Use.TEST),
          forms.isEmpty() ? null : () -> body.sequence(forms, use, clauseAt),
          clauseAt);
    }
    return chain.finish();
  }

  /** Builds a chain of conditionals from front to back without recursion. */
  private static final class ClauseChain {
    private record Link(@Nullable Local kept, Expr test, Arm arm, Origin at) {}

    private final BodyAnalyzer body;
    private final Use use;
    private final Origin at;
    private final Arms arms;
    private final List<Link> links = new ArrayList<>();
    private @Nullable Arm end;

    ClauseChain(BodyAnalyzer body, Use use, Origin at) {
      this.body = body;
      this.use = use;
      this.at = at;
      this.arms = new Arms(body);
    }

    void last(Supplier<Expr> forms) {
      if (end != null) {
        body.analyzeDead(forms);
        return;
      }
      end = arms.analyze(body.flow(), forms, at);
    }

    /**
     * Adds a clause.
     *
     * @param forms null for a clause that yields its test's value
     */
    void add(Supplier<Expr> testForm, @Nullable Supplier<Expr> forms, Origin clauseAt) {
      if (end != null) {
        body.analyzeDead(testForm);
        if (forms != null) {
          body.analyzeDead(forms);
        }
        return;
      }
      Flow before = body.flow();
      Arm analyzed = arms.analyze(before, testForm, clauseAt);
      Expr test = analyzed.expr();
      if (test instanceof Expr.Constant c) {
        if (c.value() == 0) {
          body.setFlow(before);
          if (forms != null) {
            body.analyzeDead(forms);
          }
        } else {
          last(forms != null ? forms : () -> new Expr.Sequence(List.of(c), clauseAt));
        }
        return;
      }
      Local kept = null;
      Flow start = analyzed.flow();
      Arm arm;
      if (forms == null) {
        kept = body.temporary("test", test);
        Expr value = Trees.at(clauseAt).nonNull(Trees.at(clauseAt).read(kept));
        arm = new Arm(value, Assumption.apply(start, test, true));
        links.add(new Link(kept, test, arm, clauseAt));
      } else {
        arm = arms.analyze(Assumption.apply(start, test, true), forms, clauseAt);
        links.add(new Link(null, test, arm, clauseAt));
      }
      body.setFlow(Assumption.apply(start, test, false));
    }

    Expr finish() {
      Arm result = end != null ? end : new Arm(body.plainZero(at), body.flow());
      for (int i = links.size() - 1; i >= 0; i--) {
        Link link = links.get(i);
        Flow joined = body.join(link.arm().flow(), result.flow(), link.at());
        Local kept = link.kept();
        Expr test = kept == null ? link.test() : new Expr.Read(kept, link.at());
        Expr expr = join(test, link.arm(), result, use, link.at(), body);
        if (kept != null) {
          expr = new Expr.Let(kept, link.test(), expr, link.at());
        }
        result = new Arm(expr, joined);
      }
      body.setFlow(result.flow());
      arms.rethrow();
      return result.expr() instanceof Expr.Constant
          ? new Expr.Sequence(List.of(result.expr()), at)
          : result.expr();
    }
  }

  private static Expr caseForm(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    Expr key = body.value(form.operand(0));
    return body.once("key", key, k -> caseClauses(form, k, body, use));
  }

  private static Expr caseClauses(Form form, Expr key, BodyAnalyzer body, Use use) {
    ClauseChain chain = new ClauseChain(body, use, form.origin());
    Set<Long> seen = new HashSet<>();
    List<Datum> clauses = form.from(1);
    for (int i = 0; i < clauses.size(); i++) {
      Origin at = body.originOf(clauses.get(i));
      List<Datum> parts = ProperList.elements(clauses.get(i)).orElse(List.of());
      if (parts.isEmpty()) {
        throw body.fail(Message.CASE_CLAUSE_SHAPE, at);
      }
      Supplier<Expr> forms = () -> body.sequence(parts.subList(1, parts.size()), use, at);
      if (isCatchAll(parts.getFirst(), true)) {
        if (i != clauses.size() - 1) {
          throw body.fail(Message.CASE_CATCH_ALL_NOT_LAST, at);
        }
        chain.last(forms);
        continue;
      }
      List<Long> keys = caseKeys(parts.getFirst(), seen, body);
      chain.add(() -> anyOf(key, keys, Trees.at(at)), forms, at);
    }
    return chain.finish();
  }

  private static List<Long> caseKeys(Datum datum, Set<Long> seen, BodyAnalyzer body) {
    Origin at = body.originOf(datum);
    List<Datum> atoms =
        datum instanceof Cons || Datum.isNil(datum)
            ? ProperList.require(datum, "the keys of a case clause", at, body.diagnostics())
            : List.of(datum);
    List<Long> keys = new ArrayList<>();
    for (Datum atom : atoms) {
      if (atom instanceof Cons) {
        throw body.fail(Message.CASE_KEY_CONSTANT, body.originOf(atom));
      }
      long value = body.requireConstant(atom, "a case key");
      if (seen.size() == MAX_CASE_KEYS) {
        throw body.fail(Message.CASE_TOO_MANY_KEYS, body.originOf(atom), MAX_CASE_KEYS);
      }
      if (!seen.add(value)) {
        body.report(Message.CASE_KEY_TWICE, body.originOf(atom), value);
      }
      keys.add(value);
    }
    return keys;
  }

  private static Expr anyOf(Expr key, List<Long> keys, TreeBuilder at) {
    if (key instanceof Expr.Constant c) {
      return at.word(keys.contains(c.value()) ? 1 : 0);
    }
    return keys.isEmpty() ? at.zero() : oneOf(key, keys, at);
  }

  /** Halves, so that the tree is not as deep as there are keys. */
  private static Expr oneOf(Expr key, List<Long> keys, TreeBuilder at) {
    int half = keys.size() / 2;
    return half == 0
        ? at.compare(Expr.Relation.EQUAL, key, keys.getFirst())
        : at.iff(
            oneOf(key, keys.subList(0, half), at),
            at.word(1),
            oneOf(key, keys.subList(half, keys.size()), at));
  }

  private static Expr and(Form form, BodyAnalyzer body, Use use) {
    if (form.count() == 0) {
      return form.at().word(1);
    }
    return and(form, 0, body, use == Use.NONE ? Use.TEST : use);
  }

  private static Expr and(Form form, int index, BodyAnalyzer body, Use use) {
    if (index == form.count() - 1) {
      return body.analyze(form.operand(index), use);
    }
    Expr test = body.analyze(form.operand(index), Use.TEST);
    boolean wasConstant = test instanceof Expr.Constant;
    Expr result =
        branch(
            test,
            () -> and(form, index + 1, body, use),
            () -> form.at().zero(),
            use,
            form.origin(),
            body);
    return wasConstant && result instanceof Expr.Constant && !allConstant(form, index + 1, body)
        ? new Expr.Sequence(List.of(result), form.origin())
        : result;
  }

  private static boolean allConstant(Form form, int from, BodyAnalyzer body) {
    return form.from(from).stream().allMatch(o -> isConstantShape(o, body));
  }

  private static Expr or(Form form, BodyAnalyzer body, Use use) {
    if (form.count() == 0) {
      return form.at().zero();
    }
    return or(form, 0, body, use == Use.NONE ? Use.TEST : use);
  }

  private static Expr or(Form form, int index, BodyAnalyzer body, Use use) {
    Expr value = body.analyze(form.operand(index), use);
    if (index == form.count() - 1) {
      return value;
    }
    Function<Expr, Expr> chain =
        kept -> {
          Flow start = body.flow();
          Flow first = Assumption.apply(start, value, true);
          body.setFlow(Assumption.apply(start, value, false));
          Arm rest = new Arm(or(form, index + 1, body, use), body.flow());
          body.setFlow(body.join(first, rest.flow(), form.origin()));
          Expr same = use == Use.TEST ? form.at().word(1) : Trees.at(kept.origin()).nonNull(kept);
          return join(kept, new Arm(same, first), rest, use, form.origin(), body);
        };
    if (value instanceof Expr.Constant c) {
      if (c.value() == 0) {
        return or(form, index + 1, body, use);
      }
      boolean constant = allConstant(form, index + 1, body);
      body.analyzeDead(() -> or(form, index + 1, body, use));
      return constant ? c : new Expr.Sequence(List.of(c), form.origin());
    }
    return use == Use.TEST ? chain.apply(value) : body.once("value", value, chain);
  }

  private static Expr not(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    Expr operand = body.analyze(form.operand(0), Use.TEST);
    Expr zero = form.at().zero();
    return ComparisonForms.compare(Expr.Relation.EQUAL, operand, zero, form.origin());
  }

  private static Expr whenLet(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    List<Datum> bindings =
        ProperList.require(
            form.operand(0), "the bindings of when-let", form.origin(), body.diagnostics());
    return whenLet(form, bindings, 0, body, use);
  }

  private static Expr whenLet(
      Form form, List<Datum> bindings, int index, BodyAnalyzer body, Use use) {
    if (index == bindings.size()) {
      return body.sequence(form.from(1), use, form.origin());
    }
    return letTest(
        bindings.get(index),
        () -> whenLet(form, bindings, index + 1, body, use),
        () -> body.plainZero(form.origin()),
        form.origin(),
        body,
        use);
  }

  private static Expr ifLet(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 3);
    return letTest(
        form.operand(0),
        () -> body.analyze(form.operand(1), use),
        () ->
            form.count() == 3 ? body.analyze(form.operand(2), use) : body.plainZero(form.origin()),
        form.origin(),
        body,
        use);
  }

  /** Binds a variable and goes on with it if it is not 0. */
  private static Expr letTest(
      Datum binding,
      Supplier<Expr> then,
      Supplier<Expr> otherwise,
      Origin at,
      BodyAnalyzer body,
      Use use) {
    BindingForms.Written written = BindingForms.parse(binding, body);
    SymbolName name = written.name();
    ScalarType type = written.type();
    Datum initForm = written.init();
    Expr init =
        initForm == null
            ? new Expr.Constant(0, type == null ? ScalarType.U64 : type, written.at())
            : body.value(initForm);
    if (type != null) {
      init = BindingForms.converted(type, init, written.at(), body);
    }
    Local local = body.local(name, binding, 0, type, init, written.at());
    if (body.bindings().isAddressTaken(local)) {
      local.setInMemory();
    }
    Scope inner = body.scope().with(new Scope.Binding(name, local, null));
    Expr test = new Expr.Read(local, written.at());
    Expr conditional =
        branch(test, () -> body.inScope(inner, List.of(), then), otherwise, use, at, body);
    body.setFlow(body.flow().without(local));
    return new Expr.Let(local, init, conditional, at);
  }

  private static Expr returnForm(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 0, 1);
    Expr value = form.count() == 1 ? body.analyze(form.operand(0), Use.RESULT) : form.at().zero();
    String function = body.exits().function();
    if (function != null) {
      body.report(Message.RETURN_FROM_FUNCTION_ONLY, form.origin(), function);
    }
    return body.exits().leave(value, form.origin());
  }

  private static Expr dotimes(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    List<Datum> head =
        ProperList.require(
            form.operand(0), "the head of dotimes", form.origin(), body.diagnostics());
    if (head.size() != 2) {
      throw body.fail(Message.DOTIMES_HEAD, body.originOf(form.operand(0)));
    }
    SymbolName name = BindingForms.variable(head.get(0), body);
    long count = body.requireConstant(head.get(1), "the bound of dotimes");
    if (count < 0 || count > MAX_ITERATIONS) {
      throw body.fail(
          Message.DOTIMES_BOUND,
          body.originOf(head.get(1)),
          Long.toUnsignedString(count),
          MAX_ITERATIONS);
    }
    Origin at = form.origin();
    Local index =
        new Local(name.spelling(), ScalarType.U32, ScalarType.U32, body.originOf(head.get(0)));
    body.limit(index, Math.max(0, count - 1));
    Scope inner = body.scope().with(new Scope.Binding(name, index, "dotimes"));
    Expr loop =
        body.exits()
            .inLoop(
                at,
                () ->
                    body.inScope(
                        inner, List.of(index), () -> body.sequence(form.from(1), Use.NONE, at)),
                repeated -> new Expr.Repeat(index, count, repeated, at));
    return body.effect(loop);
  }
}
