package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TypeNames;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ContextStructure;
import dev.whistler.compiler.table.Contexts;
import dev.whistler.compiler.table.ProgramType;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InContext;
import dev.whistler.compiler.type.StaticType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code ctx}, {@code ctx-ptr} and the older spellings (sections 12.1 to 12.4). */
final class ContextForms {
  private static final int MAX_OFFSET = 32_767;

  private static final Set<String> IPV4_FIELDS =
      Set.of("user-ip4", "remote-ip4", "local-ip4", "msg-src-ip4");

  private ContextForms() {}

  static void register(Map<String, Operator> table) {
    table.put("ctx", new ContextAccessor());
    table.put("ctx-ptr", ContextForms::pointer);
    table.put("ctx-load", ContextForms::oldLoad);
    table.put("ctx-store", ContextForms::oldStore);
  }

  private static Optional<ContextStructure> structure(BodyAnalyzer body) {
    return Contexts.of(body.program().type(), body.unit().request().architecture());
  }

  /** The context's own address. */
  static Expr contextPointer(Origin at) {
    return new Expr.ContextPointer(new PointerType(Region.CONTEXT, null, -1, false), at);
  }

  private static Expr pointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 0, 0);
    return contextPointer(form.origin());
  }

  /** {@code (ctx FIELD [C])} and {@code (ctx T C)}; assignable where the field is writable. */
  private static final class ContextAccessor implements Operator.Accessor {
    @Override
    public Expr analyze(Form form, BodyAnalyzer body, Use use) {
      Expr read = body.places().read(locate(form, body, false));
      if (form.operand(0) instanceof Datum.Symbol field) {
        String name = field.name().text();
        if (IPV4_FIELDS.contains(name)) {
          body.findings().kinds().ipv4(read);
        } else if (name.endsWith("-ip6")) {
          body.findings().kinds().ipv6(read);
        }
      }
      return read;
    }

    @Override
    public Place place(Form form, BodyAnalyzer body) {
      return locate(form, body, true);
    }
  }

  private static Place.ContextField locate(Form form, BodyAnalyzer body, boolean write) {
    body.arity(form, 1, 2);
    Datum first = form.operand(0);
    Optional<ScalarType> type = TypeNames.scalar(first);
    if (type.isPresent() && form.count() == 2) {
      return byOffset(type.get(), form.operand(1), form.origin(), body, write);
    }
    if (!(first instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.CTX_OPERAND, body.originOf(first));
    }
    return byName(symbol, form.count() == 2 ? form.operand(1) : null, form.origin(), body, write);
  }

  private static Place.ContextField byName(
      Datum.Symbol symbol, @Nullable Datum indexForm, Origin at, BodyAnalyzer body, boolean write) {
    ProgramType type = body.program().type();
    ContextStructure structure =
        structure(body)
            .orElseThrow(
                () -> body.fail(Message.CONTEXT_WITHOUT_NAMES, at, type, namedAccessHint(type)));
    String name = symbol.name().text();
    Field<InContext> field =
        structure
            .field(name)
            .orElseThrow(
                () -> {
                  List<String> names = structure.fields().stream().map(Field::name).toList();
                  return body.fail(
                      Message.CONTEXT_FIELD_UNKNOWN,
                      body.originOf(symbol),
                      structure.name(),
                      name,
                      NearMatches.hint(name, names));
                });
    int offset = field.offset();
    if (field.shape() instanceof Shape.Numbers numbers) {
      if (indexForm == null) {
        throw body.fail(Message.CONTEXT_ARRAY_WITHOUT_INDEX, at, name, numbers.count());
      }
      int index =
          constantIndex(indexForm, "the index of a context array", field, numbers.count(), body);
      offset += index * numbers.loaded().width();
    } else if (indexForm != null) {
      throw body.fail(Message.CONTEXT_FIELD_IS_NO_ARRAY, at, name);
    }
    checkWritable(field, at, body, write);
    return new Place.ContextField(field.shape().loaded(), offset, typeOf(field.shape()), at);
  }

  /** The index of an element that only a constant can name: 0 to {@code count - 1}. */
  static int constantIndex(Datum index, String what, Field<?> field, int count, BodyAnalyzer body) {
    long value = body.requireConstant(index, what);
    if (value < 0 || value >= count) {
      throw body.fail(Message.INDEX_OUTSIDE, body.originOf(index), value, field.name(), count);
    }
    return (int) value;
  }

  private static String namedAccessHint(ProgramType type) {
    if (type.hasTracepointRecord()) {
      return "use deftracepoint and (tp-FIELD)";
    }
    return type.isProbe() ? "use (pt-regs-parm1) and its like" : "use (arg N) or (ctx u64 OFFSET)";
  }

  private static void checkWritable(
      Field<InContext> field, Origin at, BodyAnalyzer body, boolean write) {
    if (write && !body.program().type().mayStore(field)) {
      throw body.fail(Message.CONTEXT_FIELD_READ_ONLY, at, field.name(), body.program().type());
    }
  }

  private static StaticType typeOf(InContext shape) {
    return shape instanceof Shape.Pointer pointer
        ? new PointerType(pointer.region(), null, -1, false)
        : shape.loaded();
  }

  private static Place.ContextField byOffset(
      ScalarType type, Datum offsetForm, Origin at, BodyAnalyzer body, boolean write) {
    long offset = body.requireConstant(offsetForm, "a context offset");
    if (offset < 0 || offset > MAX_OFFSET) {
      throw body.fail(
          Message.CONTEXT_OFFSET_OUT_OF_RANGE, body.originOf(offsetForm), offset, MAX_OFFSET);
    }
    if (offset % type.width() != 0) {
      throw body.fail(
          Message.CONTEXT_OFFSET_MISALIGNED, body.originOf(offsetForm), offset, type.width());
    }
    if (body.program().type().hasTracepointRecord() && offset < 8) {
      throw body.fail(Message.TRACEPOINT_RECORD_HIDDEN, at);
    }
    List<Field<InContext>> fields = structure(body).map(s -> s.at((int) offset)).orElse(List.of());
    if (fields.isEmpty()) {
      if (write && structure(body).isPresent()) {
        throw body.fail(Message.CONTEXT_OFFSET_READ_ONLY, at, offset);
      }
      return new Place.ContextField(type, (int) offset, type, at);
    }
    Field<InContext> field =
        fields.stream()
            .filter(f -> f.shape().loaded().width() == type.width())
            .filter(f -> !write || body.program().type().mayStore(f))
            .findFirst()
            .orElse(null);
    if (field == null) {
      Field<InContext> known = fields.getFirst();
      int width = known.shape().loaded().width();
      if (width != type.width()) {
        throw body.fail(Message.CONTEXT_FIELD_WIDTH, at, known.name(), offset, width, type.width());
      }
      checkWritable(known, at, body, write);
      field = known;
    }
    StaticType known = field.shape() instanceof Shape.Pointer ? typeOf(field.shape()) : type;
    return new Place.ContextField(type, (int) offset, known, at);
  }

  private static void deprecated(Form form, String instead, BodyAnalyzer body) {
    body.report(Message.OLD_FORM, form.origin(), form.name(), instead);
  }

  private static Expr oldLoad(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    deprecated(form, "write (ctx T C)", body);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    return body.places().read(byOffset(type, form.operand(1), form.origin(), body, false));
  }

  private static Expr oldStore(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 3, 3);
    deprecated(form, "write (setf (ctx T C) v)", body);
    ScalarType type = Types.requireScalar(form.operand(0), body);
    Place place = byOffset(type, form.operand(1), form.origin(), body, true);
    return body.effect(
        body.places().write(place, body.value(form.operand(2)), Use.NONE, form.origin()));
  }
}
