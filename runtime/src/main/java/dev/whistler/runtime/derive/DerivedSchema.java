package dev.whistler.runtime.derive;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfException;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.object.MapDefinition;
import dev.whistler.bpf.prog.ProgramFlags;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.StartException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of a {@code .whistler.schema} section (language §21.6) for an object that has none. What
 * such an object does not say stays unknown: its rings carry bytes unless the user names a struct,
 * and what gets no reservation is not counted. The text is for {@code SchemaReader}, which bounds
 * and checks it like any other.
 */
public final class DerivedSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final BpfObject object;
  private final Map<String, String> records;
  private final @Nullable DerivedTypes types;

  private DerivedSchema(BpfObject object, Map<String, String> records) {
    this.object = object;
    this.records = records;
    @Nullable Btf btf = object.types().orElse(null);
    this.types = btf == null ? null : new DerivedTypes(btf);
  }

  /**
   * Describes an object.
   *
   * @param arch {@code x86-64} or {@code arm64}
   * @param records by ring, the struct of its records
   * @throws StartException {@code BAD_OBJECT} if its types are damaged, or a ring or struct is not
   *     there; {@code UNSUPPORTED} if a program cannot be attached by this runtime
   */
  public static byte[] of(BpfObject object, String arch, Map<String, String> records)
      throws StartException {
    DerivedSchema schema = new DerivedSchema(object, records);
    try {
      return schema.root(arch).toString().getBytes(StandardCharsets.UTF_8);
    } catch (BtfException e) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object's types cannot be read: " + e.getMessage() + "; compile the program again.",
          "",
          e);
    }
  }

  private ObjectNode root(String arch) throws StartException {
    ObjectNode root = JSON.objectNode().put("version", 1);
    root.put("compiler", "another").put("arch", arch).put("digest", "");
    ArrayNode programs = root.putArray("programs");
    Set<String> called = calledOnly();
    for (BpfObject.Program program : object.programs()) {
      if (program.byDefault()) {
        programs.add(program(program, called.contains(program.name())));
      }
    }
    ArrayNode maps = root.putArray("maps");
    for (MapDefinition map : object.maps()) {
      maps.add(map(map));
    }
    Set<String> unknown = new TreeSet<>(records.keySet());
    object.maps().stream().filter(DerivedSchema::isRing).forEach(m -> unknown.remove(m.name()));
    if (!unknown.isEmpty()) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object has no ring buffer '" + unknown.iterator().next() + "'.");
    }
    // Behind the maps, which find the structs.
    root.set("structs", types == null ? JSON.arrayNode() : types.structs());
    return root;
  }

  private static boolean isRing(MapDefinition map) {
    return map.type() == MapType.RINGBUF;
  }

  /** Programs that stand in a slot for tail calls from the start. */
  private Set<String> calledOnly() {
    return object.maps().stream()
        .filter(map -> map.type() == MapType.PROG_ARRAY)
        .flatMap(map -> map.initial().values().stream())
        .collect(Collectors.toSet());
  }

  private ObjectNode program(BpfObject.Program program, boolean called) throws StartException {
    boolean sleepable = (program.kind().flags() & ProgramFlags.SLEEPABLE) != 0;
    ObjectNode node = JSON.objectNode().put("name", program.name()).put("symbol", program.name());
    node.put("type", keyword(program.kind().type()));
    node.put("section", program.section()).put("canonicalSection", program.section());
    node.set("attach", DerivedAttach.of(program, called));
    return node.put("license", object.license()).put("sleepable", sleepable);
  }

  private ObjectNode map(MapDefinition map) throws StartException {
    ObjectNode node = JSON.objectNode().put("name", map.name()).put("symbol", map.name());
    node.put("type", keyword(map.type()));
    node.put("keySize", map.keySize()).put("valueSize", map.valueSize());
    node.put("maxEntries", Integer.toUnsignedLong(map.maxEntries()));
    node.put("flags", Integer.toUnsignedLong(map.flags()));
    if (types != null && map.keyType() != 0) {
      node.put("key", types.name(map.keyType()));
    }
    if (types != null && map.valueType() != 0) {
      node.put("value", types.name(map.valueType()));
    }
    String struct = records.get(map.name());
    if (struct != null && isRing(map)) {
      node.putArray("records").add(record(struct));
    }
    return node;
  }

  private ObjectNode record(String struct) throws StartException {
    if (types == null) {
      throw new StartException(
          FailureReason.BAD_OBJECT, "The object has no types; compile it with -g.");
    }
    List<String> known = types.structNames();
    if (!known.contains(struct)) {
      throw new StartException(
          FailureReason.BAD_OBJECT,
          "The object's types have no struct '%s'; there are: %s. A compiler leaves out what no map, function or global variable mentions."
              .formatted(struct, String.join(", ", known)));
    }
    String name = types.structNamed(struct);
    return JSON.objectNode().put("struct", name).put("size", types.size(name));
  }

  /** The kernel's name in the manner of our language. */
  private static String keyword(Enum<?> type) {
    return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
