package dev.whistler.runtime.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Typed, bounded access to the members of one JSON object of the schema. */
record Fields(JsonNode node, String path) {
  private static final int MAX_TEXT = 16_384;

  Fields {
    // A record's constructor cannot throw a checked exception; callers use object().
    if (!node.isObject()) {
      throw new IllegalArgumentException(path);
    }
  }

  static Fields object(@Nullable JsonNode node, String path) throws SchemaException {
    if (node == null || !node.isObject()) {
      throw damaged(path, "is not an object");
    }
    return new Fields(node, path);
  }

  static SchemaException damaged(String path, String what) {
    return new SchemaException(
        "The object's schema is damaged: " + path + " " + what + "; compile the program again.");
  }

  String text(String name) throws SchemaException {
    JsonNode value = node.get(name);
    if (value == null || !value.isTextual() || value.textValue().length() > MAX_TEXT) {
      throw damaged(member(name), "is not a text");
    }
    return value.textValue();
  }

  String text(String name, String absent) throws SchemaException {
    return node.has(name) ? text(name) : absent;
  }

  boolean flag(String name) throws SchemaException {
    JsonNode value = node.get(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw damaged(member(name), "is neither true nor false");
    }
    return value.booleanValue();
  }

  long number(String name, long min, long max) throws SchemaException {
    JsonNode value = node.get(name);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw damaged(member(name), "is not a whole number");
    }
    long number = value.longValue();
    if (number < min || number > max) {
      throw damaged(member(name), "lies outside " + min + " to " + max);
    }
    return number;
  }

  long number(String name, long min, long max, long absent) throws SchemaException {
    return node.has(name) ? number(name, min, max) : absent;
  }

  int integer(String name, int min, int max) throws SchemaException {
    return (int) number(name, min, max);
  }

  /** The objects of a list; an absent list is empty. */
  List<Fields> objects(String name, int limit) throws SchemaException {
    List<Fields> objects = new ArrayList<>();
    for (JsonNode element : list(name, limit)) {
      objects.add(object(element, member(name) + "[" + objects.size() + "]"));
    }
    return objects;
  }

  List<String> texts(String name, int limit) throws SchemaException {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : list(name, limit)) {
      if (!element.isTextual()) {
        throw damaged(member(name) + "[" + texts.size() + "]", "is not a text");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  private Iterable<JsonNode> list(String name, int limit) throws SchemaException {
    JsonNode value = node.get(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.size() > limit) {
      throw damaged(member(name), "is not a list of at most " + limit + " elements");
    }
    return value;
  }

  String member(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
