package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.GeneratedOperator;
import dev.whistler.compiler.tree.Expr;

/**
 * Analyzes calls of one operator. The table from operator names to these is {@link OperatorTable};
 * accessors of structs, headers, tracepoints and kernel structs are made while definitions are
 * processed.
 */
@FunctionalInterface
interface Operator extends GeneratedOperator {
  /** The typed form of a call. Reports errors and throws to abandon the statement. */
  Expr analyze(Form form, BodyAnalyzer body, Use use);

  /** An operator whose calls can be assigned to. */
  interface Accessor extends Operator {
    /** The place that a call means; its sub-expressions are analyzed here. */
    Place place(Form form, BodyAnalyzer body);

    @Override
    default Expr analyze(Form form, BodyAnalyzer body, Use use) {
      return body.places().read(place(form, body));
    }
  }
}
