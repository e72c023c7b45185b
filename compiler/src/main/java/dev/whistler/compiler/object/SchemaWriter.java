package dev.whistler.compiler.object;

import dev.whistler.compiler.ir.DataLayout;
import dev.whistler.compiler.json.JsonWriter;
import dev.whistler.compiler.table.ResolvedSection;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Kind;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructField.FieldType;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.type.UnionLayout;
import java.util.List;

/**
 * Writes the schema (section 21.6): what a loader and a decoder need to know about an object.
 *
 * <p>A union appears among the structs with one field {@code bytes}, because it is decoded as bytes
 * (section 9.9). {@code requires} is an object {@code {"programs":[{program, tracepoints,
 * kernelFields, helpers, mapTypes, programType, instructionSet, contextBytes}]}}.
 */
final class SchemaWriter {
  private final TypedUnit unit;
  private final JsonWriter json = new JsonWriter();

  private SchemaWriter(TypedUnit unit) {
    this.unit = unit;
  }

  static String write(
      TypedUnit unit,
      String compiler,
      String architecture,
      List<Requirements> requirements,
      String digest) {
    return new SchemaWriter(unit).schema(compiler, architecture, requirements, digest);
  }

  private String schema(
      String compiler, String architecture, List<Requirements> requirements, String digest) {
    json.beginObject().member("version", 1).member("compiler", compiler);
    json.member("arch", architecture);
    json.name("programs").beginArray();
    unit.programs().forEach(this::program);
    json.endArray().name("maps").beginArray();
    unit.maps().forEach(this::map);
    json.endArray().name("structs").beginArray();
    unit.structs().forEach(this::struct);
    unit.unions().forEach(this::union);
    json.endArray();
    stats();
    failedUpdates();
    json.name("knobs").beginArray();
    unit.knobs().forEach(this::knob);
    json.endArray().name("constants").beginArray();
    unit.constants()
        .forEach(
            (name, value) ->
                json.beginObject()
                    .member("name", name)
                    .member("value", Long.toString(value))
                    .endObject());
    json.endArray().name("requires").beginObject().name("programs").beginArray();
    requirements.forEach(requirement -> requirement.write(json));
    json.endArray().endObject().member("digest", digest);
    return json.endObject().toString();
  }

  private void program(TypedProgram program) {
    ResolvedSection section = program.section();
    json.beginObject()
        .member("name", program.name())
        .member("symbol", program.symbol())
        .member("type", section.type().name())
        .member("section", section.written())
        .member("canonicalSection", section.canonical());
    json.name("attach").beginObject().member("kind", section.attachKind());
    json.members(section.attachParameters()).endObject();
    json.member("license", program.license()).member("sleepable", program.sleepable()).endObject();
  }

  private void map(MapDefinition map) {
    json.beginObject()
        .member("name", map.name())
        .member("symbol", map.symbol())
        .member("type", map.type().text())
        .member("keySize", map.key().size())
        .member("valueSize", map.value().size())
        .member("maxEntries", map.maxEntries())
        .member("flags", map.flags());
    slot("key", map.key());
    slot("value", map.value());
    if (!map.records().isEmpty()) {
      json.name("records").beginArray();
      for (MapDefinition.RecordType record : map.records()) {
        json.beginObject()
            .member("struct", record.struct().name())
            .member("size", record.struct().size());
        Long tag = record.tagValue();
        if (tag != null) {
          json.member("tagValue", tag);
        }
        json.endObject();
      }
      json.endArray();
    }
    String tag = map.tag();
    if (tag != null) {
      json.member("tag", tag);
    }
    if (!map.programs().isEmpty()) {
      json.name("programs").beginArray();
      for (MapDefinition.InitialProgram initial : map.programs()) {
        json.beginObject()
            .member("slot", initial.slot())
            .member("program", initial.program())
            .endObject();
      }
      json.endArray();
    }
    if (map.pin()) {
      json.member("pin", true);
    }
    json.endObject();
  }

  private void slot(String name, SlotType slot) {
    ScalarType scalar = slot.scalar();
    Layout layout = slot.layout();
    if (scalar != null) {
      json.member(name, scalar.text());
    } else if (layout != null) {
      json.member(name, layout.name());
    }
  }

