package dev.whistler.compiler.define;


import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.diagnostic.Diagnostics;
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
import java.util.LinkedHashMap;
import java.util.HashMap;
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
      throw diagnostics.fail(
          Code.E_SYNTAX, form.origin(), "defmap has the shape (defmap NAME :type TYPE …)");
    }
    Origin at = context.originOf(form.operand(0));
    String name = names.defined(form.operand(0), "map", at);
    if (order.size() >= MAX_MAPS) {
      throw diagnostics.fail(
          Code.E_LIMIT, form.origin(), "a unit has at most " + MAX_MAPS + " maps");
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
      throw diagnostics.fail(
          Code.E_MAPDEF, form.origin(), "the map has no :type", "for example :type :hash");
    }
    String name = datum instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
    Optional<MapType> type = MapType.named(name);
    if (type.isEmpty()) {
      throw diagnostics.fail(
          Code.E_MAPDEF,
          context.originOf(datum),
          "unknown map type " + name,
          NearMatches.hint(name, Arrays.stream(MapType.values()).map(MapType::text).toList()));
    }
    if (LEVEL_3.contains(type.get())) {
      throw diagnostics.fail(
          Code.E_UNKNOWN,
          context.originOf(datum),
          "maps of type :" + name + " are a level 3 extension that this compiler does not have",
          "level 3 (section 10.1)");
    }
    KernelDescription kernel = unit.request().kernel();
    if (kernel != null
        && kernel.feature("map:" + type.get().number()) == KernelDescription.Answer.ABSENT) {
      throw diagnostics.fail(
          Code.E_MAPTYPE,
          context.originOf(datum),
          "this kernel has no maps of type :" + name,
          "use another type, or a newer kernel");
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
            Code.W_MAPDEF,
            context.originOf(options.key(option)),
            "a ring buffer has no " + role + "s; :" + option + " is ignored",
            null);
      }
      return new SlotType(0, null, null);
    }
    if (!given) {
      if (sizeMayBeMissing(type, key)) {
        return new SlotType(Math.max(0, fixed(type, key)), null, null);
      }
      throw diagnostics.fail(
          Code.E_MAPDEF,
          form.origin(),
          "the map has neither :" + role + "-size nor :" + role + "-type");
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
            Code.E_STRUCT,
            context.originOf(typeDatum),
            "the type of a " + role + " is a scalar type, a struct or a union",
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
            Code.E_SIZE,
            context.originOf(sizeDatum),
            ":" + role + "-size is " + written + ", but :" + role + "-type has " + size + " bytes");
      }
      size = written;
    }
    if (size < 0 || size > MAX_VALUE) {
      throw diagnostics.fail(
          Code.E_LIMIT,
          form.origin(),
          "the " + role + " of a map has at most " + MAX_VALUE + " bytes");
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
      throw mapDefinition(
          form, "keys", fixedKey == 0 ? "no" : fixedKey + " bytes", key.size(), type);
    }
    if (fixedValue >= 0 && value.size() != fixedValue) {
      throw mapDefinition(form, "values", fixedValue + " bytes", value.size(), type);
    }
    int leastKey = type == MapType.LPM_TRIE ? 5 : fixedKey == 0 ? 0 : 1;
    if (key.size() < leastKey || value.size() < 1) {
      throw mapDefinition(
          form,
          key.size() < leastKey ? "keys" : "values",
          "at least " + (key.size() < leastKey ? leastKey : 1) + " bytes",
          key.size() < leastKey ? key.size() : value.size(),
          type);
    }
    if (type == MapType.STACK_TRACE && value.size() % 8 != 0) {
      throw mapDefinition(form, "values", "a multiple of 8 bytes", value.size(), type);
    }
    boolean redirect =
        type == MapType.DEVMAP || type == MapType.DEVMAP_HASH || type == MapType.CPUMAP;
    if (redirect && value.size() != 4 && value.size() != 8) {
      throw mapDefinition(form, "values", "4 or 8 bytes", value.size(), type);
    }
    if (key.size() > MAX_KEY || (type.perCpu() && value.size() > MAX_PER_CPU_VALUE)) {
      throw diagnostics.fail(
          Code.E_LIMIT,
          form.origin(),
          "keys have at most " + MAX_KEY + " bytes, per-CPU values at most " + MAX_PER_CPU_VALUE);
    }
  }

  private AnalysisException mapDefinition(
      Form form, String what, String expected, int actual, MapType type) {
    return diagnostics.fail(
        Code.E_MAPDEF,
        form.origin(),
        what + " of a map of type :" + type.text() + " have " + expected + ", not " + actual);
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
      throw diagnostics.fail(Code.E_MAPDEF, form.origin(), "the map has no :max-entries");
    }
    Origin at = context.originOf(datum);
    long value = number(options, "max-entries", context, 0);
    boolean zeroAllowed = storage || type == MapType.PERF_EVENT_ARRAY;
    if (value < (zeroAllowed ? 0 : 1) || value > MAX_ENTRIES) {
      throw diagnostics.fail(
          Code.E_MAPDEF,
          at,
          ":max-entries is "
              + Long.toUnsignedString(value)
              + ", which is not in the range 1 to "
              + MAX_ENTRIES);
    }
    if (storage && value != 0) {
      throw diagnostics.fail(Code.E_MAPDEF, at, "a storage map has :max-entries 0");
    }
    if (type == MapType.RINGBUF && (value % PAGE != 0 || Long.bitCount(value) != 1)) {
      long next = Math.max(PAGE, Long.highestOneBit(Math.max(1, value - 1)) << 1);
      throw diagnostics.fail(
          Code.E_MAPDEF,
          at,
          "the size of a ring buffer is a power of two and a multiple of 4096, not " + value,
          "the next valid value is " + next);
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
      throw diagnostics.fail(Code.E_MAPDEF, at, "only a :prog-array has :programs");
    }
    List<InitialProgram> programs = new ArrayList<>();
    for (Datum entry : ProperList.require(datum, ":programs", at, diagnostics)) {
      List<Datum> pair = ProperList.elements(entry).orElse(List.of());
      if (pair.size() != 2 || !(pair.get(1) instanceof Datum.Symbol program)) {
        throw diagnostics.fail(
            Code.E_MAPDEF, context.originOf(entry), ":programs has entries (SLOT PROGRAM)");
      }
      long slot = new ConstantExpressions(unit, diagnostics).require(pair.get(0), context, "a slot");
      if (slot < 0 || slot >= maxEntries) {
        throw diagnostics.fail(
            Code.E_MAPDEF,
            context.originOf(entry),
            "the slot " + slot + " is not in the range 0 to " + (maxEntries - 1));
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
      throw diagnostics.fail(
          Code.E_MAPDEF, at, ":record and :tag are for ring buffers, and :tag needs :record");
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
            Code.E_SIZE,
            at,
            "a "
                + record.struct().name()
                + " has "
                + record.struct().size()
                + " bytes and does not fit the ring buffer, which takes "
                + (map.maxEntries() - 16));
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
        throw diagnostics.fail(
            Code.E_MAPDEF, context.originOf(entry), ":record has entries (VALUE STRUCT)");
      }
      value = new ConstantExpressions(unit, diagnostics).require(pair.get(0), context, "a tag value");
      structDatum = pair.get(1);
    }
    String name = structDatum instanceof Datum.Symbol s ? s.name().text() : "";
    StructLayout struct = unit.tables().structs().get(name);
    if (struct == null) {
      throw diagnostics.fail(
          Code.E_STRUCT,
          context.originOf(structDatum),
          "unknown struct " + name,
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
        throw diagnostics.fail(
            Code.E_RECORD,
            at,
            record.struct().name()
                + " needs a scalar field "
                + tag
                + " and a constant to be told apart by it",
            "write :record ((VALUE STRUCT)…)");
      }
      if (first != null
          && (field.offset() != first.offset() || !field.type().equals(first.type()))) {
        throw diagnostics.fail(
            Code.E_RECORD,
            at,
            "the field " + tag + " is not at the same offset and of the same type in all records");
      }
      if (values.contains(record.tagValue())) {
        throw diagnostics.fail(
            Code.E_RECORD, at, "two records have the tag value " + record.tagValue());
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
              Code.E_MAPDEF,
              map.origin(),
              "the map " + map.name() + " names the unknown program " + initial.program(),
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
            Code.E_RECORD,
            at,
            other.name()
                + " and "
                + record.struct().name()
                + " have the same size, so records of "
                + ring.name()
                + " cannot be told apart",
            "declare :record ((C S)…) with :tag F, a field that tells them apart");
        return;
      }
    }
  }
}
