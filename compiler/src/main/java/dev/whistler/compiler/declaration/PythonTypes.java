package dev.whistler.compiler.declaration;

import dev.whistler.compiler.type.ScalarType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Python data classes with {@code decode} and {@code encode}. */
final class PythonTypes {
  private static final Set<String> RESERVED =
      Set.of(
          "False",
          "None",
          "True",
          "and",
          "as",
          "assert",
          "async",
          "await",
          "break",
          "class",
          "continue",
          "def",
          "del",
          "elif",
          "else",
          "except",
          "finally",
          "for",
          "from",
          "global",
          "if",
          "import",
          "in",
          "is",
          "lambda",
          "nonlocal",
          "not",
          "or",
          "pass",
          "raise",
          "return",
          "try",
          "while",
          "with",
          "yield",
          "self",
          "cls",
          "decode",
          "encode",
          "SIZE",
          "int",
          "list",
          "struct",
          "match",
          "type");

  private static final String SUPPORT =
      """
      def _get(data, offset, width, signed):
          return int.from_bytes(data[offset : offset + width], "little", signed=signed)


      def _put(out, offset, width, signed, name, value):
          value = 0 if value is None else value
          try:
              out[offset : offset + width] = value.to_bytes(width, "little", signed=signed)
          except OverflowError:
              raise ValueError(f"E-RANGE: {name} does not hold {value}") from None


      def _items(name, values, count):
          values = [] if values is None else values
          if len(values) > count:
              raise ValueError(f"E-RANGE: {name} has {len(values)} elements, at most {count}")
          return enumerate(values)
      """;

  private PythonTypes() {}

  static String write(List<StructModel> structs) {
    Lines out = new Lines("    ");
    out.add("# " + Declarations.NOTICE);
    out.add("from dataclasses import dataclass, field").add("").add("");
    SUPPORT.lines().forEach(out::add);
    Names types = new Names(Set.of("None", "True", "False"));
    Map<String, String> typeOf = new HashMap<>();
    for (StructModel struct : structs) {
      String type = types.unique(Names.upperCamel(struct.cName()));
      typeOf.put(struct.name(), type);
      struct(out.add("").add(""), struct, type, typeOf);
    }
    return out.toString();
  }

  private static void struct(
      Lines out, StructModel struct, String type, Map<String, String> typeOf) {
    Names names = new Names(RESERVED);
    List<String> fields = struct.fields().stream().map(f -> names.unique(f.cName())).toList();
    out.add("@dataclass").open("class " + type + ":");
    out.add("\"\"\"The record of struct " + struct.name() + ".\"\"\"").add("");
    for (int i = 0; i < fields.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      StructModel nested = field.nested();
      String annotation =
          field.isArray() ? "list" : nested != null ? typeOf.get(nested.name()) : "int";
      String initial =
          field.isArray()
              ? "field(default_factory=list)"
              : nested != null
                  ? "field(default_factory=lambda: " + typeOf.get(nested.name()) + "())"
                  : "0";
      out.add(fields.get(i) + ": " + annotation + " = " + initial);
    }
    out.add("").add("@staticmethod").open("def decode(data, offset=0):");
    out.add("\"\"\"Reads a record at an offset; bytes behind it are ignored.\"\"\"");
    out.open("if offset < 0 or len(data) - offset < " + struct.size() + ":");
    out.add(
        "raise ValueError(f\"E-DECODE: "
            + struct.size()
            + " bytes at {offset} are not in {len(data)}\")");
    out.end();
    out.open("return " + type + "(");
    for (int i = 0; i < fields.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      String at = "offset + " + field.offset();
      out.add(
          fields.get(i)
              + "="
              + (field.isArray()
                  ? "["
                      + read(field, at + " + i * " + field.elementSize(), typeOf)
                      + " for i in range("
                      + field.count()
                      + ")]"
                  : read(field, at, typeOf))
              + ",");
    }
    out.close(")").end().add("").open("def encode(self):");
    out.add("\"\"\"The bytes of the record, padding 0.\"\"\"");
    out.add("out = bytearray(" + struct.size() + ")");
    for (int i = 0; i < fields.size(); i++) {
      encoder(out, struct.fields().get(i), fields.get(i));
    }
    out.add("return bytes(out)").end().end();
  }

  private static String python(boolean flag) {
    return flag ? "True" : "False";
  }

  private static String read(StructModel.Field field, String at, Map<String, String> typeOf) {
    StructModel nested = field.nested();
    if (nested != null) {
      return typeOf.get(nested.name()) + ".decode(data, " + at + ")";
    }
    ScalarType type = field.scalar();
    return "_get(data, " + at + ", " + type.width() + ", " + python(type.signed()) + ")";
  }

  private static void encoder(Lines out, StructModel.Field field, String name) {
    if (!field.isArray()) {
      put(out, field, name, Integer.toString(field.offset()), "self." + name);
      return;
    }
    out.open("for i, v in _items(\"" + name + "\", self." + name + ", " + field.count() + "):");
    put(out, field, name, field.offset() + " + i * " + field.elementSize(), "v");
    out.end();
  }

  private static void put(
      Lines out, StructModel.Field field, String name, String at, String value) {
    if (field.nested() != null) {
      out.open("if " + value + " is not None:");
      out.add(
          "out[" + at + " : " + at + " + " + field.elementSize() + "] = " + value + ".encode()");
      out.end();
      return;
    }
    ScalarType type = field.scalar();
    out.add(
        "_put(out, "
            + at
            + ", "
            + type.width()
            + ", "
            + python(type.signed())
            + ", \""
            + name
            + "\", "
            + value
            + ")");
  }
}
