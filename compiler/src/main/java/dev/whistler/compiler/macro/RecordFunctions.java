package dev.whistler.compiler.macro;

import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.Vector;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The functions that each struct S has at macro time (section 9.5): {@code make-S-record}, {@code
 * S-record-F}, {@code decode-S} and {@code encode-S} over vectors of octets.
 */
final class RecordFunctions {
  private static final String MAKE = "make-";
  private static final String RECORD = "-record";
  private static final String DECODE = "decode-";
  private static final String ENCODE = "encode-";

  private static final BigInteger OCTET = BigInteger.valueOf(0xff);

  private final Evaluator evaluator;
  private final LanguageAccess access;
  private final Meter meter;

  RecordFunctions(Evaluator evaluator) {
    this.evaluator = evaluator;
    this.access = evaluator.access();
    this.meter = evaluator.meter();
  }

  /** A generated function. */
  private record Generated(
      String name, int min, int max, Meter meter, Function<Datum[], Datum> body)
      implements Callable {
    @Override
    public Datum apply(Datum... arguments) {
      meter.enter();
      try {
        FormParts.arity(name, min, max, arguments.length);
        return body.apply(arguments);
      } finally {
        meter.leave();
      }
    }
  }

  /** The function of that name, if a struct defined so far has it. */
  Optional<Callable> find(String name) {
    if (name.startsWith(DECODE)) {
      return access
          .struct(name.substring(DECODE.length()))
          .map(layout -> new Generated(name, 1, 2, meter, a -> decode(name, layout, a)));
    }
    if (name.startsWith(ENCODE)) {
      return access
          .struct(name.substring(ENCODE.length()))
          .map(layout -> new Generated(name, 1, 1, meter, a -> encode(name, layout, a[0])));
    }
    if (name.startsWith(MAKE) && name.endsWith(RECORD) && name.length() > 12) {
      return access
          .struct(name.substring(MAKE.length(), name.length() - RECORD.length()))
          .map(
              layout ->
                  new Generated(name, 0, Integer.MAX_VALUE, meter, a -> make(name, layout, a)));
    }
    for (int at = name.indexOf(RECORD + "-"); at > 0; at = name.indexOf(RECORD + "-", at + 1)) {
      Optional<StructLayout> layout = access.struct(name.substring(0, at));
      if (layout.isPresent()) {
        String field = name.substring(at + RECORD.length() + 1);
        return Optional.of(
            new Generated(name, 1, 1, meter, a -> component(name, layout.get(), field, a[0])));
      }
    }
    return Optional.empty();
  }

  private static StructField field(StructLayout layout, String name) {
    return layout
        .field(name)
        .orElseThrow(
            () ->
                new MacroError(
                    Message.FIELD_UNKNOWN,
                    layout.name(),
                    name,
                    NearMatches.hint(
                        name, layout.fields().stream().map(StructField::name).toList())));
  }

  private Datum make(String name, StructLayout layout, Datum[] a) {
    Map<String, Datum> components = new HashMap<>();
    for (int i = 0; i < a.length; i += 2) {
      Datum.Symbol key = Arguments.symbol(a[i], name, evaluator);
      if (i + 1 == a.length) {
        throw new MacroError(Message.KEYWORD_WITHOUT_VALUE, name, key.name());
      }
      components.putIfAbsent(field(layout, key.name().text()).name(), a[i + 1]);
    }
    meter.cells(components.size() + 1);
    return new StructRecord(layout, components);
  }

  private StructRecord record(String name, StructLayout layout, Datum value) {
    if (value instanceof StructRecord record && record.layout().equals(layout)) {
      return record;
    }
    throw MacroError.type(
        name, "a record of the struct " + layout.name(), evaluator.printer().shown(value));
  }

  private Datum component(String name, StructLayout layout, String fieldName, Datum value) {
    StructField field = field(layout, fieldName);
    Datum component = record(name, layout, value).components().get(field.name());
    return component == null ? Call.number(0) : component;
  }

  // ---- bytes to record

