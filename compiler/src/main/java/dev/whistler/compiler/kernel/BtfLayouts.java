package dev.whistler.compiler.kernel;

import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InArguments;
import dev.whistler.compiler.type.Shape.InStruct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns BTF types into struct layouts and function prototypes. */
final class BtfLayouts {
  /** Members of one struct, those of anonymous members included. */
  private static final int MAX_FIELDS = 4096;

  /** Members looked at for one struct. */
  private static final int MAX_VISITED = 65_536;

  /** Structs of one name; Linux 6.18 has at most three. */
  private static final int MAX_SAME_NAME = 64;

  private static final int MAX_DEPTH = 32;

  /** Bytes of one struct; keeps bit offsets within an int. */
  private static final int MAX_SIZE = 1 << 24;

  private final BtfTypes types;

  BtfLayouts(BtfTypes types) {
    this.types = types;
  }

  /** The structs and unions of a name, or of the typedef of an anonymous one; all different. */
  List<KernelStruct> structs(String name) {
    List<Integer> ids = types.findAll(name, BtfTypes.KIND_STRUCT, BtfTypes.KIND_UNION);
    if (ids.isEmpty()) {
      ids =
          types.findAll(name, BtfTypes.KIND_TYPEDEF, BtfTypes.KIND_TYPEDEF).stream()
              .map(types::resolve)
              .filter(id -> id != 0 && isStruct(id))
              .toList();
    }
    if (ids.size() > MAX_SAME_NAME) {
      throw BtfTypes.malformed("has more than " + MAX_SAME_NAME + " structs of one name");
    }
    return ids.stream().map(id -> struct(name, id)).distinct().toList();
  }

  private KernelStruct struct(String name, int id) {
    Flattening flattening = new Flattening();
    flattening.flatten(id, 0, 0);
    return new KernelStruct(
        name, size(id), types.kind(id) == BtfTypes.KIND_UNION, flattening.fields);
  }

  private boolean isStruct(int id) {
    return types.kind(id) == BtfTypes.KIND_STRUCT || types.kind(id) == BtfTypes.KIND_UNION;
  }

  private int size(int id) {
    int size = types.sizeOrType(id);
    if (size < 0 || size > MAX_SIZE) {
      throw BtfTypes.malformed("has the type " + types.name(id) + " of an impossible size");
    }
    return size;
  }

  /** Collects the members of one struct. */
  private final class Flattening {
    private final List<Field<InStruct>> fields = new ArrayList<>();
    private int visited;

    void flatten(int id, int bitBase, int depth) {
      if (depth > MAX_DEPTH) {
        throw BtfTypes.malformed("nests anonymous members too deep");
      }
      int count = types.length(id);
      for (int i = 0; i < count; i++) {
        // Anonymous members of anonymous members multiply without a single name.
        if (++visited > MAX_VISITED) {
          throw BtfTypes.malformed("has a struct of more than " + MAX_VISITED + " members");
        }
        BtfTypes.Member member = types.member(id, i);
        int bits = member.bitOffset();
        if (bits < 0 || bits > 8 * MAX_SIZE || bitBase > 8 * MAX_SIZE) {
          throw BtfTypes.malformed("has a member at an impossible offset");
        }
        int at = bitBase + bits;
        if (member.name() == 0) {
          int inner = types.resolve(member.type());
          if (inner != 0 && isStruct(inner)) {
            flatten(inner, at, depth + 1);
          }
          continue; // Unnamed bit-fields are padding.
        }
        if (fields.size() == MAX_FIELDS) {
          throw BtfTypes.malformed("has a struct of more than " + MAX_FIELDS + " members");
        }
        fields.add(field(types.string(member.name()), member, at));
      }
    }
  }

  private Field<InStruct> field(String name, BtfTypes.Member member, int bits) {
    int type = types.resolve(member.type());
    int kind = type == 0 ? 0 : types.kind(type);
    String alias = types.typedefName(member.type());
    return switch (kind) {
      case BtfTypes.KIND_INT, BtfTypes.KIND_ENUM, BtfTypes.KIND_ENUM64 -> {
        int size = size(type);
        int oldStyle = kind == BtfTypes.KIND_INT ? types.extra(type, 0) & 0xff : 0;
        int oldOffset = kind == BtfTypes.KIND_INT ? types.extra(type, 0) >>> 16 & 0xff : 0;
        boolean signed = isSigned(type);
        int width = member.bitFieldSize();
        if (width == 0 && oldStyle != 0 && oldStyle != 8 * size) {
          width = oldStyle; // Before the kind flag, the integer itself was the bit-field.
        }
        int first = bits + oldOffset;
        yield width == 0
            ? new Field<>(name, bits / 8, Shape.Element.of(size, signed), alias)
            : new Field<>(
                name, first / 8, new Shape.BitField(first % 8, width, size, signed), alias);
      }
      case BtfTypes.KIND_PTR -> {
        String target = types.structName(types.sizeOrType(type)).orElse(alias);
        yield new Field<>(name, bits / 8, Shape.Pointer.KERNEL, target);
      }
      case BtfTypes.KIND_ARRAY -> array(name, type, bits / 8, alias);
      case BtfTypes.KIND_STRUCT, BtfTypes.KIND_UNION -> {
        String struct = types.structName(member.type()).orElse(alias);
        yield new Field<>(name, bits / 8, new Shape.Nested(size(type)), struct);
      }
      // Floating-point members and types that are only declared: no more than their address.
      default -> {
        int size = kind == BtfTypes.KIND_FLOAT ? size(type) : 0;
        yield new Field<>(name, bits / 8, new Shape.Opaque(size, false), alias);
      }
    };
  }

