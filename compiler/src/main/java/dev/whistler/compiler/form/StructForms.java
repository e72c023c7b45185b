package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.type.FieldRef;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Stack;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The forms that structs and unions generate, and {@code sizeof} and its like (section 9.3). */
final class StructForms {
  private StructForms() {}

  static void register(Map<String, Operator> table) {
    table.put("sizeof", StructForms::sizeof);
    table.put("offsetof", StructForms::offsetof);
    table.put("typed-ptr", StructForms::typedPointer);
    table.put("struct-ref", (Operator.Accessor) StructForms::structRef);
    table.put("struct-set", StructForms::structSet);
  }

  // ---- generated operators

  /** {@code (make-S)}. */
  static Operator maker(Layout layout) {
    return (form, body, use) -> {
      body.arity(form, 0, 0);
      if (layout.size() > Stack.BYTES) {
        throw body.fail(
            Message.STRUCT_LARGER_THAN_STACK, form.origin(), layout.name(), layout.size());
      }
      return new Expr.StackBlock(
          new PointerType(Region.STACK, layout, layout.size(), false), form.origin());
    };
  }

  /** {@code (as-S e)}. */
  static Operator typed(Layout layout) {
    return (form, body, use) -> {
      body.arity(form, 1, 1);
      return retyped(layout, body.value(form.operand(0)), form.origin());
    };
  }

  private static Expr retyped(Layout layout, Expr value, Origin at) {
    PointerType type =
        value.type() instanceof PointerType p
            ? new PointerType(p.region(), layout, layout.size(), p.nullable())
            : new PointerType(Region.UNKNOWN, layout, layout.size(), false);
    return new Expr.Retype(value, type, at);
  }

  /** {@code (S-F p)} and {@code (S-F p i)}. */
  static Operator.Accessor field(StructLayout struct, StructField field) {
    return (form, body) -> {
      body.arity(form, 1, field.isArray() ? 2 : 1);
      Expr pointer = structPointer(struct, form.operand(0), body);
      return form.count() == 2
          ? element(struct, field, pointer, form.operand(1), form.origin(), body)
          : whole(struct, field, pointer, form.origin());
    };
  }

  private static Expr structPointer(StructLayout struct, Datum operand, BodyAnalyzer body) {
    Expr pointer = Pointers.checked(body.value(operand), body);
    Pointers.checkStruct(pointer, struct, body);
    return pointer;
  }

  private static Place whole(StructLayout struct, StructField field, Expr pointer, Origin at) {
    FieldRef ref = new FieldRef(struct, field);
    if (field.isArray()) {
      return new Place.Block(pointer, field.offset(), field.size(), null, ref, at);
    }
    return switch (field.type()) {
      case StructField.FieldType.Scalar s ->
          new Place.Memory(s.type(), pointer, field.offset(), false, ref, at);
      case StructField.FieldType.Nested n ->
          new Place.Block(pointer, field.offset(), n.size(), n.layout(), ref, at);
    };
  }

  private static Place element(
      StructLayout struct,
      StructField field,
      Expr pointer,
      Datum indexForm,
      Origin at,
      BodyAnalyzer body) {
    FieldRef ref = new FieldRef(struct, field);
    if (field.type() instanceof StructField.FieldType.Nested nested) {
      long index = elementIndex(field, indexForm, body);
      return new Place.Block(
          pointer, field.offset() + index * nested.size(), nested.size(), nested.layout(), ref, at);
    }
    ScalarType scalar = ((StructField.FieldType.Scalar) field.type()).type();
    return indexed(
        pointer, field.offset(), scalar, field.count(), field.name(), ref, indexForm, at, body);
  }

  /** An element of an array by the index rule of section 9.4. */
  static Place indexed(
      Expr pointer,
      long offset,
      ScalarType scalar,
      int count,
      String name,
      @Nullable FieldRef ref,
      Datum indexForm,
      Origin at,
      BodyAnalyzer body) {
    Expr index = body.value(indexForm);
    if (index instanceof Expr.Constant c) {
      if (c.value() < 0 || c.value() >= count) {
        throw outOfRange(c.value(), count, name, index.origin(), body);
      }
      return new Place.Memory(scalar, pointer, offset + c.value() * scalar.width(), false, ref, at);
    }
    if (index.type() instanceof PointerType) {
      throw body.fail(Message.INDEX_IS_POINTER, index.origin());
    }
    return new Place.Element(scalar, pointer, offset, index, count, ref, at);
  }

  private static AnalysisException outOfRange(
      long index, int count, String name, Origin at, BodyAnalyzer body) {
    return body.fail(Message.INDEX_OUTSIDE_ARRAY, at, index, name, count, count - 1);
  }

  private static long elementIndex(StructField field, Datum indexForm, BodyAnalyzer body) {
    long index = body.requireConstant(indexForm, "the index of an element's address");
    if (index < 0 || index >= field.count()) {
      throw outOfRange(index, field.count(), field.name(), body.originOf(indexForm), body);
    }
    return index;
  }

