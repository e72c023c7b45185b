package dev.whistler.compiler.declaration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** C structs with explicit padding and assertions on size and offsets. */
final class CHeader {
  private static final Set<String> RESERVED =
      Set.of(
          "auto",
          "break",
          "case",
          "char",
          "const",
          "continue",
          "default",
          "do",
          "double",
          "else",
          "enum",
          "extern",
          "float",
          "for",
          "goto",
          "if",
          "inline",
          "int",
          "long",
          "register",
          "restrict",
          "return",
          "short",
          "signed",
          "sizeof",
          "static",
          "struct",
          "switch",
          "typedef",
          "union",
          "unsigned",
          "void",
          "volatile",
          "while",
          "bool",
          "true",
          "false",
          "class",
          "new",
          "delete",
          "this",
          "namespace",
          "template",
          "private",
          "public",
          "linux",
          "unix");

  private CHeader() {}

  static String write(List<StructModel> structs, String name) {
    Lines out = new Lines("\t");
    String guard = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_H";
    out.add("/* " + Declarations.NOTICE + " */");
    out.add("#ifndef " + guard).add("#define " + guard).add("");
    out.add("#include <stddef.h>").add("#include <stdint.h>").add("");
    Names tags = new Names(RESERVED);
    Map<String, String> tagOf = new HashMap<>();
    for (StructModel struct : structs) {
      String tag = tags.unique(struct.cName());
      tagOf.put(struct.name(), tag);
      struct(out, struct, tag, tagOf);
    }
    return out.add("#endif").toString();
  }

  private static void struct(Lines out, StructModel struct, String tag, Map<String, String> tagOf) {
    out.open("struct " + tag + " {");
    Names names = new Names(RESERVED);
    List<String> assertions = new ArrayList<>();
    int end = 0;
    for (StructModel.Field field : struct.fields()) {
      pad(out, names, end, field.offset());
      String name = names.unique(field.cName());
      StructModel nested = field.nested();
      String type =
          nested != null
              ? "struct " + tagOf.get(nested.name())
              : (field.scalar().signed() ? "int" : "uint") + 8 * field.elementSize() + "_t";
      out.add(type + " " + name + (field.isArray() ? "[" + field.count() + "]" : "") + ";");
      assertions.add(assertion("offsetof(struct " + tag + ", " + name + ") == " + field.offset()));
      end = field.offset() + field.size();
    }
    pad(out, names, end, struct.size());
    out.close("} __attribute__((aligned(" + struct.align() + ")));");
    out.add(assertion("sizeof(struct " + tag + ") == " + struct.size()));
    assertions.forEach(out::add);
    out.add("");
  }

  private static String assertion(String condition) {
    return "_Static_assert(" + condition + ", \"layout\");";
  }

  private static void pad(Lines out, Names names, int from, int to) {
    if (to > from) {
      out.add("uint8_t " + names.unique("pad_" + from) + "[" + (to - from) + "];");
    }
  }
}
