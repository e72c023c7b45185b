package dev.whistler.runtime.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.runtime.schema.MapSchema.ProgramSlot;
import dev.whistler.runtime.schema.MapSchema.RecordSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and validates the JSON of {@code .whistler.schema}. The bytes may come from anybody: sizes,
 * counts and depth are bounded by language §22, every reference resolves backwards, every field
 * lies inside its struct, and every name that goes into JSON is a C identifier.
 */
public final class SchemaReader {
  /** Language §22. */
  static final int MAX_BYTES = 4 << 20;

  private static final int MAX_PROGRAMS = 64;
  // 64 of the user and the hidden ones
  private static final int MAX_MAPS = 80;
  // structs, unions and imported kernel structs
  private static final int MAX_STRUCTS = 1024;
  private static final int MAX_FIELDS = 256;
  private static final int MAX_LABELS = 4096;
  private static final int MAX_VALUE_BYTES = 1 << 20;
  private static final int MAX_RECORDS = 512;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNumberLength(32)
                          .maxStringLength(64 << 10)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Map<String, StructSchema> structs = new LinkedHashMap<>();
  private final Map<String, Integer> contextBytes = new HashMap<>();

  private SchemaReader() {}

  /**
   * @param json the bytes of the section
   * @throws SchemaException naming the member at fault
   */
  public static ObjectSchema read(byte[] json) throws SchemaException {
    if (json.length > MAX_BYTES) {
      throw new SchemaException(
          "The object's schema has " + json.length + " bytes; at most " + MAX_BYTES + " are read.");
    }
    JsonNode root;
    try (JsonParser parser = MAPPER.createParser(json)) {
      root = MAPPER.readTree(parser);
    } catch (IOException e) {
      throw Fields.damaged("the section", "is not one JSON object");
    }
    return new SchemaReader().object(Fields.object(root, "schema"));
  }

