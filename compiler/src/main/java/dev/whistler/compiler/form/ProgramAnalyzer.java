package dev.whistler.compiler.form;

import dev.whistler.compiler.check.BindingTypes;
import dev.whistler.compiler.check.ReturnValues;
import dev.whistler.compiler.define.ProgramContext;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables.ProgramDefinition;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TypedProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Analyzes one program: passes over its body until the types of its variables are settled. */
final class ProgramAnalyzer {
  /** Types widen at each pass; chains of variables longer than this do not occur by hand. */
  private static final int MAX_PASSES = 40;

  private final UnitContext unit;
  private final ProgramDefinition definition;
  private final Functions functions;
  private final HiddenMaps hidden;
  private final Findings findings;

  ProgramAnalyzer(
      UnitContext unit,
      ProgramDefinition definition,
      Functions functions,
      HiddenMaps hidden,
      Findings findings) {
    this.unit = unit;
    this.definition = definition;
    this.functions = functions;
    this.hidden = hidden;
    this.findings = findings;
  }

  TypedProgram analyze() {
    BindingTypes bindings = new BindingTypes();
    Functions.Snapshot before = functions.snapshot();
    for (int pass = 0; ; pass++) {
      bindings.startPass();
      functions.restore(before);
      Diagnostics scratch = unit.diagnostics().scratch();
      BodyAnalyzer body =
          new BodyAnalyzer(
              unit, definition.context(), bindings, scratch, definition.expansion(), functions);
      Expr expr = null;
      AnalysisException failure = null;
      try {
        expr = body(body);
      } catch (AnalysisException e) {
        failure = e;
      }
      if (bindings.stable() || pass == MAX_PASSES) {
        unit.diagnostics().merge(scratch);
        findings.add(body.findings());
        if (failure != null) {
          throw failure;
        }
        return typed(java.util.Objects.requireNonNull(expr));
      }
    }
  }

  private Expr body(BodyAnalyzer body) {
    Origin at = definition.origin();
    Optional<CostSampling> cost =
        hidden
            .cost()
            .map(
                map ->
                    new CostSampling(map, unit.tables().programs().indexOf(definition), at, body));
    cost.ifPresent(c -> body.exits().setBeforeExit(c::atExit));
    Expr expr = body.sequence(definition.body(), Use.RESULT, at);
    if (body.flow().reachable()) {
      body.exits().checkNothingPending(at);
    }
    List<Expr> returned = new ArrayList<>(body.exits().returned());
    if (body.flow().reachable()) {
      returned.add(expr);
    }
    warnReturn(body, returned);
    Expr sampled = cost.isPresent() ? cost.get().around(expr) : expr;
    Expr scoped = ScopeCheck.wrap(sampled, definition, hidden, body);
    return ReaderCheck.wrap(scoped, definition, hidden, body);
  }

  /** Checks constants that the program returns (section 15.5); others are the kernel's matter. */
  private void warnReturn(BodyAnalyzer body, List<Expr> returned) {
    ReturnValues.warnMeaningless(returned, definition.context().section(), body.diagnostics());
    OptionalLong pass = unit.tier().passValue(definition.context().section());
    if (pass.isPresent()) {
      ReturnValues.requirePass(returned, pass.getAsLong(), unit.tier().tier(), body.diagnostics());
    }
  }

  private TypedProgram typed(Expr body) {
    ProgramContext context = definition.context();
    return new TypedProgram(
        context.name(),
        definition.symbol(),
        context.section(),
        context.license(),
        context.sleepable(),
        body,
        unit.tier().passValue(context.section()),
        definition.origin());
  }
}
