package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.OptionList;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.tree.Expr;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** {@code fill-process-info} (section 11.7). */
final class ProcessInfoForm {
  private static final Set<String> OPTIONS =
      Set.of("pid-field", "uid-field", "timestamp-field", "comm-field", "comm-size");

  private ProcessInfoForm() {}

  static void register(Map<String, Operator> table) {
    table.put("fill-process-info", ProcessInfoForm::analyze);
  }

  private static Expr analyze(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    OptionList options =
        new OptionList(
            form.from(1), OPTIONS, "fill-process-info", body.context(), body.diagnostics());
    Map<String, Datum> arguments = new HashMap<>();
    arguments.put("record", form.operand(0));
    for (String option : OPTIONS) {
      Datum value = options.value(option);
      if (value != null) {
        arguments.put(option, value);
      }
    }
    return StandardMacros.analyze("fill-process-info", arguments, form, body);
  }
}
