package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.form.StructDefinitions.WrittenType;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField.FieldType;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Kinds written with {@code :as}, and which fields they suit (section 9.6). */
final class KindDeclarations {
  private final UnitContext unit;
  private final Diagnostics diagnostics;

  KindDeclarations(UnitContext unit, Diagnostics diagnostics) {
    this.unit = unit;
    this.diagnostics = diagnostics;
  }

  Kind parse(Datum datum, WrittenType field, String name, ExpansionContext context) {
    Origin at = context.originOf(datum);
    Kind kind = datum instanceof Cons cons ? enumeration(cons, at, context) : simple(datum, at);
    boolean suits =
        switch (kind) {
          case Kind.Simple s -> suits(s, field);
          case Kind.Enumeration ignored ->
              field.count() < 0 && field.type() instanceof FieldType.Scalar;
        };
    if (!suits) {
      throw diagnostics.fail(
          Code.E_KIND,
          at,
          "the kind " + kind.text() + " does not suit the field " + name,
          fieldsOf(kind));
    }
    return kind;
  }

  private Kind simple(Datum datum, Origin at) {
    List<String> names = Arrays.stream(Kind.Simple.values()).map(Kind.Simple::text).toList();
    String name = datum instanceof Datum.Symbol symbol ? symbol.name().text() : "";
    return Arrays.stream(Kind.Simple.values())
        .filter(k -> k.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                diagnostics.fail(
                    Code.E_KIND,
                    at,
                    name.isEmpty() ? "the name of a kind is expected here" : "unknown kind " + name,
                    NearMatches.hint(name, names)));
  }

  private Kind enumeration(Cons cons, Origin at, ExpansionContext context) {
    List<Datum> parts = ProperList.require(cons, "a kind", at, diagnostics);
    if (!(parts.getFirst() instanceof Datum.Symbol head) || !head.name().text().equals("enum")) {
      throw enumShape(at);
    }
    TreeMap<Long, String> labels = new TreeMap<>();
    for (Datum entry : parts.subList(1, parts.size())) {
      List<Datum> pair = ProperList.elements(entry).orElse(List.of());
      if (pair.size() != 2 || !(pair.get(1) instanceof Datum.Str label)) {
        throw enumShape(context.originOf(entry));
      }
      long value =
          new ConstantEvaluator(unit, diagnostics)
              .require(pair.get(0), context, "the value of a label");
      if (labels.put(value, label.text()) != null) {
        throw diagnostics.fail(
            Code.E_DUP, context.originOf(entry), "the value " + value + " has two labels");
      }
    }
    return new Kind.Enumeration(labels);
  }

  private AnalysisException enumShape(Origin at) {
    return diagnostics.fail(Code.E_KIND, at, "labels are written (enum (VALUE \"LABEL\")…)");
  }

  private static boolean suits(Kind.Simple kind, WrittenType field) {
    if (!(field.type() instanceof FieldType.Scalar scalar)) {
      return false;
    }
    ScalarType t = scalar.type();
    int n = field.count();
    boolean single = n < 0;
    return switch (kind) {
      case STRING -> !single && t.width() == 1;
      case BYTES -> !single && t == ScalarType.U8;
      case IPV4 -> (single && t == ScalarType.U32) || (n == 4 && t == ScalarType.U8);
      case IPV4_HOST -> single && t == ScalarType.U32;
      case IPV6 ->
          (n == 16 && t == ScalarType.U8)
              || (n == 4 && t == ScalarType.U32)
              || (n == 2 && t == ScalarType.U64);
      case MAC -> n == 6 && t == ScalarType.U8;
      case KTIME, BOOTTIME, CGROUP -> single && t == ScalarType.U64;
      case PID, UID ->
          single && (t == ScalarType.U32 || t == ScalarType.I32 || t == ScalarType.U64);
      case ERRNO -> single && (t == ScalarType.I32 || t == ScalarType.I64 || t == ScalarType.U32);
      case NUMBER -> single;
    };
  }

  /** Whether an inferred kind may be given to a field at all. */
  static boolean suits(Kind.Simple kind, dev.whistler.compiler.type.StructField field) {
    return suits(kind, new WrittenType(field.type(), field.count()));
  }

  private static String fieldsOf(Kind kind) {
    return switch (kind) {
      case Kind.Enumeration ignored -> "it is for scalar fields";
      case Kind.Simple s ->
          switch (s) {
            case STRING -> "it is for arrays of u8 or i8";
            case BYTES -> "it is for arrays of u8";
            case IPV4 -> "it is for u32 and (array u8 4)";
            case IPV4_HOST -> "it is for u32";
            case IPV6 -> "it is for (array u8 16), (array u32 4) and (array u64 2)";
            case MAC -> "it is for (array u8 6)";
            case KTIME, BOOTTIME, CGROUP -> "it is for u64";
            case PID, UID -> "it is for u32, i32 and u64";
            case ERRNO -> "it is for i32, i64 and u32";
            case NUMBER -> "it is for scalar fields";
          };
    };
  }
}
