package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.define.MapDefinitions;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.type.FieldRef;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapDefinition.RecordType;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The record types of ring buffers: declared or found in the sizes of records (section 11.5). */
final class RecordTypes {
  private final Map<String, Set<StructLayout>> inferred = new LinkedHashMap<>();
  private final Map<Resource, RecordType> raw = new HashMap<>();
  private final Map<String, Origin> firstUse = new HashMap<>();
  private final Set<Resource> tagged = new LinkedHashSet<>();

  /**
   * Notes the size of a record.
   *
   * @param struct S of {@code (sizeof S)}, or null
   * @return the struct that the record has
   */
  @Nullable StructLayout seen(
      MapDefinition ring, @Nullable StructLayout struct, int bytes, Origin at, BodyAnalyzer body) {
    firstUse.putIfAbsent(ring.name(), at);
    if (ring.records().isEmpty()) {
      if (struct != null) {
        inferred.computeIfAbsent(ring.name(), n -> new LinkedHashSet<>()).add(struct);
      }
      return struct;
    }
    List<StructLayout> declared = ring.records().stream().map(RecordType::struct).toList();
    if (struct != null) {
      if (!declared.contains(struct)) {
        body.report(Message.RECORD_NOT_DECLARED, at, struct.name(), ring.name(), names(declared));
      }
      return struct;
    }
    List<StructLayout> ofSize = declared.stream().filter(s -> s.size() == bytes).toList();
    if (ofSize.size() != 1) {
      body.report(
          ofSize.isEmpty() ? Message.RECORD_OF_NO_SUCH_SIZE : Message.RECORD_SIZE_AMBIGUOUS,
          at,
          ring.name(),
          bytes,
          names(declared));
      return null;
    }
    return ofSize.getFirst();
  }

  private static String names(List<StructLayout> structs) {
    return String.join(", ", structs.stream().map(StructLayout::name).toList());
  }

  private static Optional<RecordType> typeOf(MapDefinition ring, @Nullable StructLayout struct) {
    return ring.records().stream().filter(r -> r.struct().equals(struct)).findFirst();
  }

  /** The store of the tag before the body of {@code with-ringbuf}. */
  Optional<Expr> storeTag(
      MapDefinition ring, @Nullable StructLayout struct, Expr pointer, TreeBuilder at) {
    String tag = ring.tag();
    Optional<RecordType> type = typeOf(ring, struct);
    if (tag == null || struct == null || type.isEmpty() || type.get().tagValue() == null) {
      return Optional.empty();
    }
    StructField field = struct.field(tag).orElseThrow();
    ScalarType scalar = ((StructField.FieldType.Scalar) field.type()).type();
    Expr value = at.constant(type.get().tagValue(), scalar);
    return Optional.of(at.store(scalar, pointer, field.offset(), value));
  }

  /** Notes a raw reservation; its tag must be stored before it is submitted. */
  void rawReserved(Resource resource, MapDefinition ring, @Nullable StructLayout struct) {
    if (ring.tag() != null) {
      typeOf(ring, struct).ifPresent(type -> raw.put(resource, type));
    }
  }

  /** Checks a store to a field that may be the tag of a record. */
  void tagStored(FieldRef field, Expr pointer, Expr value, Origin at, BodyAnalyzer body) {
    Resource resource = body.exits().resourceOf(pointer);
    MapDefinition ring = resource == null ? null : resource.ring();
    if (resource == null || ring == null || !field.field().name().equals(ring.tag())) {
      return;
    }
    Optional<RecordType> type = typeOf(ring, field.struct());
    Long expected = type.map(RecordType::tagValue).orElse(null);
    if (expected != null && !(value instanceof Expr.Constant c && c.value() == expected)) {
      body.report(
          Message.TAG_VALUE_MISMATCH, at, field.field().name(), field.struct().name(), expected);
      return;
    }
    tagged.add(resource);
  }

  /** Checks that a raw reservation with a tag was given it. */
  void submitted(Resource resource, Origin at, BodyAnalyzer body) {
    RecordType type = raw.get(resource);
    if (type != null && !tagged.contains(resource)) {
      body.report(Message.TAG_NOT_STORED, at, type.struct().name(), type.tagValue());
    }
  }

  void add(RecordTypes other) {
    other.inferred.forEach(
        (ring, structs) ->
            inferred.computeIfAbsent(ring, n -> new LinkedHashSet<>()).addAll(structs));
    other.firstUse.forEach(firstUse::putIfAbsent);
  }

  /** The maps with their record types settled. */
  List<MapDefinition> settle(List<MapDefinition> maps, Diagnostics diagnostics) {
    List<MapDefinition> settled = new ArrayList<>();
    for (MapDefinition map : maps) {
      settled.add(map.type() == MapType.RINGBUF ? settle(map, diagnostics) : map);
    }
    return settled;
  }

  private MapDefinition settle(MapDefinition ring, Diagnostics diagnostics) {
    List<RecordType> records = ring.records();
    if (records.isEmpty()) {
      records =
          inferred.getOrDefault(ring.name(), Set.of()).stream()
              .map(s -> new RecordType(s, null))
              .toList();
      MapDefinitions.requireDistinctSizes(
          ring, records, firstUse.getOrDefault(ring.name(), ring.origin()), diagnostics);
    }
    // A body with an error may hide the records; the error comes first.
    if (records.isEmpty() && !diagnostics.hasErrors()) {
      diagnostics.report(Message.RING_RECORD_UNKNOWN, ring.origin(), ring.name());
    }
    return new MapDefinition(
        ring.name(),
        ring.symbol(),
        ring.type(),
        ring.key(),
        ring.value(),
        ring.maxEntries(),
        ring.flags(),
        records,
        ring.tag(),
        ring.programs(),
        ring.pin(),
        ring.origin());
  }
}
