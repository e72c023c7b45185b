package dev.whistler.compiler.reference;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapFlags;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.UpdateMode;
import dev.whistler.bpf.object.CodeLinker;
import dev.whistler.bpf.object.SectionKind;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Runs the first programs of objects in the running kernel, one after the other. All objects of a
 * session have the same maps and globals: they are made once and set back after each run, since
 * making them takes longer than everything else.
 */
final class KernelSession implements AutoCloseable {
  /** Maps that cannot be walked through. */
  private static final Set<MapType> WITHOUT_KEYS =
      EnumSet.of(MapType.PROG_ARRAY, MapType.QUEUE, MapType.STACK, MapType.BLOOM_FILTER);

  private final Map<String, RingBufferReader> readers = new HashMap<>();

  private static final String BSS = ".bss";

  /** More than any program's counters of failed updates and variables of the generators. */
  private static final int BSS_BYTES = 4096;

  /** Which hidden counters a program has depends on the maps that it writes, so this is for all. */
  private final BpfMap bss =
      BpfMap.create(
          MapSpec.of(BSS, dev.whistler.bpf.map.MapType.ARRAY, 4, BSS_BYTES, 1)
              .withFlags(MapFlags.MMAPABLE));

  /** Initial contents of {@code .bss} and {@code .data}. */
  private final Map<String, byte[]> data = new HashMap<>();

  /** The first object, which owns the maps. */
  private LoadedObject owner;

  /** Types of the functions of code that has no object. */
  private LoadedBtf types;

  /** Loads an object and runs its first program once. */
  Outcome run(TypedUnit unit, byte[] object, byte[] packet) {
    if (owner == null) {
      owner = BpfObject.open(object).load(LoadOptions.defaults().withReuse(Map.of(BSS, bss)));
      types = LoadedBtf.load(FunctionTypes.bytes());
      prepare(unit);
      return run(first(owner, unit), unit, packet);
    }
    Map<String, BpfMap> shared = new HashMap<>(owner.maps());
    shared.put(BSS, bss);
    LoadOptions options = LoadOptions.defaults().withReuse(shared);
    try (LoadedObject loaded = BpfObject.open(object).load(options)) {
      return run(first(loaded, unit), unit, packet);
    }
  }

  /** Whether there was an object, whose maps code can refer to. */
  boolean hasMaps() {
    return owner != null;
  }

  /**
   * Loads and runs code without an object around it: types, lines and the file itself cost more
   * than the program.
   */
  Outcome run(TypedUnit unit, GeneratedCode code, byte[] packet) {
    TypedProgram first = unit.programs().getFirst();
    CodeLinker.Linked linked = code.link(first);
    byte[] bytes = linked.code();
    Map<Integer, Fd> maps = new HashMap<>();
    linked.patches().forEach((slot, target) -> maps.put(slot, map(target.mapName()).fd()));
    SectionKind kind = SectionKind.of(first.section().canonical()).orElseThrow();
    ProgramSpec spec =
        ProgramSpec.of(first.symbol(), kind.type(), bytes, first.license())
            .withDescriptors(maps)
            .withAttachType(kind.attachType())
            .withFlags(kind.flags())
            .withDebugInfo(types.fd(), linked.functionInfo(), new byte[0]);
    try (BpfProgram program = BpfProgram.load(spec)) {
      return run(program, unit, packet);
    }
  }

  private BpfMap map(String name) {
    return name.equals(BSS) ? bss : owner.map(name);
  }

  private void prepare(TypedUnit unit) {
    for (MapDefinition map : unit.maps()) {
      if (map.type() == MapType.RINGBUF) {
        readers.put(map.symbol(), RingBufferReader.open(owner.map(map.symbol())));
      }
    }
    data.put(BSS, new byte[BSS_BYTES]);
    if (owner.maps().containsKey(".data")) {
      data.put(".data", owner.map(".data").lookup(new byte[4]));
    }
  }

  private static BpfProgram first(LoadedObject loaded, TypedUnit unit) {
    return loaded.program(unit.programs().getFirst().symbol());
  }

  private Outcome run(BpfProgram program, TypedUnit unit, byte[] packet) {
    TestRun.Result result = program.testRun(TestRun.packet(packet));
    SortedMap<String, SortedMap<String, String>> maps = new TreeMap<>();
    SortedMap<String, List<String>> records = new TreeMap<>();
    for (MapDefinition map : unit.maps()) {
      BpfMap kernel = owner.map(map.symbol());
      if (map.type() == MapType.RINGBUF) {
        records.put(map.name(), records(readers.get(map.symbol())));
      } else if (!WITHOUT_KEYS.contains(map.type())) {
        maps.put(map.name(), takeContents(map, kernel));
      }
    }
    return new Outcome(
        result.returnValue(),
        maps,
        records,
        takeGlobals(unit.globals()),
        HexFormat.of().formatHex(result.data()));
  }

  private static List<String> records(RingBufferReader reader) {
    List<String> records = new ArrayList<>();
    reader.consume(r -> records.add(HexFormat.of().formatHex(r.bytes())), 10_000);
    return records;
  }

  /** The contents of a map, which is as new afterwards. */
  private static SortedMap<String, String> takeContents(MapDefinition map, BpfMap kernel) {
    boolean array = map.type() == MapType.ARRAY || map.type() == MapType.PERCPU_ARRAY;
    SortedMap<String, String> contents = new TreeMap<>();
    List<byte[]> used = new ArrayList<>();
    kernel.forEach(
        (key, value) -> {
          byte[] one = onOneCpu(map, kernel, value);
          if (!array || !isZero(one)) {
            contents.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(one));
            used.add(key);
          }
        });
    if (array) {
      used.forEach(key -> kernel.update(key, new byte[kernel.valueBytes()], UpdateMode.ANY));
    } else if (!used.isEmpty()) {
      kernel.deleteAll(used);
    }
    return contents;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /** One run touches the values of one CPU; those of the others are zero. */
  private static byte[] onOneCpu(MapDefinition map, BpfMap kernel, byte[] value) {
    if (!map.type().perCpu()) {
      return value;
    }
    byte[] merged = new byte[map.value().size()];
    for (byte[] one : kernel.perCpu(value)) {
      for (int i = 0; i < merged.length; i++) {
        merged[i] |= one[i];
      }
    }
    return merged;
  }

  /**
   * The contents of variable globals, which are as new afterwards. Each section holds them in order
   * of definition at their natural alignment.
   */
  private SortedMap<String, String> takeGlobals(List<Global> globals) {
    SortedMap<String, String> contents = new TreeMap<>();
    data.forEach(
        (section, initial) -> {
          byte[] now = map(section).lookup(new byte[4]);
          int at = 0;
          for (Global global : globals) {
            if (global.section().equals(section)) {
              int align = Interpreter.alignment(global);
              at = Math.ceilDiv(at, align) * align;
              byte[] bytes = Arrays.copyOfRange(now, at, at + global.size());
              contents.put(global.name(), HexFormat.of().formatHex(bytes));
              at += global.size();
            }
          }
          if (!Arrays.equals(now, initial)) {
            map(section).update(new byte[4], initial, UpdateMode.ANY);
          }
        });
    return contents;
  }

  @Override
  public void close() {
    readers.values().forEach(RingBufferReader::close);
    if (types != null) {
      types.close();
    }
    bss.close();
    if (owner != null) {
      owner.close();
    }
  }
}
