package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code defstruct} and {@code defunion} (sections 9.1, 9.2, 9.9). */
public final class StructDefinitions {
  private static final int MAX_STRUCTS = 512;
  private static final int MAX_FIELDS = 256;
  private static final int MAX_SIZE = 64 * 1024;

  private final UnitContext unit;
  private final Names names;
  private final StructOperators generated;
  private final Diagnostics diagnostics;

  public StructDefinitions(UnitContext unit, Names names, StructOperators generated) {
    this.unit = unit;
    this.names = names;
    this.generated = generated;
    this.diagnostics = unit.diagnostics();
  }

  /** A type as written: of the field itself, or of its elements. */
  public record WrittenType(FieldType type, int count) {
    int align() {
      return switch (type) {
        case FieldType.Scalar s -> s.type().width();
        case FieldType.Nested n -> n.layout().align();
      };
    }

    long size() {
      return (long) type.size() * Math.max(count, 1);
    }
  }

  public void defineStruct(Form form, ExpansionContext context) {
    if (form.count() == 0) {
      throw diagnostics.fail(Message.DEFSTRUCT_SHAPE, form.origin());
    }
    Datum nameDatum = form.operand(0);
    if (nameDatum instanceof Cons cons && Datum.isNil(cons.cdr())) {
      nameDatum = cons.car();
    }
    Origin at = context.originOf(nameDatum);
    String name = names.defined(nameDatum, "struct", at);
    String cName = names.claim("struct", name, at);
    List<Datum> fields = form.from(1);
    if (!fields.isEmpty() && fields.getFirst() instanceof Datum.Str) {
      fields = fields.subList(1, fields.size());
    }
    if (fields.isEmpty()) {
      throw diagnostics.fail(Message.STRUCT_WITHOUT_FIELDS, form.origin(), name);
    }
    checkLimits(fields.size(), form.origin());
    StructLayout layout = layOut(name, cName, fields, form.origin(), context);
    unit.tables().structs().put(name, layout);
    generated.struct(layout, form.origin());
  }

  private void checkLimits(int fields, Origin at) {
    if (fields > MAX_FIELDS || unit.tables().structs().size() >= MAX_STRUCTS) {
      throw diagnostics.fail(Message.TOO_MANY_STRUCTS, at, MAX_STRUCTS, MAX_FIELDS);
    }
  }

  private StructLayout layOut(
      String name, String cName, List<Datum> written, Origin at, ExpansionContext context) {
    List<StructField> fields = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long offset = 0;
    int align = 1;
    AnalysisException failure = null;
    for (Datum datum : written) {
      try {
        WrittenField field = field(datum, name, seen, context);
        offset = roundUp(offset, field.type().align());
        if (offset + field.type().size() > MAX_SIZE) {
          throw diagnostics.fail(Message.STRUCT_TOO_LARGE, at, name, MAX_SIZE);
        }
        fields.add(field.at((int) offset));
        offset += field.type().size();
        align = Math.max(align, field.type().align());
      } catch (AnalysisException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return new StructLayout(name, cName, fields, (int) roundUp(offset, align), align);
  }

  /** A field before it has its place. */
  private record WrittenField(
      String name, WrittenType type, @Nullable Kind kind, @Nullable String doc) {
    StructField at(int offset) {
      return new StructField(name, Names.cName(name), offset, type.type(), type.count(), kind, doc);
    }
  }

  private WrittenField field(
      Datum datum, String struct, Set<String> seen, ExpansionContext context) {
    Origin at = context.originOf(datum);
    List<Datum> parts =
        datum instanceof Cons ? ProperList.elements(datum).orElse(List.of()) : List.of();
    if (parts.size() < 2 || parts.size() % 2 != 0) {
      throw diagnostics.fail(Message.FIELD_SHAPE, at);
    }
    String name = names.defined(parts.getFirst(), "field", at);
    if (!seen.add(Names.cName(name))) {
      throw diagnostics.fail(Message.FIELD_TWICE, at, name, struct);
    }
    WrittenType type = type(parts.get(1), context);
    Kind kind = null;
    String doc = null;
    for (int i = 2; i < parts.size(); i += 2) {
      String option =
          parts.get(i) instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
      if (option.equals("as")) {
        kind = new KindDeclarations(unit, diagnostics).parse(parts.get(i + 1), type, name, context);
      } else if (option.equals("doc") && parts.get(i + 1) instanceof Datum.Str text) {
        doc = text.text();
      } else {
        throw diagnostics.fail(Message.FIELD_OPTION_UNKNOWN, context.originOf(parts.get(i)));
      }
    }
    return new WrittenField(name, type, kind, doc);
  }

  private static long roundUp(long offset, int align) {
    return (offset + align - 1) / align * align;
  }

  /** A field type: scalar, struct, or array of either. */
  public WrittenType type(Datum datum, ExpansionContext context) {
    if (datum instanceof Datum.Symbol symbol && !symbol.name().isKeyword()) {
      return new WrittenType(named(symbol, context), -1);
    }
    List<Datum> parts =
        datum instanceof Cons ? ProperList.elements(datum).orElse(List.of()) : List.of();
    if (parts.size() != 3
        || !(parts.get(0) instanceof Datum.Symbol head)
        || !head.name().text().equals("array")
        || !(parts.get(1) instanceof Datum.Symbol element)) {
      throw diagnostics.fail(Message.FIELD_TYPE, context.originOf(datum));
    }
    long count =
        new ConstantExpressions(unit, diagnostics)
            .require(parts.get(2), context, "the length of an array");
    if (count < 1 || count > MAX_SIZE) {
      throw diagnostics.fail(
          count < 1 ? Message.ARRAY_EMPTY : Message.ARRAY_TOO_LONG,
          context.originOf(parts.get(2)),
          MAX_SIZE,
          count);
    }
    return new WrittenType(named(element, context), (int) count);
  }

  private FieldType named(Datum.Symbol symbol, ExpansionContext context) {
    String name = symbol.name().text();
    StructLayout struct = unit.tables().structs().get(name);
    if (struct != null) {
      return new FieldType.Nested(struct);
    }
    Optional<ScalarType> scalar = ScalarType.named(name);
    if (scalar.isPresent()) {
      return new FieldType.Scalar(scalar.get());
    }
    List<String> candidates = new ArrayList<>(unit.tables().structs().keySet());
    candidates.addAll(List.of("u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"));
    throw diagnostics.fail(
        Message.FIELD_TYPE_UNKNOWN,
        context.originOf(symbol),
        name,
        NearMatches.hint(name, candidates));
  }

  public void defineUnion(Form form, ExpansionContext context) {
    if (form.count() < 2) {
      throw diagnostics.fail(Message.DEFUNION_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "union", at);
    String cName = names.claim("struct", name, at);
    List<StructLayout> members = new ArrayList<>();
    int size = 0;
    int align = 1;
    for (Datum datum : form.from(1)) {
      @Nullable StructLayout member =
          datum instanceof Datum.Symbol symbol
              ? unit.tables().structs().get(symbol.name().text())
              : null;
      if (member == null) {
        throw diagnostics.fail(
            Message.UNION_MEMBER,
            context.originOf(datum),
            datum instanceof Datum.Symbol symbol
                ? NearMatches.hint(symbol.name().text(), unit.tables().structs().keySet())
                : null);
      }
      members.add(member);
      size = Math.max(size, member.size());
      align = Math.max(align, member.align());
    }
    UnionLayout union = new UnionLayout(name, cName, members, (int) roundUp(size, align), align);
    unit.tables().unions().put(name, union);
    generated.union(union, form.origin());
  }
}
