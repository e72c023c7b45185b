package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TracepointImports;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.table.ContextStructure;
import dev.whistler.compiler.table.Contexts;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.Field;
import java.util.List;
import java.util.Optional;

/**
 * {@code core-load}, {@code core-store} and {@code core-ctx-load} (section 8.1): the plain forms,
 * for a struct and field that must be known. The optional CO-RE records are not written: an object
 * is compiled for one kernel layout, and records that fail to resolve would keep it from loading.
 */
final class CoreForms {
  private CoreForms() {}

  static Expr load(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 5, 5);
    check(form, 3, body);
    return plain("load", form.operands().subList(0, 3), form, body, use);
  }

  static Expr store(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 6, 6);
    check(form, 4, body);
    return plain("store", form.operands().subList(0, 4), form, body, use);
  }

  static Expr contextLoad(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 4, 4);
    check(form, 2, body);
    return plain("ctx", form.operands().subList(0, 2), form, body, use);
  }

  private static Expr plain(
      String name, List<Datum> operands, Form form, BodyAnalyzer body, Use use) {
    Operator operator = OperatorTable.core(name);
    if (operator == null) {
      throw new IllegalStateException(name);
    }
    return operator.analyze(
        new Form(body.unit().symbols().symbol(name), form.cons(), operands, form.origin()),
        body,
        use);
  }

  private static void check(Form form, int index, BodyAnalyzer body) {
    Datum structDatum = form.operand(index);
    Datum fieldDatum = form.operand(index + 1);
    if (!(structDatum instanceof Datum.Symbol struct)
        || !(fieldDatum instanceof Datum.Symbol field)) {
      throw body.fail(Message.CORE_OPERANDS, form.origin(), form.name());
    }
    String cName = TracepointImports.kernelName(struct.name().text());
    List<String> fields = fields(cName, body);
    if (fields.isEmpty()) {
      throw body.fail(Message.CORE_STRUCT_UNKNOWN, body.originOf(struct), cName);
    }
    String name = TracepointImports.kernelName(field.name().text());
    if (!fields.contains(name)) {
      throw body.fail(
          Message.CORE_FIELD_UNKNOWN,
          body.originOf(field),
          cName,
          name,
          NearMatches.hint(name, fields));
    }
  }

  /** The fields of a kernel struct, or of a context structure of appendix B. */
  private static List<String> fields(String cName, BodyAnalyzer body) {
    Optional<ContextStructure> context =
        Contexts.of(body.program().type(), body.unit().request().architecture())
            .filter(c -> c.name().equals(cName));
    if (context.isPresent()) {
      return context.get().fields().stream()
          .map(f -> TracepointImports.kernelName(f.name()))
          .toList();
    }
    KernelDescription kernel = body.unit().request().kernel();
    return kernel == null || !kernel.hasTypes()
        ? List.of()
        : kernel.structs(cName).stream()
            .flatMap(s -> s.fields().stream().map(Field::name))
            .distinct()
            .toList();
  }
}
