package dev.whistler.compiler.declaration;

import dev.whistler.compiler.type.ScalarType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Java records with {@code decode} and {@code encode}. Unsigned components are of a wider type, so
 * that they never become negative: u32 is {@code long}, u64 is {@code BigInteger}; arrays are
 * lists, so that records compare by value.
 */
final class JavaRecords {
  private static final Set<String> RESERVED =
      Set.of(
          "abstract",
          "assert",
          "boolean",
          "break",
          "byte",
          "case",
          "catch",
          "char",
          "class",
          "const",
          "continue",
          "default",
          "do",
          "double",
          "else",
          "enum",
          "extends",
          "final",
          "finally",
          "float",
          "for",
          "goto",
          "if",
          "implements",
          "import",
          "instanceof",
          "int",
          "interface",
          "long",
          "native",
          "new",
          "package",
          "private",
          "protected",
          "public",
          "return",
          "short",
          "static",
          "strictfp",
          "super",
          "switch",
          "synchronized",
          "this",
          "throw",
          "throws",
          "transient",
          "try",
          "void",
          "volatile",
          "while",
          "true",
          "false",
          "null",
          "_",
          "clone",
          "finalize",
          "getClass",
          "hashCode",
          "notify",
          "notifyAll",
          "toString",
          "wait",
          "encode",
          "bytes",
          "offset",
          "b",
          "o");

  /** Types that the generated file itself names. */
  private static final Set<String> TYPES =
      Set.of(
          "Bytes",
          "BigInteger",
          "ByteBuffer",
          "ByteOrder",
          "List",
          "ArrayList",
          "String",
          "Object",
          "Record",
          "Integer",
          "Long",
          "IntFunction",
          "Math",
          "IllegalArgumentException",
          "Number");

  private static final String SUPPORT =
      """
      private static final class Bytes {
        static ByteBuffer input(byte[] bytes, int offset, int size) {
          if (offset < 0 || (long) offset + size > bytes.length) {
            throw new IllegalArgumentException(
                "E-DECODE: " + size + " bytes at " + offset + " are not in " + bytes.length);
          }
          return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        static ByteBuffer output(int size) {
          return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        static BigInteger unsigned(long value) {
          BigInteger signed = BigInteger.valueOf(value);
          return value >= 0 ? signed : signed.add(BigInteger.ONE.shiftLeft(64));
        }

        static <T> List<T> list(int count, IntFunction<T> element) {
          List<T> list = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            list.add(element.apply(i));
          }
          return List.copyOf(list);
        }

        static <T> List<T> checked(String name, List<T> list, int count) {
          if (list == null) {
            return List.of();
          }
          if (list.size() > count) {
            throw new IllegalArgumentException(
                "E-RANGE: " + name + " has " + list.size() + " elements, at most " + count);
          }
          return list;
        }

        static void put(ByteBuffer out, int offset, int bits, boolean signed, String name, Number n) {
          BigInteger value =
              n == null
                  ? BigInteger.ZERO
                  : n instanceof BigInteger big ? big : BigInteger.valueOf(n.longValue());
          boolean fits = signed ? value.bitLength() < bits : value.signum() >= 0 && value.bitLength() <= bits;
          if (!fits) {
            throw new IllegalArgumentException("E-RANGE: " + name + " does not hold " + value);
          }
          for (int i = 0; i < bits / 8; i++) {
            out.put(offset + i, value.shiftRight(8 * i).byteValue());
          }
        }
      }
      """;

  private JavaRecords() {}

  static String write(List<StructModel> structs, String name) {
    Lines out = new Lines("  ");
    out.add("// " + Declarations.NOTICE);
    out.add("import java.math.BigInteger;");
    out.add("import java.nio.ByteBuffer;");
    out.add("import java.nio.ByteOrder;");
    out.add("import java.util.ArrayList;");
    out.add("import java.util.List;");
    out.add("import java.util.function.IntFunction;");
    out.add("");
    String outer = Names.upperCamel(name.replaceAll("[^A-Za-z0-9_]", "_"));
    out.open("public final class " + outer + " {");
    out.add("private " + outer + "() {}");
    Names types = new Names(TYPES);
    types.unique(outer);
    Map<String, String> typeOf = new HashMap<>();
    for (StructModel struct : structs) {
      String type = types.unique(Names.upperCamel(struct.cName()));
      typeOf.put(struct.name(), type);
      record(out.add(""), struct, type, typeOf);
    }
    out.add("");
    SUPPORT.lines().forEach(out::add);
    return out.close("}").toString();
  }

