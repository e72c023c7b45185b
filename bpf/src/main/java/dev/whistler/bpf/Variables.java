package dev.whistler.bpf;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.codec.BtfCodecs;
import dev.whistler.bpf.codec.CodecException;
import dev.whistler.bpf.object.DataImage;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Global variables of an object, given values before it is loaded. */
final class Variables {
  private final @Nullable Btf btf;
  private final Map<String, Object> values;
  private final Set<String> missing;
  private final Set<String> known = new TreeSet<>();

  Variables(@Nullable Btf btf, Map<String, Object> values) {
    this.btf = btf;
    this.values = values;
    this.missing = new TreeSet<>(values.keySet());
  }

  /**
   * The bytes of a section with the values in their places.
   *
   * @throws CodecException if a value does not fit its variable
   */
  byte[] in(DataImage data) {
    byte[] bytes = data.bytes().clone();
    Btf types = btf;
    if (values.isEmpty()
        || types == null
        || data.type() == 0
        || !(types.type(data.type()) instanceof BtfType.DataSection section)) {
      return bytes;
    }
    for (BtfType.Placed placed : section.variables()) {
      if (types.type(placed.variable()) instanceof BtfType.Variable variable) {
        known.add(variable.name());
        Object value = values.get(variable.name());
        if (value != null) {
          missing.remove(variable.name());
          byte[] encoded = encode(types, variable, value);
          if (placed.offset() < 0 || placed.offset() > bytes.length - encoded.length) {
            throw new CodecException(variable.name() + " lies outside of " + data.name());
          }
          System.arraycopy(encoded, 0, bytes, placed.offset(), encoded.length);
        }
      }
    }
    return bytes;
  }

  /**
   * To be called after the last section.
   *
   * @throws IllegalArgumentException if a value belongs to no variable
   */
  void checkAllFound() {
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "the object describes no variable "
              + String.join(", ", missing)
              + (known.isEmpty() ? "; it describes none at all" : "; it has " + known));
    }
  }

  private static byte[] encode(Btf btf, BtfType.Variable variable, Object value) {
    int type = btf.resolve(variable.type());
    return switch (btf.type(type)) {
      case BtfType.Int number when value instanceof Boolean truth ->
          number(variable.name(), truth ? 1 : 0, number.size(), number.signed());
      case BtfType.Int number when value instanceof Number given ->
          number(variable.name(), given.longValue(), number.size(), number.signed());
      case BtfType.Enumeration number when value instanceof Number given ->
          number(variable.name(), given.longValue(), number.size(), number.signed());
      default -> BtfCodecs.of(btf, type).toBytes(value);
    };
  }

  /** Little-endian; an unsigned number of 8 bytes is given as the {@code long} of its bits. */
  private static byte[] number(String name, long value, int size, boolean signed) {
    if (size < 8) {
      long smallest = signed ? -1L << size * 8 - 1 : 0;
      long largest = (1L << size * 8 - (signed ? 1 : 0)) - 1;
      if (value < smallest || value > largest) {
        throw new CodecException(
            "variable %s has %d bytes: %d does not fit".formatted(name, size, value));
      }
    }
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >> Math.min(63, i * 8));
    }
    return bytes;
  }
}