  private Field<InStruct> array(String name, int array, int offset, String alias) {
    long count = 1;
    int element = array;
    for (int depth = 0; element != 0 && types.kind(element) == BtfTypes.KIND_ARRAY; depth++) {
      count *= Integer.toUnsignedLong(types.extra(element, 2));
      if (depth > MAX_DEPTH || count > MAX_SIZE) {
        throw BtfTypes.malformed("has an array of an impossible size");
      }
      element = types.resolve(types.extra(element, 0));
    }
    Shape.Element shape =
        switch (element == 0 ? 0 : types.kind(element)) {
          case BtfTypes.KIND_PTR -> new Shape.Scalar(ScalarType.U64);
          case BtfTypes.KIND_INT, BtfTypes.KIND_ENUM, BtfTypes.KIND_ENUM64 ->
              Shape.Element.of(size(element), isSigned(element));
          case BtfTypes.KIND_STRUCT, BtfTypes.KIND_UNION -> new Shape.Opaque(size(element), false);
          default -> new Shape.Opaque(0, false);
        };
    if (count * shape.size() > MAX_SIZE) {
      throw BtfTypes.malformed("has an array of an impossible size");
    }
    String struct = element == 0 ? "" : types.structName(element).orElse(alias);
    return new Field<>(name, offset, new Shape.Array(shape, (int) count), struct);
  }

  private boolean isSigned(int type) {
    return switch (types.kind(type)) {
      case BtfTypes.KIND_INT -> (types.extra(type, 0) >>> 24 & 1) != 0;
      case BtfTypes.KIND_ENUM, BtfTypes.KIND_ENUM64 -> types.kindFlag(type);
      default -> false;
    };
  }

  /** The prototype of a function; {@code __traceiter_*} without its first parameter. */
  Optional<KernelFunction> function(String name) {
    int id = types.find(name, BtfTypes.KIND_FUNC);
    if (id == 0) {
      return Optional.empty();
    }
    int prototype = types.resolve(types.sizeOrType(id));
    if (prototype == 0 || types.kind(prototype) != BtfTypes.KIND_FUNC_PROTO) {
      throw BtfTypes.malformed("has the function " + name + " without a prototype");
    }
    int count = types.length(prototype);
    if (count > 64) {
      throw BtfTypes.malformed("has the function " + name + " with " + count + " parameters");
    }
    List<Field<InArguments>> parameters = new ArrayList<>();
    for (int i = name.startsWith("__traceiter_") ? 1 : 0; i < count; i++) {
      int type = types.extra(prototype, 2 * i + 1);
      if (type != 0) { // void ends a variadic list
        parameter(types.string(types.extra(prototype, 2 * i)), type, parameters);
      }
    }
    return Optional.of(new KernelFunction(name, parameters));
  }

  private void parameter(String name, int type, List<Field<InArguments>> into) {
    int resolved = types.resolve(type);
    switch (resolved == 0 ? 0 : types.kind(resolved)) {
      case BtfTypes.KIND_PTR -> {
        String target = types.structName(types.sizeOrType(resolved)).orElse("");
        into.add(new Field<>(name, 8 * into.size(), Shape.Pointer.KERNEL, target));
      }
      case BtfTypes.KIND_INT, BtfTypes.KIND_ENUM, BtfTypes.KIND_ENUM64 -> {
        int size = size(resolved);
        words(name, ScalarType.ofWidth(size, isSigned(resolved)), size > 8 ? 2 : 1, into);
      }
      // Passed by value: each 8 bytes take one argument word.
      case BtfTypes.KIND_STRUCT, BtfTypes.KIND_UNION -> {
        int words = Math.max(1, (Math.min(size(resolved), 64) + 7) / 8);
        words(name, Optional.empty(), words, into);
      }
      default -> words(name, Optional.empty(), 1, into);
    }
  }

  /** The words of one parameter; only the first of them has its name. */
  private static void words(
      String name, Optional<ScalarType> type, int count, List<Field<InArguments>> into) {
    for (int i = 0; i < count; i++) {
      Shape.Scalar word = new Shape.Scalar(type.orElse(ScalarType.U64));
      into.add(new Field<>(i == 0 ? name : "", 8 * into.size(), word, ""));
    }
  }
}