  private static String component(ScalarType type, boolean boxed) {
    return switch (type) {
      case U8, I8, U16, I16, I32 -> boxed ? "Integer" : "int";
      case U32, I64 -> boxed ? "Long" : "long";
      case U64 -> "BigInteger";
    };
  }

  private static void record(
      Lines out, StructModel struct, String type, Map<String, String> typeOf) {
    Names names = new Names(RESERVED);
    List<String> components =
        struct.fields().stream().map(f -> names.unique(Names.lowerCamel(f.cName()))).toList();
    StringBuilder header = new StringBuilder();
    for (int i = 0; i < components.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      StructModel nested = field.nested();
      boolean array = field.isArray();
      String element =
          nested != null ? typeOf.get(nested.name()) : component(field.scalar(), array);
      header.append(i == 0 ? "" : ", ");
      header.append(array ? "List<" + element + ">" : element).append(' ');
      header.append(components.get(i));
    }
    out.open("public record " + type + "(" + header + ") {");
    out.add("public static final int SIZE = " + struct.size() + ";").add("");
    decoder(out, struct, type, typeOf);
    out.open("public byte[] encode() {");
    out.add("ByteBuffer b = Bytes.output(SIZE);");
    out.add("write(b, 0);");
    out.add("return b.array();").close("}").add("");
    out.open("private void write(ByteBuffer b, int o) {");
    for (int i = 0; i < components.size(); i++) {
      encoder(out, struct.fields().get(i), components.get(i), typeOf);
    }
    out.close("}").close("}");
  }

  private static void decoder(
      Lines out, StructModel struct, String type, Map<String, String> typeOf) {
    out.open("public static " + type + " decode(byte[] bytes, int offset) {");
    out.add("return read(Bytes.input(bytes, offset, SIZE), offset);").close("}").add("");
    out.open("private static " + type + " read(ByteBuffer b, int o) {");
    out.open("return new " + type + "(");
    for (int i = 0; i < struct.fields().size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      String at = "o + " + field.offset();
      String read =
          field.isArray()
              ? "Bytes.list("
                  + field.count()
                  + ", i -> "
                  + read(field, at + " + i * " + field.elementSize(), typeOf)
                  + ")"
              : read(field, at, typeOf);
      out.add(read + (i + 1 < struct.fields().size() ? "," : ");"));
    }
    out.end().close("}").add("");
  }

  private static String read(StructModel.Field field, String at, Map<String, String> typeOf) {
    StructModel nested = field.nested();
    if (nested != null) {
      return typeOf.get(nested.name()) + ".read(b, " + at + ")";
    }
    return switch (field.scalar()) {
      case U8 -> "b.get(" + at + ") & 0xff";
      case I8 -> "(int) b.get(" + at + ")";
      case U16 -> "b.getShort(" + at + ") & 0xffff";
      case I16 -> "(int) b.getShort(" + at + ")";
      case U32 -> "b.getInt(" + at + ") & 0xffffffffL";
      case I32 -> "b.getInt(" + at + ")";
      case U64 -> "Bytes.unsigned(b.getLong(" + at + "))";
      case I64 -> "b.getLong(" + at + ")";
    };
  }

  private static void encoder(
      Lines out, StructModel.Field field, String name, Map<String, String> typeOf) {
    String at = "o + " + field.offset();
    if (!field.isArray()) {
      put(out, field, at, name, "this." + name);
      return;
    }
    StructModel nested = field.nested();
    String element = nested != null ? typeOf.get(nested.name()) : component(field.scalar(), true);
    out.add(
        "List<"
            + element
            + "> "
            + name
            + "List = Bytes.checked(\""
            + name
            + "\", this."
            + name
            + ", "
            + field.count()
            + ");");
    out.open("for (int i = 0; i < " + name + "List.size(); i++) {");
    put(out, field, at + " + i * " + field.elementSize(), name, name + "List.get(i)");
    out.close("}");
  }

  private static void put(
      Lines out, StructModel.Field field, String at, String name, String value) {
    if (field.nested() != null) {
      out.open("if (" + value + " != null) {");
      out.add(value + ".write(b, " + at + ");").close("}");
      return;
    }
    ScalarType type = field.scalar();
    out.add(
        "Bytes.put(b, "
            + at
            + ", "
            + 8 * type.width()
            + ", "
            + type.signed()
            + ", \""
            + name
            + "\", "
            + value
            + ");");
  }
}
