package dev.whistler.runtime.decode;

import dev.whistler.runtime.schema.FieldSchema;
import dev.whistler.runtime.schema.Kind;
import dev.whistler.runtime.schema.ScalarType;
import dev.whistler.runtime.schema.StructSchema;
import dev.whistler.runtime.schema.ValueType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Chooses, once for each type, how its values are written (language §§9.6 and 9.8). */
final class ValueWriters {
  private static final long MAX_SAFE = (1L << 53) - 1;

  private final WideNumbers wide;

  ValueWriters(WideNumbers wide) {
    this.wide = wide;
  }

  /** A value of a map slot or a record: no field, hence no kind. */
  FieldWriter of(ValueType type) {
    return switch (type) {
      case ScalarType scalar -> number(scalar);
      case StructSchema struct -> struct(struct);
      case ValueType.Bytes bytes -> hex(bytes.size());
    };
  }

  FieldWriter struct(StructSchema struct) {
    if (struct.isUnion()) {
      return hex(struct.size());
    }
    List<FieldSchema> fields = struct.fields();
    int count = fields.size();
    byte[][] names = new byte[count][];
    FieldWriter[] writers = new FieldWriter[count];
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      String name = (i == 0 ? "{\"" : ",\"") + fields.get(i).cname() + "\":";
      names[i] = name.getBytes(StandardCharsets.US_ASCII);
      writers[i] = field(fields.get(i));
      offsets[i] = fields.get(i).offset();
    }
    return (source, at, out) -> {
      JsonBuffer json = out.json();
      for (int i = 0; i < writers.length; i++) {
        json.append(names[i]);
        writers[i].write(source, at + offsets[i], out);
      }
      json.append('}');
    };
  }

  private FieldWriter field(FieldSchema field) {
    return switch (field.type()) {
      case ScalarType scalar when field.isArray() -> scalarArray(field, scalar);
      case ScalarType scalar -> scalar(field, scalar);
      case ValueType type when field.isArray() -> array(of(type), type.size(), field.count());
      case ValueType type -> of(type);
    };
  }

  private FieldWriter scalarArray(FieldSchema field, ScalarType scalar) {
    int size = field.size();
    return switch (field.kind()) {
      case STRING -> (source, at, out) -> TextWriter.quoted(source, at, size, out.json());
      case BYTES -> hex(size);
      case IPV4 -> (source, at, out) -> AddressWriter.ipv4(source, at, out.json());
      case IPV6 -> (source, at, out) -> AddressWriter.ipv6(source, at, out.json());
      case MAC -> (source, at, out) -> AddressWriter.mac(source, at, out.json());
      case null, default ->
          // §9.6: a u8 array without kind is bytes
          field.kind() == null && scalar == ScalarType.U8
              ? hex(size)
              : array(number(scalar), scalar.size(), field.count());
    };
  }

  private FieldWriter scalar(FieldSchema field, ScalarType scalar) {
    @Nullable Kind kind = field.kind();
    return switch (kind) {
      case IPV4 -> (source, at, out) -> AddressWriter.ipv4(source, at, out.json());
      case IPV4_HOST -> (source, at, out) -> AddressWriter.ipv4Host(source, at, out.json());
      case KTIME ->
          (source, at, out) ->
              out.times().quoted(out.clock().ofMonotonic(source.get(Numbers.LONG, at)), out.json());
      case BOOTTIME ->
          (source, at, out) ->
              out.times().quoted(out.clock().ofBoot(source.get(Numbers.LONG, at)), out.json());
      case ERRNO -> errno(scalar);
      case ENUM -> labels(field.labels(), scalar);
      case null, default -> number(scalar);
    };
  }

  private static FieldWriter errno(ScalarType scalar) {
    // A u32 holds the low half of a negative result
    ScalarType signed = scalar == ScalarType.U32 ? ScalarType.I32 : scalar;
    return (source, at, out) -> {
      long value = Numbers.read(signed, source, at);
      if (scalar == ScalarType.U32 && !ErrnoText.isError(value)) {
        out.json().unsigned(value & 0xffff_ffffL);
      } else {
        ErrnoText.write(value, out.json());
      }
    };
  }

  private FieldWriter labels(Map<Long, String> labels, ScalarType scalar) {
    long[] values = new long[labels.size()];
    byte[][] texts = new byte[labels.size()][];
    int count = 0;
    for (Map.Entry<Long, String> label : new TreeMap<>(labels).entrySet()) {
      values[count] = label.getKey();
      JsonBuffer text = new JsonBuffer(32);
      TextWriter.quoted(label.getValue(), text);
      texts[count++] = Arrays.copyOf(text.array(), text.length());
    }
    FieldWriter number = number(scalar);
    return (source, at, out) -> {
      int found = Arrays.binarySearch(values, Numbers.read(scalar, source, at));
      if (found >= 0) {
        out.json().append(texts[found]);
      } else {
        number.write(source, at, out);
      }
    };
  }

  private FieldWriter number(ScalarType scalar) {
    boolean text = wide == WideNumbers.STRING;
    return switch (scalar) {
      case U8 ->
          (source, at, out) -> out.json().unsigned(source.get(ValueLayout.JAVA_BYTE, at) & 0xff);
      case U16 -> (source, at, out) -> out.json().unsigned(source.get(Numbers.SHORT, at) & 0xffff);
      case U32 ->
          (source, at, out) -> out.json().unsigned(source.get(Numbers.INT, at) & 0xffff_ffffL);
      case I8 -> (source, at, out) -> out.json().signed(source.get(ValueLayout.JAVA_BYTE, at));
      case I16 -> (source, at, out) -> out.json().signed(source.get(Numbers.SHORT, at));
      case I32 -> (source, at, out) -> out.json().signed(source.get(Numbers.INT, at));
      case U64 ->
          text
              ? ValueWriters::wideUnsigned
              : (source, at, out) -> out.json().unsigned(source.get(Numbers.LONG, at));
      case I64 ->
          text
              ? ValueWriters::wideSigned
              : (source, at, out) -> out.json().signed(source.get(Numbers.LONG, at));
    };
  }

  private static void wideUnsigned(MemorySegment source, long at, Rendering out) {
    long value = source.get(Numbers.LONG, at);
    boolean quoted = value < 0 || value > MAX_SAFE;
    if (quoted) {
      out.json().append('"');
    }
    out.json().unsigned(value);
    if (quoted) {
      out.json().append('"');
    }
  }

  private static void wideSigned(MemorySegment source, long at, Rendering out) {
    long value = source.get(Numbers.LONG, at);
    boolean quoted = value < -MAX_SAFE || value > MAX_SAFE;
    if (quoted) {
      out.json().append('"');
    }
    out.json().signed(value);
    if (quoted) {
      out.json().append('"');
    }
  }

  private static FieldWriter array(FieldWriter element, int stride, int count) {
    return (source, at, out) -> {
      JsonBuffer json = out.json();
      json.append('[');
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          json.append(',');
        }
        element.write(source, at + (long) i * stride, out);
      }
      json.append(']');
    };
  }

  private static FieldWriter hex(int size) {
    return (source, at, out) -> writeHex(source, at, size, out.json());
  }

  static void writeHex(MemorySegment source, long at, int size, JsonBuffer json) {
    json.reserve(2 * size + 2);
    json.append('"');
    for (int i = 0; i < size; i++) {
      json.hex(source.get(ValueLayout.JAVA_BYTE, at + i));
    }
    json.append('"');
  }
}
