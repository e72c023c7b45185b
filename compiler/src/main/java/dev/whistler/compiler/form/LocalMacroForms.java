package dev.whistler.compiler.form;

import java.util.List;
import java.util.Map;

/** {@code macrolet} and {@code symbol-macrolet} around body forms (section 18.2). */
final class LocalMacroForms {
  private LocalMacroForms() {}

  static void register(Map<String, Operator> table) {
    for (String name : List.of("macrolet", "symbol-macrolet")) {
      table.put(
          name,
          (form, body, use) -> {
            body.arity(form, 1, -1);
            return body.within(
                body.unit().expander().enterLocalMacros(form.cons(), body.context()),
                () -> body.sequence(form.from(1), use, form.origin()));
          });
    }
  }
}