  private Datum decode(String name, StructLayout layout, Datum[] a) {
    List<Datum> octets = Sequences.elements(a[0], name, evaluator);
    int offset = a.length > 1 ? Arguments.index(a[1], name, evaluator) : 0;
    if (offset > octets.size() - layout.size()) {
      throw new MacroError(
          Message.DECODE_TOO_SHORT,
          layout.name(),
          layout.size(),
          Math.max(0, octets.size() - offset),
          offset);
    }
    byte[] bytes = new byte[layout.size()];
    for (int i = 0; i < bytes.length; i++) {
      meter.step();
      BigInteger octet = Arguments.integer(octets.get(offset + i), name, evaluator);
      if (octet.signum() < 0 || octet.compareTo(OCTET) > 0) {
        throw MacroError.type(name, "octets", octet.toString());
      }
      bytes[i] = octet.byteValue();
    }
    return decode(layout, bytes, 0);
  }

  private StructRecord decode(StructLayout layout, byte[] bytes, int at) {
    Map<String, Datum> components = new HashMap<>();
    for (StructField field : layout.fields()) {
      int start = at + field.offset();
      if (field.isArray()) {
        List<Datum> elements = new ArrayList<>();
        for (int i = 0; i < field.count(); i++) {
          elements.add(element(field.type(), bytes, start + i * field.type().size()));
        }
        components.put(field.name(), new Vector(elements, null));
      } else {
        components.put(field.name(), element(field.type(), bytes, start));
      }
    }
    return new StructRecord(layout, components);
  }

  private Datum element(FieldType type, byte[] bytes, int at) {
    meter.cell();
    return switch (type) {
      case FieldType.Nested nested -> decode(nested.layout(), bytes, at);
      case FieldType.Scalar scalar -> {
        byte[] big = new byte[scalar.size()];
        for (int i = 0; i < big.length; i++) {
          big[big.length - 1 - i] = bytes[at + i];
        }
        BigInteger value = scalar.type().signed() ? new BigInteger(big) : new BigInteger(1, big);
        yield new Datum.Int(value, null);
      }
    };
  }

  // ---- record to bytes

  private Datum encode(String name, StructLayout layout, Datum value) {
    meter.cells(layout.size() + 1);
    byte[] bytes = new byte[layout.size()];
    encode(name, record(name, layout, value), bytes, 0);
    List<Datum> octets = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      octets.add(Call.number(Byte.toUnsignedInt(b)));
    }
    return new Vector(octets, null);
  }

  private void encode(String name, StructRecord record, byte[] bytes, int at) {
    for (StructField field : record.layout().fields()) {
      Datum value = record.components().get(field.name());
      if (value == null) {
        continue;
      }
      List<Datum> elements =
          field.isArray()
              ? Sequences.elements(value, name, evaluator)
              : Collections.singletonList(value);
      if (elements.size() > Math.max(1, field.count())) {
        throw new MacroError(
            Message.ENCODE_ELEMENT_COUNT, field.name(), field.count(), elements.size());
      }
      int start = at + field.offset();
      for (Datum element : elements) {
        encode(name, field, element, bytes, start);
        start += field.type().size();
      }
    }
  }

  private void encode(String name, StructField field, Datum element, byte[] bytes, int at) {
    meter.step();
    switch (field.type()) {
      case FieldType.Nested nested ->
          encode(name, record(name, nested.layout(), element), bytes, at);
      case FieldType.Scalar scalar -> {
        BigInteger value = Arguments.integer(element, name, evaluator);
        if (!fits(value, scalar.type())) {
          throw new MacroError(
              Message.ENCODE_VALUE_RANGE,
              evaluator.printer().shown(element),
              field.name(),
              scalar.type().text());
        }
        for (int i = 0; i < scalar.size(); i++) {
          bytes[at + i] = value.shiftRight(8 * i).byteValue();
        }
      }
    }
  }

  private static boolean fits(BigInteger value, ScalarType type) {
    int bits = 8 * type.width();
    return type.signed()
        ? value.bitLength() < bits
        : value.signum() >= 0 && value.bitLength() <= bits;
  }
}
