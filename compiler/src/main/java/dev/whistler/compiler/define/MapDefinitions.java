package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapDefinition.InitialProgram;
import dev.whistler.compiler.type.MapDefinition.RecordType;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.SlotType;
import dev.whistler.compiler.type.StructField;
import dev.whistler.compiler.type.StructLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code defmap} (section 10.1). */
public final class MapDefinitions {
  private static final int MAX_MAPS = 64;
  private static final int MAX_KEY = 512;
  private static final int MAX_VALUE = 1 << 20;
  private static final int MAX_PER_CPU_VALUE = 32 << 10;
  private static final long MAX_ENTRIES = 0xffff_ffffL;
  private static final int PAGE = 4096;
  private static final long NO_PREALLOC = 1;

  private static final Set<String> OPTIONS =
      Set.of(
          "type",
          "key-size",
          "key-type",
          "value-size",
          "value-type",
          "max-entries",
          "map-flags",
          "record",
          "tag",
          "programs",
          "pin");

  /** Types whose operations this compiler does not have. */
  private static final Set<MapType> LEVEL_3 =
      EnumSet.of(MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS, MapType.USER_RINGBUF);

  private final UnitContext unit;
  private final Names names;
  private final Diagnostics reported;

  /** Where findings go: of the definition at hand only, until it is settled. */
  private Diagnostics diagnostics;

  /** Maps that name a struct which is not defined yet, by folded name. */
  private final Map<String, Postponed> postponed = new LinkedHashMap<>();

  /** All names in order of definition, which is the order of maps in the object. */
  private final List<String> order = new ArrayList<>();

  /** A definition that waits for the end of the top level. */
  private record Postponed(String symbol, Form form, ExpansionContext context) {}

  public MapDefinitions(UnitContext unit, Names names) {
    this.unit = unit;
    this.names = names;
    this.reported = unit.diagnostics();
    this.diagnostics = reported;
  }

