package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.ScalarType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code printk}: a constant format and at most three values (section 8.4). */
final class PrintForm {
  private PrintForm() {}

  static void register(Map<String, Operator> table) {
    table.put("printk", PrintForm::analyze);
  }

  private static Expr analyze(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 4);
    Origin at = form.origin();
    if (!(form.operand(0) instanceof Datum.Str format)) {
      throw body.fail(Message.PRINTK_FORMAT, body.originOf(form.operand(0)));
    }
    HelperCalls.checkAllowed("trace-printk", at, body);
    long size = format.text().getBytes(StandardCharsets.UTF_8).length + 1L;
    List<Expr.Argument> arguments = new ArrayList<>();
    arguments.add(new Expr.Argument.Text(format.text()));
    arguments.add(new Expr.Argument.Value(Trees.at(at).word(size)));
    body.values(form.from(1)).forEach(v -> arguments.add(new Expr.Argument.Value(v)));
    return new Expr.Call(
        Helpers.named("trace-printk").orElseThrow(), arguments, ScalarType.I64, at);
  }
}
