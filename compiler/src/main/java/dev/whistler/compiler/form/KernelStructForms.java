package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.Names;
import dev.whistler.compiler.define.TracepointImports;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables.ConstantValue;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.KernelStruct;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.KernelLayout;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InStruct;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code import-kernel-struct} and the accessors that it generates (section 14). */
final class KernelStructForms {
  /** Of candidates and their fields. */
  private static final int MAX_SHOWN = 4;

  private KernelStructForms() {}

  static void define(
      Form form,
      ExpansionContext context,
      UnitContext unit,
      Names names,
      GeneratedOperators generated) {
    Diagnostics diagnostics = unit.diagnostics();
    if (form.count() == 0) {
      throw diagnostics.fail(Message.IMPORT_KERNEL_STRUCT_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "kernel struct", at).replace('_', '-');
    KernelDescription kernel = unit.kernel(form.origin(), "import-kernel-struct", diagnostics);
    if (!kernel.hasTypes()) {
      throw diagnostics.fail(Message.KERNEL_TYPES_MISSING, form.origin());
    }
    String cName = TracepointImports.kernelName(name);
    KernelStruct struct = chosen(kernel, cName, form, context, diagnostics);
    KernelLayout layout = new KernelLayout(name, cName, struct.size(), 8);
    Map<String, Operator> operators = new LinkedHashMap<>();
    operators.put(
        "as-" + name,
        (f, body, use) -> {
          body.arity(f, 1, 1);
          return tagged(layout, body.value(f.operand(0)), f.origin());
        });
    for (Field<InStruct> field : fields(form, struct, context, diagnostics)) {
      String accessor = name + "-" + TracepointImports.sourceName(field.name());
      operators.put(accessor, new Access(layout, field));
      if (!(field.shape() instanceof Shape.BitField)) {
        operators.put(accessor + "-ptr", addressOf(layout, field));
      }
    }
    unit.tables().kernelLayouts().put(name, layout);
    unit.tables()
        .constants()
        .put(
            "+" + name + "-size+",
            new ConstantValue(
                (long) struct.size(),
                ScalarType.U64,
                new Datum.Int(BigInteger.valueOf(struct.size()), null),
                form.origin()));
    generated.define("kernel struct " + name, operators, form.origin());
  }

  /**
   * The struct that the import means. Different files of a kernel may give one name to different
   * structs; the named fields tell which is meant, or the import is an error.
   */
  private static KernelStruct chosen(
      KernelDescription kernel,
      String cName,
      Form form,
      ExpansionContext context,
      Diagnostics diagnostics) {
    Origin at = context.originOf(form.operand(0));
    List<KernelStruct> all = kernel.structs(cName);
    if (all.isEmpty()) {
      String near = NearMatches.hint(NearMatches.ofKernel(cName, kernel.structNames()));
      throw diagnostics.fail(Message.KERNEL_STRUCT_UNKNOWN, at, cName, near);
    }
    List<String> wanted = form.from(1).stream().map(KernelStructForms::fieldName).toList();
    List<KernelStruct> complete =
        all.stream()
            .filter(s -> wanted.stream().allMatch(field -> s.field(field).isPresent()))
            .toList();
    if (complete.isEmpty()) {
      // The one with most of the fields makes the most helpful message.
      return all.stream()
          .max(
              Comparator.comparingLong(
                  s -> wanted.stream().filter(field -> s.field(field).isPresent()).count()))
          .orElseThrow();
    }
    if (complete.stream().map(s -> answers(s, wanted)).distinct().count() > 1) {
      throw diagnostics.fail(
          wanted.isEmpty()
              ? Message.KERNEL_STRUCT_AMBIGUOUS
              : Message.KERNEL_STRUCT_WITH_FIELDS_AMBIGUOUS,
          at,
          complete.size(),
          cName,
          String.join("; ", complete.stream().limit(MAX_SHOWN).map(s -> shown(s, wanted)).toList())
              + (complete.size() > MAX_SHOWN ? "; …" : ""));
    }
    return complete.getFirst();
  }

  /** All that a program can learn from an import of these fields. */
  private static List<Object> answers(KernelStruct struct, List<String> wanted) {
    List<Object> answers = new ArrayList<>();
    answers.add(struct.size());
    if (wanted.isEmpty()) {
      answers.addAll(struct.fields());
    }
    wanted.forEach(field -> answers.add(struct.field(field)));
    return answers;
  }

  /** {@code one of 16 bytes with cookie, completed (stage at 4)}. */
  private static String shown(KernelStruct struct, List<String> wanted) {
    List<String> names =
        struct.fields().stream()
            .map(Field::name)
            .filter(name -> !name.isEmpty() && !wanted.contains(name))
            .limit(MAX_SHOWN)
            .toList();
    String places =
        String.join(
            ", ",
            wanted.stream()
                .limit(MAX_SHOWN)
                .flatMap(field -> struct.field(field).stream())
                .map(field -> field.name() + " at " + field.offset())
                .toList());
    return "one of "
        + struct.size()
        + " bytes with "
        + String.join(", ", names)
        + (struct.fields().size() > names.size() + wanted.size() ? ", …" : "")
        + (places.isEmpty() ? "" : " (" + places + ")");
  }

  private static String fieldName(Datum datum) {
    return datum instanceof Datum.Symbol s ? TracepointImports.kernelName(s.name().text()) : "";
  }

  private static List<Field<InStruct>> fields(
      Form form, KernelStruct struct, ExpansionContext context, Diagnostics diagnostics) {
    if (form.count() == 1) {
      return struct.fields().stream().filter(f -> !f.name().isEmpty()).toList();
    }
    List<Field<InStruct>> fields = new ArrayList<>();
    AnalysisException failure = null;
    for (Datum datum : form.from(1)) {
      String name = fieldName(datum);
      Optional<Field<InStruct>> field = struct.field(name);
      if (field.isEmpty()) {
        failure =
            diagnostics.fail(
                Message.KERNEL_FIELD_UNKNOWN,
                context.originOf(datum),
                struct.cName(),
                name,
                NearMatches.hint(name, struct.fields().stream().map(Field::name).toList()));
      } else {
        fields.add(field.get());
      }
    }
    if (failure != null) {
      throw failure;
    }
    return fields;
  }

  /** A kernel pointer tagged with a struct. */
  static Expr tagged(Layout layout, Expr value, Origin at) {
    boolean nullable = value.type() instanceof PointerType p && p.nullable();
    return new Expr.Retype(value, new PointerType(Region.KERNEL, layout, -1, nullable), at);
  }

  /** The address operand of an accessor: untagged, or tagged with this struct. */
  private static Expr pointer(KernelLayout layout, Datum operand, BodyAnalyzer body) {
    Expr value = Pointers.checked(body.value(operand), body);
    Layout actual = Pointers.layout(value);
    if (actual != null && !actual.cName().equals(layout.cName())) {
      throw body.fail(
          Message.KERNEL_POINTER_MISMATCH, value.origin(), actual.name(), layout.name());
    }
    return value;
  }

  private static void require(KernelLayout layout, Field<InStruct> field, BodyAnalyzer body) {
    body.findings().kernelLayouts().add(layout.name());
    body.findings()
        .requirements()
        .add(
            new TypedUnit.Requirement.KernelField(
                body.program().name(), layout.cName(), field.name(), field.offset(), field.size()));
  }

  /** A pointer to a kernel object, tagged where its struct is known. */
  static PointerType kernelPointer(String cName, BodyAnalyzer body) {
    if (cName.isEmpty()) {
      return new PointerType(Region.KERNEL, null, -1, false);
    }
    String name = TracepointImports.sourceName(cName);
    KernelLayout known = body.tables().kernelLayouts().get(name);
    return new PointerType(
        Region.KERNEL, known != null ? known : new KernelLayout(name, cName, 0, 8), -1, false);
  }

  private static Operator addressOf(KernelLayout layout, Field<InStruct> field) {
    return (form, body, use) -> {
      body.arity(form, 1, 1);
      require(layout, field, body);
      String tag = field.shape() instanceof Shape.Nested ? field.cType() : "";
      return Places.displaced(
          pointer(layout, form.operand(0), body),
          field.offset(),
          kernelPointer(tag, body),
          form.origin());
    };
  }

  /** {@code (STRUCT-F p)} and {@code (STRUCT-F p i)}. */
  private record Access(KernelLayout layout, Field<InStruct> field) implements Operator {
    @Override
    public Expr analyze(Form form, BodyAnalyzer body, Use use) {
      body.arity(form, 1, field.shape() instanceof Shape.Array ? 2 : 1);
      Origin at = form.origin();
      Expr pointer = pointer(layout, form.operand(0), body);
      require(layout, field, body);
      return switch (field.shape()) {
        case Shape.Scalar scalar -> {
          Expr read = probe(scalar.loaded(), pointer, field.offset(), at, body);
          body.findings().kinds().cTyped(read, field.cType());
          yield read;
        }
        case Shape.Pointer target -> {
          Expr word = probe(target.loaded(), pointer, field.offset(), at, body);
          yield field.cType().isEmpty()
              ? word
              : new Expr.Retype(word, kernelPointer(field.cType(), body), at);
        }
        case Shape.BitField bits -> bitField(bits, pointer, form.at(), body);
        case Shape.Opaque _ -> throw opaque(at, body);
        case Shape.Nested _ ->
            Places.displaced(pointer, field.offset(), kernelPointer(field.cType(), body), at);
        case Shape.Array array ->
            form.count() == 1
                ? Places.displaced(pointer, field.offset(), bytes(field.size()), at)
                : element(array, pointer, form.operand(1), form.at(), body);
      };
    }

    private AnalysisException opaque(Origin at, BodyAnalyzer body) {
      String accessor = layout.name() + "-" + TracepointImports.sourceName(field.name()) + "-ptr";
      return field.size() == 0
          ? body.fail(Message.KERNEL_FIELD_EMPTY, at, field.name(), layout.cName(), accessor)
          : body.fail(
              Message.KERNEL_FIELD_OPAQUE,
              at,
              field.name(),
              layout.cName(),
              field.size(),
              accessor);
    }

    private static PointerType bytes(int size) {
      return new PointerType(Region.KERNEL, null, size, false);
    }

    private static Expr probe(
        ScalarType type, Expr pointer, long offset, Origin at, BodyAnalyzer body) {
      Expr address = Places.displaced(pointer, offset, bytes(-1), at);
      return MemoryForms.probeRead(type, false, address, type, at, body);
    }

    /** The smallest naturally aligned unit that contains the bits, shifted and masked. */
    private Expr bitField(Shape.BitField bits, Expr pointer, TreeBuilder at, BodyAnalyzer body) {
      int first = 8 * field.offset() + bits.first();
      int last = first + bits.bits() - 1;
      for (int width : new int[] {1, 2, 4, 8}) {
        int unit = first / (8 * width);
        if (last / (8 * width) == unit) {
          ScalarType type = ScalarType.of(width, false);
          Expr word = probe(type, pointer, (long) unit * width, at.origin(), body);
          int above = 63 - (last - unit * 8 * width);
          Expr left = shift(Expr.Operator.SHIFT_LEFT, word, above, ScalarType.U64, at);
          return bits.signed()
              ? shift(Expr.Operator.SHIFT_RIGHT_SIGNED, left, 64 - bits.bits(), ScalarType.I64, at)
              : shift(Expr.Operator.SHIFT_RIGHT, left, 64 - bits.bits(), ScalarType.U64, at);
        }
      }
      throw body.fail(Message.BIT_FIELD_CROSSES_WORD, at.origin(), field.name(), layout.cName());
    }

    private static Expr shift(
        Expr.Operator operator, Expr value, int count, ScalarType type, TreeBuilder at) {
      return count == 0 ? value : at.binary(operator, value, at.word(count), type);
    }

    private Expr element(
        Shape.Array array, Expr pointer, Datum indexForm, TreeBuilder at, BodyAnalyzer body) {
      if (!(array.element() instanceof Shape.Scalar(ScalarType type, _))) {
        throw body.fail(Message.KERNEL_ELEMENTS_NO_SCALARS, at.origin(), field.name());
      }
      Expr index = body.value(indexForm);
      if (index instanceof Expr.Constant c) {
        if (c.value() < 0 || c.value() >= array.count()) {
          throw body.fail(
              Message.INDEX_OUTSIDE, index.origin(), c.value(), field.name(), array.count());
        }
        long offset = field.offset() + c.value() * type.width();
        return probe(type, pointer, offset, at.origin(), body);
      }
      return body.once(
          "base",
          pointer,
          p ->
              body.once(
                  "index",
                  index,
                  i -> {
                    Expr address = Places.elementAddress(p, i, type.width(), at.origin());
                    Expr read = probe(type, address, field.offset(), at.origin(), body);
                    Expr inside = at.compare(Expr.Relation.LESS, i, array.count());
                    return at.iff(inside, read, at.constant(0, type), type);
                  }));
    }
  }
}
