package dev.whistler.bpf.codec;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfType;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * The codecs that type information describes. Integers and enumerations are those of {@link
 * Codecs}, bit-fields and pointers {@code Long}, arrays of {@code char} text, arrays of other
 * unsigned bytes, unions and numbers that Java does not have are bytes, other arrays lists. Structs
 * are {@link StructCodec}s: members of an anonymous struct are among those of the outer one, an
 * anonymous union is called {@code _} and its offset in bytes.
 */
public final class BtfCodecs {
  private static final int MAXIMUM_DEPTH = 32;

  private final Btf btf;

  private BtfCodecs(Btf btf) {
    this.btf = btf;
  }

  /**
   * The codec of a type.
   *
   * @param id of the type
   * @throws CodecException if there are no values of it, as of a function
   * @throws BtfException if the type information is damaged
   */
  public static Codec<Object> of(Btf btf, int id) {
    return AnyCodec.of(new BtfCodecs(btf).codec(id, 0));
  }

  /**
   * The codec of a type, as a Java type.
   *
   * @param as the class of the values: a record for a struct, {@code Object} for whatever the type
   *     information says, else exactly the class that it says
   * @throws CodecException if the type's values are of another class
   * @throws BtfException if the type information is damaged
   */
  public static <T> Codec<T> of(Btf btf, int id, Class<T> as) {
    Codec<?> codec = new BtfCodecs(btf).codec(id, 0);
    Class<?> wanted = MethodType.methodType(as).wrap().returnType();
    if (codec instanceof StructCodec struct && as.isRecord()) {
      codec = RecordCodec.of(as.asSubclass(Record.class), struct);
    } else if (wanted == Object.class) {
      codec = AnyCodec.of(codec);
    } else if (wanted != codec.type()) {
      throw new CodecException(
          "type %s is a %s here, not a %s"
              .formatted(name(btf, id), codec.type().getSimpleName(), as.getSimpleName()));
    }
    @SuppressWarnings("unchecked") // of that class, as checked
    Codec<T> typed = (Codec<T>) codec;
    return typed;
  }

  private static String name(Btf btf, int id) {
    String name = btf.type(id).name();
    return name.isEmpty() ? Integer.toString(id) : name;
  }

  private Codec<?> codec(int id, int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw new CodecException("type " + name(btf, id) + " is nested too deeply");
    }
    return switch (btf.type(btf.resolve(id))) {
      case BtfType.Int type when type.bool() && type.size() == 1 -> Codecs.BOOL;
      case BtfType.Int type when type.size() <= 8 -> Codecs.integer(type.size(), type.signed());
      case BtfType.Int type -> Codecs.bytes(type.size());
      case BtfType.Float type -> Codecs.bytes(type.size());
      case BtfType.Pointer _ -> Codecs.U64;
      case BtfType.Enumeration type -> Codecs.integer(type.size(), type.signed());
      case BtfType.Array array -> array(array, depth);
      case BtfType.Composite union when union.union() -> Codecs.bytes(union.size());
      case BtfType.Composite struct -> {
        List<StructCodec.Field> fields = new ArrayList<>();
        addMembers(struct, 0, depth, fields);
        yield StructCodec.of(struct.size(), fields);
      }
      case BtfType.DataSection section -> variables(section, depth);
      default -> throw new CodecException("type " + name(btf, id) + " has no values");
    };
  }

  private Codec<?> array(BtfType.Array array, int depth) {
    if (btf.type(btf.resolve(array.element())) instanceof BtfType.Int element
        && element.size() == 1
        && !element.bool()) {
      if (element.name().equals("char")) {
        return Codecs.text(array.count());
      }
      if (!element.signed()) {
        return Codecs.bytes(array.count());
      }
    }
    return Codecs.list(AnyCodec.of(codec(array.element(), depth + 1)), array.count());
  }

  private void addMembers(
      BtfType.Composite struct, int base, int depth, List<StructCodec.Field> fields) {
    for (BtfType.Member member : struct.members()) {
      int offset = base + member.bitOffset() / 8;
      BtfType type = btf.type(btf.resolve(member.type()));
      if (member.bits() != 0) {
        boolean signed =
            type instanceof BtfType.Int number && number.signed()
                || type instanceof BtfType.Enumeration enumeration && enumeration.signed();
        fields.add(
            new StructCodec.Field(
                member.name(),
                offset,
                new BitFieldCodec(member.bitOffset() % 8, member.bits(), signed)));
      } else if (member.name().isEmpty()
          && type instanceof BtfType.Composite inner
          && !inner.union()) {
        if (depth > MAXIMUM_DEPTH) {
          throw new CodecException("struct " + struct.name() + " is nested too deeply");
        }
        addMembers(inner, offset, depth + 1, fields);
      } else {
        String name = member.name().isEmpty() ? "_" + offset : member.name();
        fields.add(new StructCodec.Field(name, offset, codec(member.type(), depth + 1)));
      }
    }
  }

  /** The variables of a data section, which is the one value of the map made for it. */
  private Codec<?> variables(BtfType.DataSection section, int depth) {
    List<StructCodec.Field> fields = new ArrayList<>();
    for (BtfType.Placed placed : section.variables()) {
      if (btf.type(placed.variable()) instanceof BtfType.Variable variable) {
        fields.add(
            new StructCodec.Field(
                variable.name(), placed.offset(), codec(variable.type(), depth + 1)));
      }
    }
    return StructCodec.of(section.size(), fields);
  }
}