  private ObjectSchema object(Fields root) throws SchemaException {
    long version = root.number("version", 0, Integer.MAX_VALUE);
    if (version != 1) {
      throw new SchemaException(
          "The object's schema has version "
              + version
              + "; this runtime reads version 1. Use a compiler of the same release.");
    }
    for (Fields struct : root.objects("structs", MAX_STRUCTS)) {
      StructSchema read = struct(struct);
      if (structs.putIfAbsent(read.name(), read) != null) {
        throw Fields.damaged(struct.path(), "has the name of an earlier struct");
      }
    }
    requirements(root);
    List<ProgramSchema> programs = new ArrayList<>();
    for (Fields program : root.objects("programs", MAX_PROGRAMS)) {
      programs.add(program(program));
    }
    List<MapSchema> maps = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields map : root.objects("maps", MAX_MAPS)) {
      MapSchema read = map(map, programs);
      if (!names.add(read.name())) {
        throw Fields.damaged(map.path(), "has the name of an earlier map");
      }
      maps.add(read);
    }
    return new ObjectSchema(
        root.text("compiler"),
        root.text("arch"),
        programs,
        maps,
        List.copyOf(structs.values()),
        stats(root, maps),
        failedUpdates(root, maps),
        root.text("digest"));
  }

  private static ObjectSchema.@Nullable Stats stats(Fields root, List<MapSchema> maps)
      throws SchemaException {
    JsonNode node = root.node().get("stats");
    if (node == null || node.isNull()) {
      return null;
    }
    Fields stats = Fields.object(node, "stats");
    List<String> rings = stats.texts("rings", MAX_MAPS);
    for (String ring : rings) {
      if (maps.stream().noneMatch(m -> m.isRing() && m.name().equals(ring))) {
        throw Fields.damaged("stats.rings", "names a ring that is not among the maps");
      }
    }
    return new ObjectSchema.Stats(stats.text("map"), rings);
  }

  private static List<ObjectSchema.FailedUpdates> failedUpdates(Fields root, List<MapSchema> maps)
      throws SchemaException {
    List<ObjectSchema.FailedUpdates> counters = new ArrayList<>();
    if (root.node().get("failedUpdates") == null) {
      return counters;
    }
    for (Fields counter : root.objects("failedUpdates", MAX_MAPS)) {
      String map = counter.text("map");
      if (maps.stream().noneMatch(m -> m.name().equals(map))) {
        throw Fields.damaged(counter.path() + ".map", "names a map that is not there");
      }
      String section = counter.text("section");
      if (!section.equals(".bss") && !section.equals(".data")) {
        throw Fields.damaged(counter.path() + ".section", "is no section of variables");
      }
      counters.add(
          new ObjectSchema.FailedUpdates(
              map, section, counter.integer("offset", 0, MAX_VALUE_BYTES)));
    }
    return counters;
  }

  /** Finds {@code contextBytes} of each program. */
  private void requirements(Fields root) throws SchemaException {
    JsonNode node = root.node().get("requires");
    if (node == null || !node.isObject()) {
      return;
    }
    Fields requires = new Fields(node, "requires");
    for (Fields program : requires.objects("programs", MAX_PROGRAMS)) {
      contextBytes.put(
          program.text("program", program.text("name", "")),
          (int) program.number("contextBytes", 0, MAX_VALUE_BYTES, 0));
    }
  }

  private StructSchema struct(Fields json) throws SchemaException {
    String name = json.text("name");
    int size = json.integer("size", 1, MAX_VALUE_BYTES);
    List<FieldSchema> fields = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields field : json.objects("fields", MAX_FIELDS)) {
      FieldSchema read = field(field);
      if (read.offset() + read.size() > size) {
        throw Fields.damaged(field.path(), "ends outside its struct");
      }
      if (!names.add(read.cname())) {
        throw Fields.damaged(field.path(), "has the name of an earlier field");
      }
      fields.add(read);
    }
    return new StructSchema(name, cName(json), size, json.integer("align", 1, 64), fields);
  }

  private FieldSchema field(Fields json) throws SchemaException {
    ValueType type = type(json.text("type"), json.member("type"));
    int count = (int) json.number("count", 1, MAX_VALUE_BYTES, 0);
    int size = json.integer("size", 1, MAX_VALUE_BYTES);
    if ((long) type.size() * Math.max(count, 1) != size) {
      throw Fields.damaged(json.member("size"), "is not the size of the type");
    }
    Kind kind = kind(json, type, count);
    return new FieldSchema(
        json.text("name"),
        cName(json),
        json.integer("offset", 0, MAX_VALUE_BYTES),
        size,
        type,
        count,
        kind,
        kind == Kind.ENUM ? labels(json, (ScalarType) type) : Map.of());
  }

  private static @Nullable Kind kind(Fields json, ValueType type, int count)
      throws SchemaException {
    if (!json.node().has("kind")) {
      return null;
    }
    String text = json.text("kind");
    Kind kind =
        Kind.named(text).orElseThrow(() -> Fields.damaged(json.member("kind"), "is unknown"));
    if (!(type instanceof ScalarType scalar) || !kind.fits(scalar, count)) {
      throw Fields.damaged(json.member("kind"), "does not suit the field's type");
    }
    return kind;
  }

  private static Map<Long, String> labels(Fields json, ScalarType type) throws SchemaException {
    Map<Long, String> labels = new HashMap<>();
    for (Fields label : json.objects("labels", MAX_LABELS)) {
      long value = label.number("value", Long.MIN_VALUE, Long.MAX_VALUE);
      labels.put(Scalars.convert(type, value), label.text("label"));
    }
    return labels;
  }

  private ValueType type(String text, String path) throws SchemaException {
    ScalarType scalar = ScalarType.named(text).orElse(null);
    if (scalar != null) {
      return scalar;
    }
    StructSchema struct = structs.get(text);
    if (struct == null) {
      throw Fields.damaged(path, "names no type that was defined before");
    }
    return struct;
  }

  private ProgramSchema program(Fields json) throws SchemaException {
    String name = json.text("name");
    return new ProgramSchema(
        name,
        json.text("symbol"),
        json.text("type"),
        json.text("section"),
        json.text("canonicalSection"),
        AttachReader.read(Fields.object(json.node().get("attach"), json.member("attach"))),
        json.text("license"),
        json.flag("sleepable"),
        contextBytes.getOrDefault(name, 0));
  }

  private MapSchema map(Fields json, List<ProgramSchema> programs) throws SchemaException {
    int keySize = (int) json.number("keySize", 0, 512, 0);
    int valueSize = (int) json.number("valueSize", 0, MAX_VALUE_BYTES, 0);
    long maxEntries = json.number("maxEntries", 0, 0xffff_ffffL);
    List<RecordSchema> records = new ArrayList<>();
    for (Fields record : json.objects("records", MAX_RECORDS)) {
      records.add(record(record, maxEntries));
    }
    String tag = json.node().has("tag") ? json.text("tag") : null;
    checkTag(json, records, tag);
    List<ProgramSlot> slots = new ArrayList<>();
    for (Fields slot : json.objects("programs", MAX_LABELS)) {
      String program = slot.text("program");
      if (programs.stream().noneMatch(p -> p.name().equals(program))) {
        throw Fields.damaged(slot.member("program"), "names no program of the object");
      }
      slots.add(new ProgramSlot((int) slot.number("slot", 0, maxEntries - 1), program));
    }
    return new MapSchema(
        json.text("name"),
        json.text("symbol"),
        json.text("type"),
        slotType(json, "key", keySize),
        slotType(json, "value", valueSize),
        maxEntries,
        (int) json.number("flags", 0, 0xffff_ffffL, 0),
        records,
        tag,
        slots,
        json.node().has("pin"));
  }

  private @Nullable ValueType slotType(Fields json, String name, int size) throws SchemaException {
    if (json.node().has(name)) {
      ValueType type = type(json.text(name), json.member(name));
      if (type.size() != size) {
        throw Fields.damaged(json.member(name), "has another size than " + name + "Size says");
      }
      return type;
    }
    return size == 0 ? null : Scalars.ofSize(size);
  }

  private RecordSchema record(Fields json, long ringBytes) throws SchemaException {
    ValueType type = type(json.text("struct"), json.member("struct"));
    if (!(type instanceof StructSchema struct)
        || struct.size() != json.number("size", 1, MAX_VALUE_BYTES)
        || struct.size() > ringBytes) {
      throw Fields.damaged(json.path(), "is no struct of the size stated, or larger than its ring");
    }
    Long tag =
        json.node().has("tagValue")
            ? (Long) json.number("tagValue", Long.MIN_VALUE, Long.MAX_VALUE)
            : null;
    return new RecordSchema(struct, tag);
  }

  private static void checkTag(Fields json, List<RecordSchema> records, @Nullable String tag)
      throws SchemaException {
    if (tag == null) {
      if (records.stream().map(r -> r.struct().size()).distinct().count() != records.size()) {
        throw Fields.damaged(json.path(), "has records that cannot be told apart");
      }
      return;
    }
    FieldSchema first = null;
    Set<Long> values = new HashSet<>();
    for (RecordSchema record : records) {
      FieldSchema field =
          record
              .struct()
              .field(tag)
              .orElseThrow(() -> Fields.damaged(json.member("tag"), "is not in every record"));
      Long value = record.tagValue();
      if (first == null) {
        first = field;
      }
      if (!(field.type() instanceof ScalarType)
          || field.isArray()
          || value == null
          || !values.add(value)
          || field.offset() != first.offset()
          || field.type() != first.type()) {
        throw Fields.damaged(json.member("tag"), "does not tell the records apart");
      }
    }
  }

  private static String cName(Fields json) throws SchemaException {
    String cname = json.text("cname");
    if (!cname.matches("[A-Za-z_][A-Za-z0-9_]{0,255}")) {
      throw Fields.damaged(json.member("cname"), "is no C name");
    }
    return cname;
  }
}