  private void beginLayout(Layout layout) {
    json.beginObject()
        .member("name", layout.name())
        .member("cname", layout.cName())
        .member("size", layout.size())
        .member("align", layout.align())
        .name("fields")
        .beginArray();
  }

  private void struct(StructLayout struct) {
    beginLayout(struct);
    struct.fields().forEach(field -> field(struct, field));
    json.endArray().endObject();
  }

  private void union(UnionLayout union) {
    beginLayout(union);
    json.beginObject()
        .member("name", "bytes")
        .member("cname", "bytes")
        .member("offset", 0)
        .member("size", union.size())
        .member("type", "u8")
        .member("count", union.size())
        .member("kind", Kind.Simple.BYTES.text())
        .endObject();
    json.endArray().endObject();
  }

  private void field(StructLayout struct, StructField field) {
    json.beginObject()
        .member("name", field.name())
        .member("cname", field.cName())
        .member("offset", field.offset())
        .member("size", field.size())
        .member(
            "type",
            switch (field.type()) {
              case FieldType.Scalar scalar -> scalar.type().text();
              case FieldType.Nested nested -> nested.layout().name();
            });
    if (field.isArray()) {
      json.member("count", field.count());
    }
    Kind declared = field.kind();
    Kind inferred = unit.inferredKinds().get(struct.name() + "." + field.name());
    if (declared != null) {
      kind(declared);
    } else if (inferred != null) {
      kind(inferred);
      json.member("inferred", true);
    }
    if ((declared != null ? declared : inferred) instanceof Kind.Enumeration enumeration) {
      json.name("labels").beginArray();
      enumeration
          .labels()
          .forEach(
              (value, label) ->
                  json.beginObject().member("value", value).member("label", label).endObject());
      json.endArray();
    }
    String doc = field.doc();
    if (doc != null) {
      json.member("doc", doc);
    }
    json.endObject();
  }

  private void kind(Kind kind) {
    json.member("kind", kind.text());
  }

  private void stats() {
    MapDefinition statistics = unit.statistics();
    json.name("stats");
    if (statistics == null) {
      json.nothing();
      return;
    }
    json.beginObject().member("map", statistics.name()).name("rings").beginArray();
    unit.maps().stream()
        .filter(map -> map.type() == MapType.RINGBUF)
        .forEach(map -> json.value(map.name()));
    json.endArray().endObject();
  }

  private void failedUpdates() {
    DataLayout layout = new DataLayout(unit.globals());
    json.name("failedUpdates").beginArray();
    unit.failedUpdates()
        .forEach(
            (map, counter) ->
                json.beginObject()
                    .member("map", map)
                    .member("section", counter.section())
                    .member("offset", layout.offset(counter))
                    .endObject());
    json.endArray();
  }

  private void knob(TypedUnit.Knob knob) {
    json.beginObject().member("name", knob.name()).member("type", knob.type());
    knobValue("default", knob.type(), knob.defaultValue());
    knobValue("value", knob.type(), knob.value());
    Long min = knob.min();
    if (min != null) {
      knobValue("min", knob.type(), min);
    }
    Long max = knob.max();
    if (max != null) {
      knobValue("max", knob.type(), max);
    }
    String doc = knob.doc();
    if (doc != null) {
      json.member("doc", doc);
    }
    json.endObject();
  }

  /** In the external forms of section 19.1. */
  private void knobValue(String name, String type, long value) {
    json.name(name);
    switch (type) {
      case "bool" -> json.value(value != 0);
      // In network order as loaded from memory: the first byte is the lowest.
      case "ipv4" ->
          json.value(
              (value & 0xff)
                  + "."
                  + (value >> 8 & 0xff)
                  + "."
                  + (value >> 16 & 0xff)
                  + "."
                  + (value >> 24 & 0xff));
      default -> {
        boolean unsigned = ScalarType.named(type).map(t -> !t.signed()).orElse(false);
        if (unsigned) {
          json.unsigned(value);
        } else {
          json.value(value);
        }
      }
    }
  }
}
