package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;
import java.util.Map;

/**
 * {@code (tail-call m i)} (section 16.5): the helper with the context in front; where it returns at
 * all, the form's value is 0.
 */
final class TailCallForm {
  private static final Helper TAIL_CALL = Helpers.named("tail-call").orElseThrow();

  private TailCallForm() {}

  static void register(Map<String, Operator> table) {
    table.put(TAIL_CALL.name(), TailCallForm::tailCall);
  }

  private static Expr tailCall(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    HelperCalls.checkAllowed(TAIL_CALL.name(), form.origin(), body);
    if (body.exits().hasOpenReservation()) {
      throw body.fail(
          Code.E_RING,
          form.origin(),
          "tail-call inside with-ringbuf would lose the reserved record",
          "call it after with-ringbuf");
    }
    List<String> codes = TAIL_CALL.parameters();
    Expr.Argument context = new Expr.Argument.Value(ContextForms.contextPointer(form.origin()));
    Expr.Argument map = HelperCalls.argument(codes.get(1), form.operand(0), null, TAIL_CALL, body);
    Expr.Argument index =
        HelperCalls.argument(codes.get(2), form.operand(1), null, TAIL_CALL, body);
    Expr call =
        new Expr.Call(TAIL_CALL, List.of(context, map, index), ScalarType.I64, form.origin());
    Expr zero = new Expr.Constant(0, ScalarType.U64, form.origin());
    return new Expr.Sequence(List.of(call, zero), form.origin());
  }
}
