package dev.whistler.compiler.declaration;

import dev.whistler.compiler.json.JsonReader;
import dev.whistler.compiler.object.MalformedObjectException;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A struct of a schema.
 *
 * @param name source name with hyphens
 * @param cName C name
 * @param size bytes, padding included
 * @param align bytes
 * @param fields by ascending offset
 */
record StructModel(String name, String cName, int size, int align, List<Field> fields) {

  /**
   * A field; exactly one of {@code scalar} and {@code nested} is not null.
   *
   * @param count elements of an array, or -1
   */
  record Field(
      String name,
      String cName,
      int offset,
      @Nullable ScalarType scalar,
      @Nullable StructModel nested,
      int count) {
    boolean isArray() {
      return count >= 0;
    }

    int elementSize() {
      return nested != null ? nested.size() : scalar().width();
    }

    int size() {
      return elementSize() * (isArray() ? count : 1);
    }

    @Override
    public ScalarType scalar() {
      if (scalar == null) {
        throw new IllegalStateException(name + " is no scalar");
      }
      return scalar;
    }
  }

  /** The structs of a schema, each before those that contain it. */
  static List<StructModel> read(String schema) {
    try {
      return structs(JsonReader.object(schema));
    } catch (JsonReader.Malformed e) {
      throw new MalformedObjectException("The object's schema is damaged.");
    }
  }

  private static List<StructModel> structs(Map<String, @Nullable Object> schema) {
    Map<String, StructModel> known = new HashMap<>();
    List<StructModel> structs = new ArrayList<>();
    for (Object item : JsonReader.items(schema.get("structs"))) {
      StructModel struct = struct(JsonReader.members(item), known);
      known.put(struct.name(), struct);
      structs.add(struct);
    }
    return structs;
  }

  private static StructModel struct(
      Map<String, @Nullable Object> json, Map<String, StructModel> known) {
    List<Field> fields = new ArrayList<>();
    int size = JsonReader.number(json.get("size"));
    int end = 0;
    for (Object item : JsonReader.items(json.get("fields"))) {
      Map<String, @Nullable Object> field = JsonReader.members(item);
      String type = JsonReader.text(field.get("type"));
      ScalarType scalar = ScalarType.named(type).orElse(null);
      StructModel nested = scalar == null ? known.get(type) : null;
      if (scalar == null && nested == null) {
        throw new MalformedObjectException("The object's schema names an unknown type.");
      }
      Field read =
          new Field(
              JsonReader.text(field.get("name")),
              cName(field),
              JsonReader.number(field.get("offset")),
              scalar,
              nested,
              field.containsKey("count") ? JsonReader.number(field.get("count")) : -1);
      if (read.offset() < end || (long) read.offset() + read.size() > size) {
        throw new MalformedObjectException("The object's schema has overlapping fields.");
      }
      end = read.offset() + read.size();
      fields.add(read);
    }
    return new StructModel(
        JsonReader.text(json.get("name")),
        cName(json),
        size,
        JsonReader.number(json.get("align")),
        fields);
  }

  private static String cName(Map<String, @Nullable Object> json) {
    String name = JsonReader.text(json.get("cname"));
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,255}")) {
      throw new MalformedObjectException("The object's schema has a name that is no identifier.");
    }
    return name;
  }
}
