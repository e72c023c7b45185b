package dev.whistler.compiler.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON that schemas are made of into maps, lists, strings, longs and booleans. Bounded in
 * depth; whatever is not as asked is {@link Malformed}.
 */
public final class JsonReader {
  private static final int MAX_DEPTH = 32;

  private final String text;
  private int at;

  /** The text is no JSON, or not of the shape that is asked for. */
  public static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed() {
      super("malformed JSON", null, false, false);
    }
  }

  private JsonReader(String text) {
    this.text = text;
  }

  public static Map<String, @Nullable Object> object(String text) {
    JsonReader json = new JsonReader(text);
    Object value = json.value(0);
    json.space();
    if (json.at != text.length() || !(value instanceof Map<?, ?>)) {
      throw malformed();
    }
    return members(value);
  }

  /** A value as an object. */
  @SuppressWarnings("unchecked") // the reader makes maps with string keys only
  public static Map<String, @Nullable Object> members(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw malformed();
  }

  /** A value as a list. */
  public static List<?> items(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw malformed();
  }

  public static String text(@Nullable Object value) {
    if (value instanceof String string) {
      return string;
    }
    throw malformed();
  }

  public static int number(@Nullable Object value) {
    if (value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw malformed();
  }

  private static Malformed malformed() {
    return new Malformed();
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char next() {
    space();
    if (at >= text.length()) {
      throw malformed();
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (next() != c) {
      throw malformed();
    }
    at++;
  }

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw malformed();
    }
    return switch (next()) {
      case '{' -> readObject(depth);
      case '[' -> readArray(depth);
      case '"' -> readString();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> readNumber();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed();
    }
    at += word.length();
    return value;
  }

  private Map<String, @Nullable Object> readObject(int depth) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    expect('{');
    if (next() == '}') {
      at++;
      return members;
    }
    while (true) {
      next();
      String name = readString();
      expect(':');
      members.put(name, value(depth + 1));
      if (next() == '}') {
        at++;
        return members;
      }
      expect(',');
    }
  }

  private List<@Nullable Object> readArray(int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    expect('[');
    if (next() == ']') {
      at++;
      return items;
    }
    while (true) {
      items.add(value(depth + 1));
      if (next() == ']') {
        at++;
        return items;
      }
      expect(',');
    }
  }

  private String readString() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escape() : c);
    }
    throw malformed();
  }

  private char escape() {
    if (at >= text.length()) {
      throw malformed();
    }
    char c = text.charAt(at++);
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw malformed();
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(text.charAt(at++), 16);
          if (digit < 0) {
            throw malformed();
          }
          code = code << 4 | digit;
        }
        yield (char) code;
      }
      default -> c;
    };
  }

  private Object readNumber() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    if (!digits.matches("-?[0-9]{1,20}")) {
      throw malformed();
    }
    try {
      return digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }
}
