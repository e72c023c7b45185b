package dev.whistler.compiler.object;

import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Structs laid out by the rules of C, with awkward names, and contents for them. */
final class RandomStructs {
  private static final List<String> NAMES =
      List.of("pid", "class", "type", "x-y", "in", "fn", "b", "size", "encode", "self", "o", "int");

  private final Random random;

  RandomStructs(long seed) {
    random = new Random(seed);
  }

  List<StructLayout> structs(int count) {
    List<StructLayout> structs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int group = i / KernelRecords.IN_ONE_UNIT * KernelRecords.IN_ONE_UNIT;
      structs.add(struct("s" + i + "-rec", structs.subList(group, i)));
    }
    return structs;
  }

  private StructLayout struct(String name, List<StructLayout> earlier) {
    List<StructField> fields = new ArrayList<>();
    int at = 0;
    int align = 1;
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      boolean nested = !earlier.isEmpty() && random.nextInt(5) == 0;
      FieldType type =
          nested
              ? new FieldType.Nested(earlier.get(random.nextInt(earlier.size())))
              : new FieldType.Scalar(ScalarType.values()[random.nextInt(8)]);
      int own = type instanceof FieldType.Nested n ? n.layout().align() : type.size();
      if (type.size() > 200) {
        continue;
      }
      int elements = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : -1;
      at = Math.ceilDiv(at, own) * own;
      align = Math.max(align, own);
      String field = NAMES.get(random.nextInt(NAMES.size())) + (i == 0 ? "" : "-" + i);
      fields.add(new StructField(field, field.replace('-', '_'), at, type, elements, null, null));
      at += fields.getLast().size();
    }
    if (fields.isEmpty()) {
      fields.add(new StructField("a", "a", 0, new FieldType.Scalar(ScalarType.U8), -1, null, null));
      at = 1;
    }
    int size = Math.ceilDiv(at, align) * align;
    return new StructLayout(name, name.replace('-', '_'), fields, size, align);
  }

  /** Random values of all scalars of a struct, in order. */
  List<BigInteger> values(StructLayout struct) {
    List<BigInteger> values = new ArrayList<>();
    for (StructField field : struct.fields()) {
      for (int i = 0; i < Math.max(1, field.count()); i++) {
        switch (field.type()) {
          case FieldType.Nested nested -> values.addAll(values(nested.layout()));
          case FieldType.Scalar scalar -> values.add(value(scalar.type()));
        }
      }
    }
    return values;
  }

  private BigInteger value(ScalarType type) {
    BigInteger bits = new BigInteger(8 * type.width(), random);
    boolean negative = type.signed() && bits.testBit(8 * type.width() - 1);
    return negative ? bits.subtract(BigInteger.ONE.shiftLeft(8 * type.width())) : bits;
  }

  /** The bytes of a struct with these values, padding 0. */
  static byte[] bytes(StructLayout struct, List<BigInteger> values) {
    byte[] bytes = new byte[struct.size()];
    fill(struct, bytes, 0, values.iterator());
    return bytes;
  }

  private static void fill(
      StructLayout struct, byte[] bytes, int base, Iterator<BigInteger> values) {
    for (StructField field : struct.fields()) {
      for (int i = 0; i < Math.max(1, field.count()); i++) {
        int at = base + field.offset() + i * field.type().size();
        switch (field.type()) {
          case FieldType.Nested nested -> fill(nested.layout(), bytes, at, values);
          case FieldType.Scalar scalar -> {
            BigInteger value = values.next();
            for (int k = 0; k < scalar.size(); k++) {
              bytes[at + k] = value.shiftRight(8 * k).byteValue();
            }
          }
        }
      }
    }
  }
}
