package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.OptionList;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.tree.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    ExpansionContext context = body.context();
    OptionList options =
        new OptionList(form.from(1), OPTIONS, "fill-process-info", context, body.diagnostics());
    StandardMacros m = new StandardMacros(body.unit().symbols());
    Datum record = m.fresh("record");
    List<Datum> forms = new ArrayList<>();
    store(
        m,
        record,
        options.value("pid-field"),
        m.call(">>", m.call("get-current-pid-tgid"), StandardMacros.integer(32)),
        forms);
    store(
        m,
        record,
        options.value("uid-field"),
        m.call("cast", m.symbol("u32"), m.call("get-current-uid-gid")),
        forms);
    store(m, record, options.value("timestamp-field"), m.call("ktime-get-ns"), forms);
    Datum comm = options.value("comm-field");
    if (comm != null) {
      Datum size = options.value("comm-size");
      forms.add(
          m.call(
              "get-current-comm",
              StandardMacros.list(comm, record),
              size == null ? StandardMacros.integer(16) : size));
    }
    Datum expansion =
        m.block("let", StandardMacros.list(StandardMacros.list(record, form.operand(0))), forms);
    return body.effect(
        body.analyze(body.bindings().expansion(form.cons(), () -> expansion), Use.NONE));
  }

  private static void store(
      StandardMacros m, Datum record, @Nullable Datum accessor, Datum value, List<Datum> forms) {
    if (accessor != null) {
      forms.add(m.call("setf", StandardMacros.list(accessor, record), value));
    }
  }
}
