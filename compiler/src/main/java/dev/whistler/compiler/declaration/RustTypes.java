package dev.whistler.compiler.declaration;

import dev.whistler.compiler.type.ScalarType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rust structs with {@code decode} and {@code encode}. */
final class RustTypes {
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "async",
          "await",
          "break",
          "const",
          "continue",
          "crate",
          "dyn",
          "else",
          "enum",
          "extern",
          "false",
          "fn",
          "for",
          "if",
          "impl",
          "in",
          "let",
          "loop",
          "match",
          "mod",
          "move",
          "mut",
          "pub",
          "ref",
          "return",
          "self",
          "static",
          "struct",
          "super",
          "trait",
          "true",
          "type",
          "unsafe",
          "use",
          "where",
          "while",
          "abstract",
          "become",
          "box",
          "do",
          "final",
          "gen",
          "macro",
          "override",
          "priv",
          "try",
          "typeof",
          "unsized",
          "virtual",
          "yield",
          "_");

  private RustTypes() {}

  static String write(List<StructModel> structs) {
    Lines out = new Lines("    ");
    out.add("// " + Declarations.NOTICE);
    out.add("");
    out.add("/// The bytes are too short for a record.");
    out.add("#[derive(Clone, Copy, Debug, PartialEq, Eq)]");
    out.open("pub struct DecodeError {");
    out.add("pub size: usize,").add("pub offset: usize,").add("pub length: usize,").close("}");
    out.add("");
    out.open("impl std::fmt::Display for DecodeError {");
    out.open("fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {");
    out.add(
        "write!(f, \"E-DECODE: {} bytes at {} are not in {}\", self.size, self.offset,"
            + " self.length)");
    out.close("}").close("}").add("");
    out.add("impl std::error::Error for DecodeError {}");
    Names types = new Names(Set.of("DecodeError", "Self", "Result", "Ok", "Err"));
    Map<String, String> typeOf = new HashMap<>();
    for (StructModel struct : structs) {
      String type = types.unique(Names.upperCamel(struct.cName()));
      typeOf.put(struct.name(), type);
      struct(out.add(""), struct, type, typeOf);
    }
    return out.toString();
  }

  private static String scalar(ScalarType type) {
    return type.text(); // the same names
  }

  private static void struct(
      Lines out, StructModel struct, String type, Map<String, String> typeOf) {
    Names names = new Names(RESERVED);
    List<String> fields = struct.fields().stream().map(f -> names.unique(f.cName())).toList();
    out.add("/// The record of struct " + struct.name() + ".");
    out.add("#[derive(Clone, Debug, PartialEq, Eq)]");
    out.open("pub struct " + type + " {");
    for (int i = 0; i < fields.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      StructModel nested = field.nested();
      String element = nested != null ? typeOf.get(nested.name()) : scalar(field.scalar());
      String shown = field.isArray() ? "[" + element + "; " + field.count() + "]" : element;
      out.add("pub " + fields.get(i) + ": " + shown + ",");
    }
    out.close("}").add("");
    out.open("impl " + type + " {");
    out.add("pub const SIZE: usize = " + struct.size() + ";").add("");
    out.add("/// Reads a record at an offset; bytes behind it are ignored.");
    out.open("pub fn decode(bytes: &[u8], offset: usize) -> Result<Self, DecodeError> {");
    out.open("match bytes.get(offset..).and_then(|b| b.get(..Self::SIZE)) {");
    out.add("Some(b) => Ok(Self::read(b)),");
    out.add("None => Err(DecodeError { size: Self::SIZE, offset, length: bytes.len() }),");
    out.close("}").close("}").add("");
    out.open("fn read(b: &[u8]) -> Self {").open("Self {");
    for (int i = 0; i < fields.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      String value =
          field.isArray()
              ? "std::array::from_fn(|i| "
                  + read(field, field.offset() + " + i * " + field.elementSize(), typeOf)
                  + ")"
              : read(field, Integer.toString(field.offset()), typeOf);
      out.add(fields.get(i) + ": " + value + ",");
    }
    out.close("}").close("}").add("");
    out.add("/// The bytes of the record, padding 0.");
    out.open("pub fn encode(&self) -> [u8; " + struct.size() + "] {");
    out.add("let mut b = [0u8; " + struct.size() + "];").add("self.write(&mut b);").add("b");
    out.close("}").add("");
    out.open("fn write(&self, b: &mut [u8]) {");
    for (int i = 0; i < fields.size(); i++) {
      StructModel.Field field = struct.fields().get(i);
      String place = "self." + fields.get(i);
      if (field.isArray()) {
        out.open("for (i, v) in " + place + ".iter().enumerate() {");
        out.add("let at = " + field.offset() + " + i * " + field.elementSize() + ";");
        out.add(write(field, "v", "at")).close("}");
      } else {
        out.add(write(field, place, Integer.toString(field.offset())));
      }
    }
    out.close("}").close("}");
  }

  private static String range(String at, int size) {
    return at.chars().allMatch(Character::isDigit)
        ? at + ".." + (Integer.parseInt(at) + size)
        : at + ".." + at + " + " + size;
  }

  private static String read(StructModel.Field field, String at, Map<String, String> typeOf) {
    StructModel nested = field.nested();
    String bytes = "b[" + range(at, field.elementSize()) + "]";
    return nested != null
        ? typeOf.get(nested.name()) + "::read(&" + bytes + ")"
        : scalar(field.scalar()) + "::from_le_bytes(" + bytes + ".try_into().unwrap())";
  }

  private static String write(StructModel.Field field, String value, String at) {
    String bytes = "b[" + range(at, field.elementSize()) + "]";
    return field.nested() != null
        ? value + ".write(&mut " + bytes + ");"
        : bytes + ".copy_from_slice(&" + value + ".to_le_bytes());";
  }
}
