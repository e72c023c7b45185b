package dev.whistler.compiler.form;

import dev.whistler.compiler.define.ConstantExpressions;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.Names;
import dev.whistler.compiler.define.OptionList;
import dev.whistler.compiler.define.StructDefinitions;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.Words;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.StructField.FieldType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code defglobal} and access to global variables (section 19.3). */
final class GlobalForms {
  private GlobalForms() {}

  static void register(Map<String, Operator> table) {
    table.put("global-ptr", GlobalForms::pointer);
  }

  static void define(
      Form form,
      ExpansionContext context,
      UnitContext unit,
      Names names,
      StructDefinitions structs) {
    Diagnostics diagnostics = unit.diagnostics();
    if (form.count() < 2) {
      throw diagnostics.fail(Message.DEFGLOBAL_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "global variable", at);
    if (ConstantNames.find(unit.tables(), name).isPresent()) {
      throw diagnostics.fail(Message.NAME_IS_CONSTANT, at, name);
    }
    String symbol = names.claim("global variable", name, at);
    StructDefinitions.WrittenType type = structs.type(form.operand(1), context);
    List<Datum> rest = form.from(2);
    long initial = 0;
    boolean hasInitial =
        !rest.isEmpty() && !(rest.getFirst() instanceof Datum.Symbol s && s.name().isKeyword());
    if (hasInitial) {
      if (!(type.type() instanceof FieldType.Scalar scalar) || type.count() >= 0) {
        throw diagnostics.fail(Message.GLOBAL_INITIAL_VALUE, at);
      }
      long written =
          new ConstantExpressions(unit, diagnostics)
              .require(rest.getFirst(), context, "the initial value");
      if (!Words.fits(written, scalar.type().width())) {
        throw diagnostics.fail(
            Message.GLOBAL_INITIAL_VALUE_RANGE,
            context.originOf(rest.getFirst()),
            written,
            scalar.type().text());
      }
      initial = scalar.type().convert(written);
      rest = rest.subList(1, rest.size());
    }
    OptionList options = new OptionList(rest, Set.of("const"), "defglobal", context, diagnostics);
    Datum constant = options.value("const");
    unit.tables()
        .globals()
        .put(
            name,
            new Global(
                name,
                symbol,
                type.type(),
                type.count(),
                initial,
                constant != null && !Datum.isNil(constant),
                form.origin()));
  }

  private static Expr address(Global global, Origin at) {
    Layout layout =
        global.type() instanceof FieldType.Nested n && global.count() < 0 ? n.layout() : null;
    return new Expr.GlobalAddress(
        global, new PointerType(Region.GLOBAL, layout, global.size(), false), at);
  }

  /** A scalar global variable as a place. */
  static Place scalarPlace(Global global, Origin at, BodyAnalyzer body) {
    if (!(global.type() instanceof FieldType.Scalar scalar) || global.count() >= 0) {
      throw body.fail(Message.GLOBAL_IS_NO_SCALAR, at, global.name());
    }
    return new Place.Memory(scalar.type(), address(global, at), 0, false, null, at);
  }

  /** {@code (NAME i)}. */
  static Operator elementOf(Global global) {
    return (Operator.Accessor)
        (form, body) -> {
          body.arity(form, 1, 1);
          if (!(global.type() instanceof FieldType.Scalar scalar) || global.count() < 0) {
            throw body.fail(Message.GLOBAL_IS_NO_ARRAY, form.origin(), global.name());
          }
          return StructForms.indexed(
              address(global, form.origin()),
              0,
              scalar.type(),
              global.count(),
              global.name(),
              null,
              form.operand(0),
              form.origin(),
              body);
        };
  }

  private static Expr pointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    Datum operand = form.operand(0);
    String name = operand instanceof Datum.Symbol s ? s.name().text() : "";
    Global global = body.tables().globals().get(name);
    if (global == null) {
      throw body.fail(
          Message.GLOBAL_UNKNOWN,
          body.originOf(operand),
          name,
          NearMatches.hint(name, body.tables().globals().keySet()));
    }
    return address(global, form.origin());
  }

  /** Whether a place may be stored to. */
  static void checkAssignable(Expr pointer, Origin at, BodyAnalyzer body) {
    Expr base = pointer;
    while (base instanceof Expr.Binary b) {
      base = b.left();
    }
    if (base instanceof Expr.GlobalAddress g && g.global().constant()) {
      throw body.fail(Message.GLOBAL_IS_CONSTANT, at, g.global().name());
    }
  }
}
