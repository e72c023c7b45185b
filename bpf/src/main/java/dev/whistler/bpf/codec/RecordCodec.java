package dev.whistler.bpf.codec;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A struct as a Java record, component by field. A component is called like its field, in C's
 * manner ({@code pid_tgid}) or in Java's ({@code pidTgid}), and has the Java type of the field's
 * codec: {@code int} or {@code long} for integers up to {@code u16} and {@code i32}, {@code long}
 * for wider ones, {@code boolean}, {@code String}, {@code byte[]}, {@code List}; for a struct a
 * {@code Map} or again a record.
 *
 * @param <R> the record
 */
public final class RecordCodec<R extends Record> implements Codec<R> {
  private final Class<R> type;
  private final Constructor<R> constructor;
  private final List<RecordComponent> components;
  private final List<String> names = new ArrayList<>();
  private final StructCodec struct;

  private RecordCodec(Class<R> type, StructCodec struct) {
    this.type = type;
    this.components = List.of(type.getRecordComponents());
    Map<String, StructCodec.Field> fields = new LinkedHashMap<>();
    struct.fields().forEach(field -> fields.put(field.name(), field));
    List<StructCodec.Field> matched = new ArrayList<>();
    for (RecordComponent component : components) {
      StructCodec.Field field = fields.remove(component.getName());
      if (field == null) {
        field = fields.remove(cName(component.getName()));
      }
      if (field == null) {
        throw misfit(component.getName() + " is no field; left are " + fields.keySet());
      }
      names.add(field.name());
      matched.add(matched(component, field));
    }
    // A field that the record does not show would be set to 0 by every write.
    if (!fields.isEmpty()) {
      throw misfit("it has no component for " + fields.keySet());
    }
    this.struct = StructCodec.of(struct.size(), matched);
    try {
      Class<?>[] types = components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      components.forEach(component -> component.getAccessor().setAccessible(true));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new CodecException("record " + type.getName() + " cannot be made from outside", e);
    }
  }

  /**
   * Shows a struct as a record.
   *
   * @throws CodecException if components and fields do not match one to one
   */
  public static <R extends Record> RecordCodec<R> of(Class<R> type, StructCodec struct) {
    return new RecordCodec<>(type, struct);
  }

  private StructCodec.Field matched(RecordComponent component, StructCodec.Field field) {
    Class<?> wanted = MethodType.methodType(component.getType()).wrap().returnType();
    Codec<?> inner = field.codec() instanceof AnyCodec any ? any.codec() : field.codec();
    if (inner instanceof StructCodec nested && wanted.isRecord()) {
      return new StructCodec.Field(
          field.name(), field.offset(), of(wanted.asSubclass(Record.class), nested));
    }
    boolean widened = wanted == Long.class && inner.type() == Integer.class;
    if (wanted != inner.type() && !widened) {
      throw misfit(
          "%s is a %s, but field %s a %s"
              .formatted(
                  component.getName(),
                  component.getType().getSimpleName(),
                  field.name(),
                  inner.type().getSimpleName()));
    }
    return field;
  }

  private CodecException misfit(String why) {
    return new CodecException(
        "record " + type.getSimpleName() + " does not fit the struct: " + why);
  }

  /** {@code pidTgid} in C's manner. */
  private static String cName(String name) {
    return name.replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  @Override
  public Class<?> type() {
    return type;
  }

  @Override
  public int size() {
    return struct.size();
  }

  @Override
  public R decode(MemorySegment source) {
    Map<String, Object> values = struct.decode(source);
    try {
      return constructor.newInstance(names.stream().map(values::get).toArray());
    } catch (InvocationTargetException e) {
      throw new CodecException(type.getSimpleName() + " refuses " + values, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("checked when the codec was made", e);
    }
  }

  @Override
  public void encode(R value, MemorySegment target) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      try {
        values.put(names.get(i), components.get(i).getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new CodecException(type.getSimpleName() + "." + names.get(i) + " cannot be read", e);
      }
    }
    struct.encode(values, target);
  }
}
