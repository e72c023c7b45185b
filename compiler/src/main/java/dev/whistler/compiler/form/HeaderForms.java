package dev.whistler.compiler.form;

import dev.whistler.compiler.define.ConstantExpressions;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.Names;
import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ProtocolHeaders;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code defheader} and the accessors of headers, built-in ones included (section 17.2). */
final class HeaderForms {
  private static final int MAX_OFFSET = 32_767;

  /** Those of the headers that every unit has; a unit's own definitions may hide them. */
  static final Map<String, Operator> BUILT_IN = builtIn();

  private HeaderForms() {}

  private static Map<String, Operator> builtIn() {
    Map<String, Operator> operators = new LinkedHashMap<>();
    ProtocolHeaders.all()
        .forEach(
            (header, fields) -> {
              fields.forEach(field -> operators(header, field, operators));
            });
    operators.put("eth-src-mac-ptr", pointer(6, 6));
    operators.put("eth-dst-mac-ptr", pointer(0, 6));
    return Collections.unmodifiableMap(operators);
  }

  /** The accessor and the address of a header field. */
  private static void operators(
      String header, ProtocolHeaders.Field field, Map<String, Operator> operators) {
    String name = header + "-" + field.name();
    Operator.Accessor accessor =
        (form, body) -> {
          body.arity(form, 1, 1);
          Expr pointer = Pointers.checked(body.value(form.operand(0)), body);
          return new Place.Memory(
              field.type(), pointer, field.offset(), field.networkOrder(), null, form.origin());
        };
    boolean ipv4Address = name.equals("ipv4-src-addr") || name.equals("ipv4-dst-addr");
    operators.put(
        name,
        ipv4Address
            ? new Operator.Accessor() {
              @Override
              public Place place(Form form, BodyAnalyzer body) {
                return accessor.place(form, body);
              }

              @Override
              public Expr analyze(Form form, BodyAnalyzer body, Use use) {
                Expr load = body.places().read(accessor.place(form, body));
                body.findings().kinds().ipv4(load);
                return load;
              }
            }
            : accessor);
    operators.put(name + "-ptr", pointer(field.offset(), field.type().width()));
  }

  /** The address {@code p + offset} of an area. */
  static Operator pointer(int offset, int size) {
    return (form, body, use) -> {
      body.arity(form, 1, 1);
      Expr pointer = Pointers.checked(body.value(form.operand(0)), body);
      Region region = pointer.type() instanceof PointerType p ? p.region() : Region.UNKNOWN;
      return Places.displaced(
          pointer, offset, new PointerType(region, null, size, false), form.origin());
    };
  }

  /** {@code (defheader NAME (FIELD :offset C :type T [:net-order t])…)}. */
  static void define(
      Form form,
      ExpansionContext context,
      UnitContext unit,
      Names names,
      GeneratedOperators generated) {
    Diagnostics diagnostics = unit.diagnostics();
    if (form.count() == 0) {
      throw diagnostics.fail(Message.DEFHEADER_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String header = names.defined(form.operand(0), "header", at);
    names.claim("header", header, at);
    Map<String, Operator> operators = new LinkedHashMap<>();
    for (Datum datum : form.from(1)) {
      Origin fieldAt = context.originOf(datum);
      List<Datum> parts = ProperList.elements(datum).orElse(List.of());
      if (parts.isEmpty() || parts.size() % 2 == 0) {
        throw diagnostics.fail(Message.HEADER_FIELD_SHAPE, fieldAt);
      }
      String field = names.defined(parts.getFirst(), "field", fieldAt);
      long offset = -1;
      ScalarType type = null;
      boolean networkOrder = false;
      for (int i = 1; i < parts.size(); i += 2) {
        String option =
            parts.get(i) instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
        Datum value = parts.get(i + 1);
        switch (option) {
          case "offset" ->
              offset =
                  new ConstantExpressions(unit, diagnostics)
                      .require(value, context, "the offset of a header field");
          case "type" ->
              type =
                  TypeNames.scalar(value)
                      .orElseThrow(
                          () ->
                              diagnostics.fail(Message.HEADER_FIELD_TYPE, context.originOf(value)));
          case "net-order" -> networkOrder = !Datum.isNil(value);
          default ->
              throw diagnostics.fail(
                  Message.HEADER_FIELD_OPTION_UNKNOWN, context.originOf(parts.get(i)));
        }
      }
      if (type == null || offset < 0 || offset > MAX_OFFSET) {
        throw diagnostics.fail(Message.HEADER_FIELD_OFFSET, fieldAt, MAX_OFFSET);
      }
      if (operators.containsKey(header + "-" + field)) {
        throw diagnostics.fail(Message.FIELD_TWICE, fieldAt, field, header);
      }
      boolean swapped = networkOrder && type.width() > 1;
      operators(header, new ProtocolHeaders.Field(field, (int) offset, type, swapped), operators);
    }
    generated.define("header " + header, operators, form.origin());
  }
}