  /** {@code (S-F-ptr p)} and {@code (S-F-ptr p i)}. */
  static Operator fieldPointer(StructLayout struct, StructField field) {
    return (form, body, use) -> {
      body.arity(form, 1, field.isArray() ? 2 : 1);
      Expr pointer = structPointer(struct, form.operand(0), body);
      Region region = pointer.type() instanceof PointerType p ? p.region() : Region.UNKNOWN;
      Layout layout = field.type() instanceof StructField.FieldType.Nested n ? n.layout() : null;
      long offset = field.offset();
      int size = field.size();
      if (form.count() == 2) {
        long index = elementIndex(field, form.operand(1), body);
        offset += index * field.type().size();
        size = field.type().size();
      } else if (field.isArray()) {
        layout = null;
      }
      Expr address =
          Places.displaced(
              pointer, offset, new PointerType(region, layout, size, false), form.origin());
      body.findings().kinds().address(address, new FieldRef(struct, field));
      return address;
    };
  }

  /** {@code (set-S-F! p v)}. */
  static Operator setter(StructLayout struct, StructField field) {
    return (form, body, use) -> {
      body.arity(form, 2, 2);
      Expr pointer = structPointer(struct, form.operand(0), body);
      Place place = whole(struct, field, pointer, form.origin());
      return body.places().write(place, body.value(form.operand(1)), use, form.origin());
    };
  }

  // ---- core forms

  private static Expr sizeof(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, 1);
    Datum operand = form.operand(0);
    Origin at = body.originOf(operand);
    if (!(operand instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.SIZEOF_OPERAND, at);
    }
    String name = symbol.name().text();
    Optional<ScalarType> scalar = ScalarType.named(name);
    Optional<Layout> layout = body.tables().layout(name);
    long size;
    if (layout.isPresent()) {
      size = layout.get().size();
    } else if (scalar.isPresent()) {
      size = scalar.get().width();
    } else if (body.tables().kernelLayouts().containsKey(name)) {
      body.findings().kernelLayouts().add(name);
      size = body.tables().kernelLayouts().get(name).size();
    } else {
      throw unknownStruct(symbol, body);
    }
    return form.at().word(size);
  }

  private static AnalysisException unknownStruct(Datum.Symbol symbol, BodyAnalyzer body) {
    body.abandonIfBroken(symbol.name().text());
    return body.fail(
        Message.STRUCT_UNKNOWN,
        body.originOf(symbol),
        symbol.name().spelling(),
        NearMatches.hint(symbol.name().text(), body.tables().layoutNames()));
  }

  private static StructLayout struct(Datum operand, BodyAnalyzer body) {
    if (!(operand instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.STRUCT_EXPECTED, body.originOf(operand));
    }
    StructLayout layout = body.tables().structs().get(symbol.name().text());
    if (layout == null) {
      throw unknownStruct(symbol, body);
    }
    return layout;
  }

  private static StructField field(StructLayout struct, Datum operand, BodyAnalyzer body) {
    if (!(operand instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.FIELD_EXPECTED, body.originOf(operand));
    }
    String name = symbol.name().text();
    return struct
        .field(name)
        .orElseThrow(() -> noField(struct, name, body.originOf(operand), body));
  }

  private static AnalysisException noField(
      StructLayout struct, String name, Origin at, BodyAnalyzer body) {
    List<String> names = struct.fields().stream().map(StructField::name).toList();
    String hint = NearMatches.hint(name, names);
    return hint == null
        ? body.fail(Message.FIELD_NOT_AMONG, at, struct.name(), name, String.join(", ", names))
        : body.fail(Message.FIELD_UNKNOWN, at, struct.name(), name, hint);
  }

  private static Expr offsetof(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    StructLayout struct = struct(form.operand(0), body);
    StructField field = field(struct, form.operand(1), body);
    return form.at().word(field.offset());
  }

  private static Expr typedPointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    Datum operand = form.operand(0);
    if (operand instanceof Datum.Symbol symbol) {
      Optional<Layout> layout = body.tables().layout(symbol.name().text());
      if (layout.isPresent()) {
        return retyped(layout.get(), body.value(form.operand(1)), form.origin());
      }
      Layout kernel = body.tables().kernelLayouts().get(symbol.name().text());
      if (kernel != null) {
        return KernelStructForms.tagged(kernel, body.value(form.operand(1)), form.origin());
      }
      throw unknownStruct(symbol, body);
    }
    throw body.fail(Message.TYPED_PTR_OPERAND, body.originOf(operand));
  }

  private static Place structRef(Form form, BodyAnalyzer body) {
    body.arity(form, 3, 3);
    StructLayout struct = struct(form.operand(0), body);
    Expr pointer = structPointer(struct, form.operand(1), body);
    StructField field = field(struct, form.operand(2), body);
    return whole(struct, field, pointer, form.origin());
  }

  private static Expr structSet(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 4, 4);
    StructLayout struct = struct(form.operand(0), body);
    Expr pointer = structPointer(struct, form.operand(1), body);
    StructField field = field(struct, form.operand(2), body);
    Place place = whole(struct, field, pointer, form.origin());
    return body.places().write(place, body.value(form.operand(3)), use, form.origin());
  }

  /** The error for {@code S-X} where S is a struct without a field X. */
  static Optional<AnalysisException> unknownField(Form form, BodyAnalyzer body) {
    String name = form.name();
    StructLayout best = null;
    for (StructLayout struct : body.tables().structs().values()) {
      if (name.startsWith(struct.name() + "-")
          && (best == null || struct.name().length() > best.name().length())) {
        best = struct;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    String field = name.substring(best.name().length() + 1);
    return Optional.of(noField(best, field, form.origin(), body));
  }
}
