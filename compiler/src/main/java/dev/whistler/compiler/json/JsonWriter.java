package dev.whistler.compiler.json;

import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Writes JSON without insignificant white space, members in the order of the calls. */
public final class JsonWriter {
  /** Of most texts that are written. */
  private static final int ROOM = 4096;

  private final StringBuilder out = new StringBuilder(ROOM);
  private boolean first = true;

  private void separate() {
    if (!first) {
      out.append(',');
    }
    first = false;
  }

  public JsonWriter beginObject() {
    separate();
    out.append('{');
    first = true;
    return this;
  }

  public JsonWriter endObject() {
    out.append('}');
    first = false;
    return this;
  }

  public JsonWriter beginArray() {
    separate();
    out.append('[');
    first = true;
    return this;
  }

  public JsonWriter endArray() {
    out.append(']');
    first = false;
    return this;
  }

  /** Any number of values, one after the other. */
  public <T> JsonWriter array(Iterable<T> items, Consumer<T> write) {
    beginArray();
    items.forEach(write);
    return endArray();
  }

  public JsonWriter name(String name) {
    separate();
    string(name);
    out.append(':');
    first = true;
    return this;
  }

  public JsonWriter value(String text) {
    separate();
    string(text);
    return this;
  }

  public JsonWriter value(long number) {
    separate();
    out.append(number);
    return this;
  }

  public JsonWriter value(boolean flag) {
    separate();
    out.append(flag);
    return this;
  }

  /** A number written without sign. */
  public JsonWriter unsigned(long number) {
    separate();
    out.append(Long.toUnsignedString(number));
    return this;
  }

  public JsonWriter nothing() {
    separate();
    out.append("null");
    return this;
  }

  public JsonWriter member(String name, String text) {
    return name(name).value(text);
  }

  public JsonWriter member(String name, long number) {
    return name(name).value(number);
  }

  public JsonWriter member(String name, boolean flag) {
    return name(name).value(flag);
  }

  /** Members whose values are strings, numbers or booleans. */
  public JsonWriter members(Map<String, Object> members) {
    members.forEach(
        (name, value) -> {
          switch (value) {
            case Boolean flag -> member(name, flag.booleanValue());
            case Number number -> member(name, number.longValue());
            default -> member(name, value.toString());
          }
        });
    return this;
  }

  private void string(String text) {
    out.append('"');
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isEscaped(c)) {
        continue;
      }
      out.append(text, written, i);
      written = i + 1;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    out.append(text, written, text.length()).append('"');
  }

  /** Also what a terminal acts on, or what ends a line for some readers. */
  private static boolean isEscaped(char c) {
    return c < 0x20
        || c == '"'
        || c == '\\'
        || c == 0x7f
        || c == 0x2028
        || c == 0x2029
        || Character.isSurrogate(c);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
