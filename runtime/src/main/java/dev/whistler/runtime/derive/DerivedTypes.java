package dev.whistler.runtime.derive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.btf.BtfType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Types of C as types of a schema. Integers, enumerations and pointers are scalars; arrays of
 * {@code char} text; members of anonymous structs belong to the outer struct. What a schema cannot
 * say, as a union, bit-fields, an array of arrays or a floating-point number, is bytes: a struct
 * without fields, or a field of them.
 */
final class DerivedTypes {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern C_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,255}");

  /** Names that this class or the schema gives a meaning. */
  private static final Pattern OWN_NAME = Pattern.compile("[iu](8|16|32|64)|bytes_\\d+");

  private static final int MAXIMUM_DEPTH = 16;

  /** Of all structs together; anonymous ones are met once for each place where they stand. */
  private static final int MAXIMUM_MEMBERS = 100_000;

  private final Btf btf;
  private final Map<Integer, String> names = new HashMap<>();

  private int members;

  /** By name, each behind those that it holds. */
  private final Map<String, ObjectNode> structs = new LinkedHashMap<>();

  DerivedTypes(Btf btf) {
    this.btf = btf;
  }

  /** The structs that {@link #name} has met. */
  ArrayNode structs() {
    return JSON.arrayNode().addAll(structs.values());
  }

  /** The names of all structs of the object, sorted. */
  List<String> structNames() {
    TreeSet<String> known = new TreeSet<>();
    for (int id = 1; id < btf.typeCount(); id++) {
      if (btf.type(id) instanceof BtfType.Composite(String name, boolean union, int size, var _)
          && !union
          && size > 0
          && !name.isEmpty()) {
        known.add(name);
      }
    }
    return List.copyOf(known);
  }

  /** The schema's name of a struct of the object. */
  String structNamed(String struct) {
    return name(btf.find(struct, BtfType.Composite.class).orElseThrow());
  }

  /** Bytes of a struct by the schema's name. */
  int size(String struct) {
    ObjectNode node = structs.get(struct);
    return node == null ? 0 : node.path("size").asInt();
  }

  /** The schema's name of a type, whose structs are described now if they were not yet. */
  String name(int id) {
    return name(id, 0);
  }

  private String name(int id, int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw new BtfException("types are nested too deeply");
    }
    int resolved = btf.resolve(id);
    return switch (btf.type(resolved)) {
      case BtfType.Int(String _, int size, boolean signed, boolean _) when isScalar(size) ->
          scalar(size, signed);
      case BtfType.Enumeration(String _, int size, boolean signed, var _) when isScalar(size) ->
          scalar(size, signed);
      case BtfType.Pointer _ -> "u64";
      case BtfType.Composite struct when !struct.union() -> struct(resolved, struct, depth);
      default -> bytes(btf.sizeOf(resolved));
    };
  }

  private static boolean isScalar(int size) {
    return size == 1 || size == 2 || size == 4 || size == 8;
  }

  private static String scalar(int size, boolean signed) {
    return (signed ? "i" : "u") + size * 8;
  }

  /** So many bytes without a meaning. */
  private String bytes(long size) {
    String name = "bytes_" + size;
    structs.computeIfAbsent(name, _ -> described(name, size));
    return name;
  }

  private static ObjectNode described(String name, long size) {
    ObjectNode node = JSON.objectNode().put("name", name).put("cname", name);
    node.put("size", size).put("align", 1).putArray("fields");
    return node;
  }

  private String struct(int id, BtfType.Composite struct, int depth) {
    String known = names.get(id);
    if (known != null) {
      return known;
    }
    ArrayNode fields = JSON.arrayNode();
    new Members(fields, depth).add(struct, 0);
    String name = C_NAME.matcher(struct.name()).matches() ? struct.name() : "struct_" + id;
    boolean taken = structs.containsKey(name) || OWN_NAME.matcher(name).matches();
    name = taken ? name + "_" + id : name;
    ObjectNode node = described(name, struct.size());
    node.set("fields", fields);
    structs.put(name, node);
    names.put(id, name);
    return name;
  }

  /** Turns members into fields. */
  private final class Members {
    private final ArrayNode fields;
    private final int depth;

    /** First byte of bit-fields that wait to be written, and the byte behind them. */
    private int bitsFrom;

    private int bitsTo;

    Members(ArrayNode fields, int depth) {
      this.fields = fields;
      this.depth = depth;
    }

    void add(BtfType.Composite struct, int base) {
      for (BtfType.Member member : struct.members()) {
        if (++members > MAXIMUM_MEMBERS) {
          throw new BtfException("structs have more than " + MAXIMUM_MEMBERS + " members together");
        }
        if (member.bits() > 0) {
          bits(base * 8 + member.bitOffset(), member.bits());
        } else {
          endBits();
          member(member, base + member.bitOffset() / 8);
        }
      }
      endBits();
    }

    private void bits(int from, int count) {
      if (bitsTo == 0) {
        bitsFrom = from / 8;
      }
      bitsTo = (from + count + 7) / 8;
    }

    private void endBits() {
      if (bitsTo > bitsFrom) {
        array(field("_" + bitsFrom, bitsFrom), "u8", 1, bitsTo - bitsFrom).put("kind", "bytes");
      }
      bitsTo = 0;
      bitsFrom = 0;
    }

    private void member(BtfType.Member member, int offset) {
      int id = btf.resolve(member.type());
      BtfType type = btf.type(id);
      if (type instanceof BtfType.Composite struct && !struct.union() && member.name().isEmpty()) {
        if (depth > MAXIMUM_DEPTH) {
          throw new BtfException("types are nested too deeply");
        }
        new Members(fields, depth + 1).add(struct, offset);
        return;
      }
      long size = btf.sizeOf(id);
      if (size == 0) {
        return;
      }
      ObjectNode field =
          field(C_NAME.matcher(member.name()).matches() ? member.name() : "_" + offset, offset);
      switch (type) {
        case BtfType.Array(int element, int _, int count) when isFlat(element) ->
            elements(field, element, count);
        case BtfType.Enumeration enumeration when isScalar(enumeration.size()) ->
            labels(one(field, id, size), enumeration);
        default -> one(field, id, size);
      }
    }

    private boolean isFlat(int element) {
      return !(btf.type(btf.resolve(element)) instanceof BtfType.Array);
    }

    private ObjectNode field(String name, int offset) {
      return fields.addObject().put("name", name).put("cname", name).put("offset", offset);
    }

    private ObjectNode one(ObjectNode field, int id, long size) {
      return field.put("type", name(id, depth + 1)).put("size", size);
    }

    private static ObjectNode array(ObjectNode field, String type, long size, int count) {
      return field.put("type", type).put("size", size * count).put("count", count);
    }

    private void elements(ObjectNode field, int element, int count) {
      array(field, name(element, depth + 1), btf.sizeOf(element), count);
      if (btf.type(btf.resolve(element)) instanceof BtfType.Int(String name, int size, var _, var _)
          && size == 1) {
        field.put("kind", name.equals("char") ? "string" : "bytes");
        if (!name.equals("char")) {
          field.put("type", "u8");
        }
      }
    }

    private static void labels(ObjectNode field, BtfType.Enumeration enumeration) {
      field.put("kind", "enum");
      ArrayNode labels = field.putArray("labels");
      enumeration
          .values()
          .forEach(
              value -> labels.addObject().put("value", value.value()).put("label", value.name()));
    }
  }
}
