package dev.whistler.runtime.encode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whistler.runtime.decode.ErrnoText;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.schema.FieldSchema;
import dev.whistler.runtime.schema.Kind;
import dev.whistler.runtime.schema.ScalarType;
import dev.whistler.runtime.schema.StructSchema;
import dev.whistler.runtime.schema.ValueType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Encodes JSON values as the kernel keeps them (language §9.5): padding and missing members are 0,
 * shorter arrays are filled with 0, anything too long or out of range is an error that names its
 * path. Fields with a kind take the text that decoding gives, or a plain number where it is one.
 *
 * <p>Of a key nothing may be missing: a forgotten field would be another key, as the prefix of
 * length 0 that matches everything.
 */
public final class ValueEncoder {
  private final WallClock clock;
  private final boolean whole;

  /**
   * Of values.
   *
   * @param clock relates times given as text to the kernel's clocks
   */
  public ValueEncoder(WallClock clock) {
    this(clock, false);
  }

  private ValueEncoder(WallClock clock, boolean whole) {
    this.clock = clock;
    this.whole = whole;
  }

  /** Of keys, which must be whole; texts of characters may be shorter than their arrays. */
  public static ValueEncoder ofKeys(WallClock clock) {
    return new ValueEncoder(clock, true);
  }

  /**
   * @param path how the value is called in messages, for instance {@code entries[3].key}
   * @return exactly as many bytes as the type has
   */
  public byte[] encode(ValueType type, JsonNode value, String path) throws EncodeException {
    ByteBuffer target = ByteBuffer.allocate(type.size()).order(ByteOrder.LITTLE_ENDIAN);
    value(type, value, target, 0, path);
    return target.array();
  }

  private void value(ValueType type, JsonNode value, ByteBuffer target, int at, String path)
      throws EncodeException {
    switch (type) {
      case ScalarType scalar -> putNumber(scalar, IntegerText.of(scalar, value, path), target, at);
      case StructSchema struct when struct.isUnion() ->
          bytes(hex(value, path), struct.size(), false, target, at, path);
      case StructSchema struct -> struct(struct, value, target, at, path);
      case ValueType.Bytes bytes -> bytes(hex(value, path), bytes.size(), false, target, at, path);
    }
  }