  /** Takes a definition; one that names an unknown struct waits for {@link #settle} (3.2). */
  public void define(Form form, ExpansionContext context) {
    if (form.count() == 0) {
      throw diagnostics.fail(Message.DEFMAP_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "map", at);
    if (order.size() >= MAX_MAPS) {
      throw diagnostics.fail(Message.TOO_MANY_MAPS, form.origin(), MAX_MAPS);
    }
    String symbol = names.claim("map", name, at);
    names.warnMapPrefix(symbol, at);
    order.add(name);
    diagnostics = reported.scratch();
    try {
      unit.tables().maps().put(name, definition(name, symbol, form, context));
      reported.merge(diagnostics);
    } catch (AnalysisException e) {
      if (e.code() == Code.E_STRUCT) {
        postponed.put(name, new Postponed(symbol, form, context));
      } else {
        reported.merge(diagnostics);
        throw e;
      }
    } finally {
      diagnostics = reported;
    }
  }

  /** Defines the maps that waited for a struct, when all top-level forms were processed. */
  public void settle() {
    Map<String, MapDefinition> maps = unit.tables().maps();
    postponed.forEach(
        (name, map) -> {
          try {
            maps.put(name, definition(name, map.symbol(), map.form(), map.context()));
          } catch (AnalysisException e) {
            unit.tables().markBroken(name);
          }
        });
    if (!postponed.isEmpty()) {
      Map<String, MapDefinition> defined = new LinkedHashMap<>(maps);
      maps.clear();
      for (String name : order) {
        MapDefinition map = defined.get(name);
        if (map != null) {
          maps.put(name, map);
        }
      }
    }
  }

  private MapDefinition definition(
      String name, String symbol, Form form, ExpansionContext context) {
    OptionList options = new OptionList(form.from(1), OPTIONS, "defmap", context, diagnostics);
    MapType type = type(options, form, context);
    SlotType key = slot(options, "key", type, form, context);
    SlotType value = slot(options, "value", type, form, context);
    checkSizes(type, key, value, form);
    long maxEntries = maxEntries(options, type, form, context);
    long flags = number(options, "map-flags", context, 0) | impliedFlags(type);
    MapDefinition map =
        new MapDefinition(
            name,
            symbol,
            type,
            key,
            value,
            maxEntries,
            flags,
            List.of(),
            null,
            programs(options, type, maxEntries, context),
            number(options, "pin", context, 0) != 0,
            form.origin());
    return withRecords(map, options, context);
  }

  private MapType type(OptionList options, Form form, ExpansionContext context) {
    Datum datum = options.value("type");
    if (datum == null) {
      throw diagnostics.fail(Message.MAP_TYPE_MISSING, form.origin());
    }
    String name = datum instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
    Optional<MapType> type = MapType.named(name);
    if (type.isEmpty()) {
      throw diagnostics.fail(
          Message.MAP_TYPE_UNKNOWN,
          context.originOf(datum),
          name,
          NearMatches.hint(name, Arrays.stream(MapType.values()).map(MapType::text).toList()));
    }
    if (LEVEL_3.contains(type.get())) {
      throw diagnostics.fail(Message.MAP_TYPE_LEVEL_3, context.originOf(datum), name);
    }
    KernelDescription kernel = unit.request().kernel();
    if (kernel != null
        && kernel.feature("map:" + type.get().number()) == KernelDescription.Answer.ABSENT) {
      throw diagnostics.fail(Message.MAP_TYPE_NOT_IN_KERNEL, context.originOf(datum), name);
    }
    return type.get();
  }

  /** Fixed sizes: 4 for indices and most map values of the kernel's own; 0 for none. */
  private static int fixed(MapType type, boolean key) {
    return switch (type) {
      case ARRAY, PERCPU_ARRAY -> key ? 4 : -1;
      case PROG_ARRAY, PERF_EVENT_ARRAY, CGROUP_ARRAY -> 4;
      case STACK_TRACE -> key ? 4 : -1;
      case DEVMAP, CPUMAP, XSKMAP, SOCKMAP -> key ? 4 : -1;
      case REUSEPORT_SOCKARRAY -> key ? 4 : 8;
      case QUEUE, STACK, BLOOM_FILTER -> key ? 0 : -1;
      case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> key ? 4 : -1;
      case RINGBUF, USER_RINGBUF -> 0;
      case ARRAY_OF_MAPS -> 4;
      case HASH_OF_MAPS -> key ? -1 : 4;
      default -> -1;
    };
  }

  private static boolean sizeMayBeMissing(MapType type, boolean key) {
    int fixed = fixed(type, key);
    return fixed == 0 || type == MapType.PERF_EVENT_ARRAY;
  }

  private SlotType slot(
      OptionList options, String role, MapType type, Form form, ExpansionContext context) {
    boolean key = role.equals("key");
    boolean given = options.has(role + "-size") || options.has(role + "-type");
    if (type == MapType.RINGBUF) {
      if (given) {
        String option = options.has(role + "-size") ? role + "-size" : role + "-type";
        diagnostics.report(
            Message.RING_OPTION_IGNORED, context.originOf(options.key(option)), role, option);
      }
      return new SlotType(0, null, null);
    }
    if (!given) {
      if (sizeMayBeMissing(type, key)) {
        return new SlotType(Math.max(0, fixed(type, key)), null, null);
      }
      throw diagnostics.fail(Message.MAP_SIZE_MISSING, form.origin(), role);
    }
    @Nullable ScalarType scalar = null;
    @Nullable Layout layout = null;
    long size = -1;
    Datum typeDatum = options.value(role + "-type");
    if (typeDatum != null) {
      Optional<Layout> named =
          typeDatum instanceof Datum.Symbol s
              ? unit.tables().layout(s.name().text())
              : Optional.empty();
      layout = named.orElse(null);
      scalar = named.isPresent() ? null : TypeNames.scalar(typeDatum).orElse(null);
      if (layout != null) {
        size = layout.size();
      } else if (scalar != null) {
        size = scalar.width();
      } else {
        throw diagnostics.fail(
            Message.MAP_SLOT_TYPE,
            context.originOf(typeDatum),
            role,
            typeDatum instanceof Datum.Symbol s
                ? NearMatches.hint(s.name().text(), unit.tables().layoutNames())
                : null);
      }
    }
    Datum sizeDatum = options.value(role + "-size");
    if (sizeDatum != null) {
      long written =
          new ConstantExpressions(unit, diagnostics)
              .require(sizeDatum, context, "the size of a " + role);
      if (size >= 0 && written != size) {
        throw diagnostics.fail(
            Message.MAP_SIZE_CONTRADICTS_TYPE, context.originOf(sizeDatum), role, written, size);
      }
      size = written;
    }
    if (size < 0 || size > MAX_VALUE) {
      throw diagnostics.fail(Message.MAP_SLOT_TOO_LARGE, form.origin(), role, MAX_VALUE);
    }
    return new SlotType((int) size, scalar, layout);
  }

  private void checkSizes(MapType type, SlotType key, SlotType value, Form form) {
    if (type == MapType.RINGBUF) {
      return;
    }
    int fixedKey = fixed(type, true);
    int fixedValue = fixed(type, false);
    if (fixedKey >= 0 && key.size() != fixedKey) {
      throw diagnostics.fail(
          Message.MAP_SLOT_SIZE, form.origin(), "keys", type.text(), fixedKey, key.size());
    }
    if (fixedValue >= 0 && value.size() != fixedValue) {
      throw diagnostics.fail(
          Message.MAP_SLOT_SIZE, form.origin(), "values", type.text(), fixedValue, value.size());
    }
    int leastKey = type == MapType.LPM_TRIE ? 5 : fixedKey == 0 ? 0 : 1;
    if (key.size() < leastKey || value.size() < 1) {
      throw key.size() < leastKey
          ? diagnostics.fail(
              Message.MAP_SLOT_TOO_SMALL, form.origin(), "keys", type.text(), leastKey, key.size())
          : diagnostics.fail(
              Message.MAP_SLOT_TOO_SMALL, form.origin(), "values", type.text(), 1, value.size());
    }
    if (type == MapType.STACK_TRACE && value.size() % 8 != 0) {
      throw diagnostics.fail(Message.MAP_VALUE_MULTIPLE, form.origin(), type.text(), value.size());
    }
    boolean redirect =
        type == MapType.DEVMAP || type == MapType.DEVMAP_HASH || type == MapType.CPUMAP;
    if (redirect && value.size() != 4 && value.size() != 8) {
      throw diagnostics.fail(Message.MAP_VALUE_REDIRECT, form.origin(), type.text(), value.size());
    }
    if (key.size() > MAX_KEY || (type.perCpu() && value.size() > MAX_PER_CPU_VALUE)) {
      throw diagnostics.fail(Message.MAP_KEY_TOO_LARGE, form.origin(), MAX_KEY, MAX_PER_CPU_VALUE);
    }
  }

  private long maxEntries(OptionList options, MapType type, Form form, ExpansionContext context) {
    boolean storage =
        switch (type) {
          case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> true;
          default -> false;
        };
    Datum datum = options.value("max-entries");
    if (datum == null) {
      if (storage || type == MapType.PERF_EVENT_ARRAY) {
        return 0;
      }
      throw diagnostics.fail(Message.MAP_ENTRIES_MISSING, form.origin());
    }
    Origin at = context.originOf(datum);
    long value = number(options, "max-entries", context, 0);
    boolean zeroAllowed = storage || type == MapType.PERF_EVENT_ARRAY;
    if (value < (zeroAllowed ? 0 : 1) || value > MAX_ENTRIES) {
      throw diagnostics.fail(
          Message.MAP_ENTRIES_OUT_OF_RANGE, at, Long.toUnsignedString(value), MAX_ENTRIES);
    }
    if (storage && value != 0) {
      throw diagnostics.fail(Message.MAP_STORAGE_ENTRIES, at);
    }
    if (type == MapType.RINGBUF && (value % PAGE != 0 || Long.bitCount(value) != 1)) {
      long next = Math.max(PAGE, Long.highestOneBit(Math.max(1, value - 1)) << 1);
      throw diagnostics.fail(Message.RING_SIZE, at, value, next);
    }
    return value;
  }

  private static long impliedFlags(MapType type) {
    return switch (type) {
      case LPM_TRIE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> NO_PREALLOC;
      default -> 0;
    };
  }

  private long number(OptionList options, String option, ExpansionContext context, long missing) {
    Datum datum = options.value(option);
    return datum == null
        ? missing
        : new ConstantExpressions(unit, diagnostics)
            .require(datum, context, "the value of :" + option);
  }

  private List<InitialProgram> programs(
      OptionList options, MapType type, long maxEntries, ExpansionContext context) {
    Datum datum = options.value("programs");
    if (datum == null) {
      return List.of();
    }
    Origin at = context.originOf(datum);
    if (type != MapType.PROG_ARRAY) {
      throw diagnostics.fail(Message.PROGRAMS_OF_OTHER_MAP, at);
    }
    List<InitialProgram> programs = new ArrayList<>();
    for (Datum entry : ProperList.require(datum, ":programs", at, diagnostics)) {
      List<Datum> pair = ProperList.elements(entry).orElse(List.of());
      if (pair.size() != 2 || !(pair.get(1) instanceof Datum.Symbol program)) {
        throw diagnostics.fail(Message.PROGRAMS_SHAPE, context.originOf(entry));
      }
      long slot =
          new ConstantExpressions(unit, diagnostics).require(pair.get(0), context, "a slot");
      if (slot < 0 || slot >= maxEntries) {
        throw diagnostics.fail(
            Message.PROGRAMS_SLOT_OUT_OF_RANGE, context.originOf(entry), slot, maxEntries - 1);
      }
      programs.add(new InitialProgram(slot, program.name().text()));
    }
    return programs;
  }

  private MapDefinition withRecords(
      MapDefinition map, OptionList options, ExpansionContext context) {
    Datum datum = options.value("record");
    Datum tagDatum = options.value("tag");
    if (datum == null && tagDatum == null) {
      return map;
    }
    Datum reported = datum != null ? datum : tagDatum;
    Origin at = context.originOf(reported == null ? Datum.NIL : reported);
    if (map.type() != MapType.RINGBUF || datum == null) {
      throw diagnostics.fail(Message.RECORD_OF_OTHER_MAP, at);
    }
    String tag = tagDatum instanceof Datum.Symbol s ? s.name().text() : null;
    List<RecordType> records = new ArrayList<>();
    if (datum instanceof Cons) {
      for (Datum entry : ProperList.require(datum, ":record", at, diagnostics)) {
        records.add(record(entry, context));
      }
    } else {
      records.add(record(datum, context));
    }
    MapDefinition result =
        new MapDefinition(
            map.name(),
            map.symbol(),
            map.type(),
            map.key(),
            map.value(),
            map.maxEntries(),
            map.flags(),
            records,
            tag,
            map.programs(),
            map.pin(),
            map.origin());
    for (RecordType record : records) {
      if (record.struct().size() > map.maxEntries() - 16) {
        throw diagnostics.fail(
            Message.RECORD_LARGER_THAN_RING,
            at,
            record.struct().name(),
            record.struct().size(),
            map.maxEntries() - 16);
      }
    }
    if (tag == null) {
      requireDistinctSizes(result, records, at, diagnostics);
    } else {
      checkTag(records, tag, at);
    }
    return result;
  }

  private RecordType record(Datum entry, ExpansionContext context) {
    Datum structDatum = entry;
    Long value = null;
    if (entry instanceof Cons) {
      List<Datum> pair = ProperList.elements(entry).orElse(List.of());
      if (pair.size() != 2) {
        throw diagnostics.fail(Message.RECORD_SHAPE, context.originOf(entry));
      }
      value =
          new ConstantExpressions(unit, diagnostics).require(pair.get(0), context, "a tag value");
      structDatum = pair.get(1);
    }
    String name = structDatum instanceof Datum.Symbol s ? s.name().text() : "";
    StructLayout struct = unit.tables().structs().get(name);
    if (struct == null) {
      throw diagnostics.fail(
          Message.STRUCT_UNKNOWN,
          context.originOf(structDatum),
          name,
          NearMatches.hint(name, unit.tables().structs().keySet()));
    }
    return new RecordType(struct, value);
  }

  private void checkTag(List<RecordType> records, String tag, Origin at) {
    @Nullable StructField first = null;
    List<Long> values = new ArrayList<>();
    for (RecordType record : records) {
      StructField field = record.struct().field(tag).orElse(null);
      boolean scalar =
          field != null && !field.isArray() && field.type() instanceof StructField.FieldType.Scalar;
      if (field == null || !scalar || record.tagValue() == null) {
        throw diagnostics.fail(Message.TAG_FIELD_MISSING, at, record.struct().name(), tag);
      }
      if (first != null
          && (field.offset() != first.offset() || !field.type().equals(first.type()))) {
        throw diagnostics.fail(Message.TAG_FIELD_DIFFERS, at, tag);
      }
      if (values.contains(record.tagValue())) {
        throw diagnostics.fail(Message.TAG_VALUE_TWICE, at, record.tagValue());
      }
      first = first == null ? field : first;
      values.add(record.tagValue());
    }
  }

  /** Checks what could only be known once all programs were read. */
  public void checkPrograms(Set<String> programs) {
    for (MapDefinition map : unit.tables().maps().values()) {
      for (InitialProgram initial : map.programs()) {
        if (!programs.contains(initial.program())) {
          diagnostics.report(
              Message.PROGRAMS_NAME_UNKNOWN,
              map.origin(),
              map.name(),
              initial.program(),
              NearMatches.hint(initial.program(), programs));
        }
      }
    }
  }

  /** Without a tag records are told apart by their sizes. */
  public static void requireDistinctSizes(
      MapDefinition ring, List<RecordType> records, Origin at, Diagnostics diagnostics) {
    Map<Integer, StructLayout> bySize = new HashMap<>();
    for (RecordType record : records) {
      StructLayout other = bySize.putIfAbsent(record.struct().size(), record.struct());
      if (other != null) {
        diagnostics.report(
            Message.RECORDS_OF_SAME_SIZE, at, other.name(), record.struct().name(), ring.name());
        return;
      }
    }
  }
}