  private void struct(StructSchema struct, JsonNode value, ByteBuffer target, int at, String path)
      throws EncodeException {
    if (!value.isObject()) {
      throw new EncodeException(
          path, "is a " + struct.name() + ": give an object with its fields.");
    }
    for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      FieldSchema field =
          struct
              .field(name)
              .orElseThrow(() -> new EncodeException(path, unknownField(struct, name)));
      field(field, value.get(name), target, at + field.offset(), path + "." + name);
    }
    if (whole) {
      for (FieldSchema field : struct.fields()) {
        if (!value.has(field.cname())) {
          throw new EncodeException(path, missingField(struct, field.cname()));
        }
      }
    }
  }

  private static String missingField(StructSchema struct, String name) {
    return "lacks the field '%s'; a key has all fields of %s: %s."
        .formatted(
            name,
            struct.name(),
            struct.fields().stream().map(FieldSchema::cname).collect(Collectors.joining(", ")));
  }

  private static String unknownField(StructSchema struct, String name) {
    return "has a member '%s' that is no field of %s; its fields are %s."
        .formatted(
            name,
            struct.name(),
            struct.fields().stream().map(FieldSchema::cname).collect(Collectors.joining(", ")));
  }

  private void field(FieldSchema field, JsonNode value, ByteBuffer target, int at, String path)
      throws EncodeException {
    Kind kind = field.kind();
    if (field.isArray()) {
      if (kind == null && field.type() == ScalarType.U8) {
        kind = Kind.BYTES;
      }
      if (kind == null || !value.isTextual()) {
        array(field, value, target, at, path);
      } else {
        byte[] area = areaText(kind, value.textValue(), path);
        bytes(area, field.size(), kind == Kind.STRING, target, at, path);
      }
    } else if (field.type() instanceof ScalarType scalar && kind != null && value.isTextual()) {
      Long number = scalarText(kind, field, scalar, value.textValue(), path);
      putNumber(scalar, number == null ? IntegerText.of(scalar, value, path) : number, target, at);
    } else {
      value(field.type(), value, target, at, path);
    }
  }

  private void array(FieldSchema field, JsonNode value, ByteBuffer target, int at, String path)
      throws EncodeException {
    if (!value.isArray()) {
      throw new EncodeException(path, "is an array: give a list of at most " + field.count() + ".");
    }
    if (value.size() > field.count()) {
      throw new EncodeException(
          path, "has " + value.size() + " elements; at most " + field.count() + " fit.");
    }
    if (whole && value.size() < field.count()) {
      throw new EncodeException(
          path, "has " + value.size() + " elements; a key has all " + field.count() + ".");
    }
    for (int i = 0; i < value.size(); i++) {
      int place = at + i * field.type().size();
      value(field.type(), value.get(i), target, place, path + "[" + i + "]");
    }
  }

  /** The bytes of an array field given as text. */
  private static byte[] areaText(Kind kind, String text, String path) throws EncodeException {
    return switch (kind) {
      case STRING -> string(text, path);
      case IPV4 -> Addresses.ipv4(text, path);
      case IPV6 -> Addresses.ipv6(text, path);
      case MAC -> Addresses.mac(text, path);
      default -> hex(text, path);
    };
  }

  private static byte[] string(String text, String path) throws EncodeException {
    if (text.indexOf('\0') >= 0) {
      throw new EncodeException(path, "holds a NUL character, which ends a text in the kernel.");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The word of a scalar with a kind given as text; null where the text is to be a number. */
  private @Nullable Long scalarText(
      Kind kind, FieldSchema field, ScalarType scalar, String text, String path)
      throws EncodeException {
    return switch (kind) {
      case IPV4 ->
          (long)
              ByteBuffer.wrap(Addresses.ipv4(text, path)).order(ByteOrder.LITTLE_ENDIAN).getInt();
      case IPV4_HOST -> (long) ByteBuffer.wrap(Addresses.ipv4(text, path)).getInt();
      case KTIME, BOOTTIME ->
          IntegerText.isNumber(text) ? null : (Long) Times.parse(kind, text, clock, path);
      case ERRNO -> {
        var number = ErrnoText.number(text);
        yield number.isPresent() ? (Long) (long) -number.getAsInt() : null;
      }
      case ENUM -> label(field, text, path);
      default -> null;
    };
  }

  private static @Nullable Long label(FieldSchema field, String text, String path)
      throws EncodeException {
    for (Map.Entry<Long, String> label : field.labels().entrySet()) {
      if (label.getValue().equals(text)) {
        return label.getKey();
      }
    }
    if (IntegerText.isNumber(text)) {
      return null;
    }
    throw new EncodeException(
        path,
        "is '%s'; its labels are %s."
            .formatted(
                text, field.labels().values().stream().sorted().collect(Collectors.joining(", "))));
  }

  private static byte[] hex(JsonNode value, String path) throws EncodeException {
    if (!value.isTextual()) {
      throw new EncodeException(path, "is raw bytes: give them as hexadecimal text.");
    }
    return hex(value.textValue(), path);
  }

  private static byte[] hex(String text, String path) throws EncodeException {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw new EncodeException(path, "is not hexadecimal text of whole bytes: '" + text + "'.");
    }
  }

  private void bytes(
      byte[] bytes, int size, boolean mayBeShort, ByteBuffer target, int at, String path)
      throws EncodeException {
    if (whole && !mayBeShort && bytes.length < size) {
      throw new EncodeException(
          path, "has " + bytes.length + " bytes; a key has all " + size + ".");
    }
    if (bytes.length > size) {
      throw new EncodeException(path, "has " + bytes.length + " bytes; at most " + size + " fit.");
    }
    target.put(at, bytes);
  }

  private static void putNumber(ScalarType type, long word, ByteBuffer target, int at) {
    switch (type.size()) {
      case 1 -> target.put(at, (byte) word);
      case 2 -> target.putShort(at, (short) word);
      case 4 -> target.putInt(at, (int) word);
      default -> target.putLong(at, word);
    }
  }
}
