package dev.whistler.bpf;

import dev.whistler.bpf.btf.Btf;
import dev.whistler.bpf.btf.BtfExt;
import dev.whistler.bpf.btf.BtfType;
import dev.whistler.bpf.btf.KernelBtf;
import dev.whistler.bpf.btf.LoadedBtf;
import dev.whistler.bpf.core.CoreRelocator;
import dev.whistler.bpf.elf.ObjectFormatException;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapFlags;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.map.PossibleCpus;
import dev.whistler.bpf.object.CodeLinker;
import dev.whistler.bpf.object.DataImage;
import dev.whistler.bpf.object.Extern;
import dev.whistler.bpf.object.FunctionImage;
import dev.whistler.bpf.object.MapDefinition;
import dev.whistler.bpf.object.ObjectImage;
import dev.whistler.bpf.object.Reference;
import dev.whistler.bpf.object.SectionKind;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.prog.ProgramSpec;
import dev.whistler.bpf.prog.ProgramType;
import dev.whistler.bpf.prog.VerifierException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Fd;
import dev.whistler.bpf.sys.Mapping;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.bpf.sys.UnsupportedException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One load of an object: types, then maps, then programs; undone if anything fails. */
final class ObjectLoader {
  private static final int LINE_INFO_BYTES = 16;

  private final ObjectImage image;
  private final CodeLinker linker;
  private final LoadOptions options;
  private final Variables variables;
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private @Nullable LoadedBtf btf;
  private @Nullable CoreRelocator relocator;

  ObjectLoader(ObjectImage image, CodeLinker linker, LoadOptions options) {
    this.image = image;
    this.linker = linker;
    this.options = options;
    this.variables = new Variables(image.btf(), options.variables());
  }

  LoadedObject load() {
    for (String name : options.maps().keySet()) {
      if (image.maps().stream().noneMatch(map -> map.name().equals(name))) {
        throw new IllegalArgumentException("the object has no map " + name + " to change");
      }
    }
    try {
      loadBtf();
      for (MapDefinition definition : image.maps()) {
        maps.put(definition.name(), createMap(definition));
      }
      for (DataImage data : image.data()) {
        maps.put(data.name(), createData(data));
      }
      variables.checkAllFound();
      for (FunctionImage function : image.functions()) {
        if (isWanted(function)) {
          programs.put(function.name(), loadProgram(function, kind(function)));
        }
      }
      for (MapDefinition definition : image.maps()) {
        if (!options.reuse().containsKey(definition.name())) {
          fillSlots(definition);
        }
      }
      return new LoadedObject(maps, programs, btf);
    } catch (RuntimeException | Error e) {
      LoadedObject.closeAll(maps, programs, btf);
      throw e;
    }
  }

  private boolean isWanted(FunctionImage function) {
    Predicate<String> asked = options.programs();
    return function.isProgram()
        && (asked == null
            ? function.loading() == FunctionImage.Loading.BY_DEFAULT
            : asked.test(function.name()));
  }

  private static SectionKind kind(FunctionImage function) {
    SectionKind kind = function.kind();
    if (kind == null) {
      throw new ObjectFormatException(
          "program "
              + function.name()
              + ": section "
              + function.section()
              + " names no kind of program; see SectionKind for the names that do");
    }
    return kind;
  }

  /**
   * Types are for the verifier's and the reader's comfort: where a kernel refuses them, do without.
   */
  private void loadBtf() {
    Btf types = image.btf();
    if (types != null) {
      btf = LoadedBtf.ofObject(types).orElse(null);
    }
  }

  private BpfMap createMap(MapDefinition definition) {
    BpfMap existing = options.reuse().get(definition.name());
    if (existing != null) {
      checkReuse(definition, existing);
      return BpfMap.of(existing.fd().duplicate());
    }
    MapDefinition template = definition.inner();
    if (template == null) {
      return create(changed(definition, typed(definition)));
    }
    // The kernel only looks at the template, which may be gone afterwards.
    try (BpfMap inner = create(typed(template))) {
      return create(changed(definition, typed(definition).withInner(inner)));
    }
  }

  private MapSpec changed(MapDefinition definition, MapSpec spec) {
    UnaryOperator<MapSpec> change = options.maps().get(definition.name());
    return change == null ? spec : change.apply(spec);
  }

  /** The map that a definition asks for on this machine, without its types. */
  static MapSpec spec(MapDefinition definition) {
    MapType type = definition.type();
    int entries = definition.maxEntries();
    if (type == MapType.PERF_EVENT_ARRAY && entries == 0) {
      entries = PossibleCpus.count();
    } else if (type.isRing()) {
      // 64 KiB pages of some arm64 kernels make a ring of 4 KiB too small.
      entries = Math.max(entries, Mapping.PAGE_BYTES);
    }
    return new MapSpec(
        definition.name(),
        type,
        definition.keySize(),
        definition.valueSize(),
        entries,
        definition.flags(),
        null,
        null,
        definition.extra(),
        definition.numaNode());
  }

  private MapSpec typed(MapDefinition definition) {
    MapSpec spec = spec(definition);
    LoadedBtf loaded = btf;
    return loaded != null && definition.valueType() != 0 && takesTypes(spec.type())
        ? spec.withTypes(
            new MapSpec.Types(loaded.fd(), definition.keyType(), definition.valueType()))
        : spec;
  }

  /** Map types that the kernel refuses to describe. */
  private static boolean takesTypes(MapType type) {
    return switch (type) {
      case PERF_EVENT_ARRAY, CGROUP_ARRAY, STACK_TRACE, ARRAY_OF_MAPS, HASH_OF_MAPS -> false;
      case DEVMAP, DEVMAP_HASH, CPUMAP, XSKMAP, SOCKMAP, SOCKHASH, PROG_ARRAY -> false;
      case RINGBUF, USER_RINGBUF -> false;
      default -> true;
    };
  }

  /** Types are for the reader's comfort: where the kernel does not take them, do without. */
  private static BpfMap create(MapSpec spec) {
    spec.problem()
        .ifPresent(
            problem -> {
              throw new ObjectFormatException(problem);
            });
    try {
      return BpfMap.create(spec);
    } catch (SystemCallException e) {
      if (spec.types() == null || e.errno() != Errno.EINVAL) {
        throw e;
      }
      return BpfMap.create(spec.withTypes(null));
    }
  }

  private static void checkReuse(MapDefinition definition, BpfMap existing) {
    if (existing.type() != definition.type()
        || existing.keySize() != definition.keySize()
        || existing.valueSize() != definition.valueSize()) {
      throw new IllegalArgumentException(
          "map "
              + definition.name()
              + " cannot be replaced by "
              + existing
              + ": type, key size or value size differ");
    }
  }

  private BpfMap createData(DataImage data) {
    byte[] bytes = variables.in(data);
    if (data.name().equals(Extern.SECTION)) {
      for (Extern extern : image.configuration()) {
        new Structure(bytes).putLong(extern.offset(), KernelConfiguration.value(extern.name()));
      }
    }
    LoadedBtf loaded = btf;
    MapSpec spec =
        MapSpec.of(data.name(), MapType.ARRAY, 4, data.bytes().length, 1)
            .withFlags(
                data.isReadOnly() ? MapFlags.MMAPABLE | MapFlags.RDONLY_PROG : MapFlags.MMAPABLE);
    BpfMap existing = options.reuse().get(data.name());
    if (existing != null && !data.isReadOnly()) {
      return BpfMap.of(existing.fd().duplicate());
    }
    BpfMap map =
        create(
            loaded == null || data.type() == 0
                ? spec
                : spec.withTypes(new MapSpec.Types(loaded.fd(), 0, data.type())));
    try {
      map.update(new byte[4], bytes);
      if (data.isReadOnly()) {
        map.freeze();
      }
      return map;
    } catch (RuntimeException e) {
      map.close();
      throw e;
    }
  }

  private BpfProgram loadProgram(FunctionImage function, SectionKind kind) {
    if (kind.type() == ProgramType.STRUCT_OPS || kind.type() == ProgramType.EXT) {
      throw new UnsupportedException(
          ("program %s: section %s is not supported: such programs take the place of functions of"
                  + " the kernel or of another program")
              .formatted(function.name(), function.section()));
    }
    CodeLinker.Linked linked = linker.link(function);
    byte[] code = linked.code().clone();
    Map<Integer, Fd> descriptors = new HashMap<>();
    linked.patches().forEach((slot, reference) -> descriptors.put(slot, map(reference).fd()));
    Btf types = image.btf();
    Map<Integer, String> poisoned = Map.of();
    if (types != null && !linked.coreRelocations().isEmpty()) {
      poisoned = relocator(types).apply(code, linked.coreRelocations());
    }
    ProgramSpec spec =
        ProgramSpec.of(function.name(), kind.type(), code, image.license())
            .withDescriptors(descriptors)
            .withAttachType(kind.attachType())
            .withFlags(kind.flags())
            .withTarget(hook(function, kind), null);
    LoadedBtf loaded = btf;
    if (loaded != null && linked.functionInfo().length > 0) {
      spec = spec.withDebugInfo(loaded.fd(), linked.functionInfo(), lineInfo(linked));
    }
    try {
      return BpfProgram.load(spec);
    } catch (VerifierException e) {
      Map<Integer, String> why = new HashMap<>();
      poisoned.forEach((slot, sentence) -> why.put(slot, sentence + " (" + kernelName() + ")"));
      throw e.explained(why);
    }
  }

  /** One for all programs: what one finds out about the kernel's types holds for the others. */
  private CoreRelocator relocator(Btf types) {
    CoreRelocator current = relocator;
    if (current == null) {
      Btf given = options.kernelTypes();
      current = new CoreRelocator(types, given == null ? KernelBtf.running() : given);
      relocator = current;
    }
    return current;
  }

  private String kernelName() {
    return options.kernelTypes() == null
        ? "Linux " + System.getProperty("os.version")
        : "by the types given to relocate against";
  }

  private BpfMap map(Reference reference) {
    String name = reference.mapName();
    BpfMap map = maps.get(name);
    if (map == null) {
      throw new ObjectFormatException(
          "the code refers to the map " + name + ", which is not there");
    }
    return map;
  }

  private int hook(FunctionImage function, SectionKind kind) {
    if (kind.hook() == SectionKind.Hook.NONE) {
      return 0;
    }
    if (kind.target().isEmpty()) {
      throw new ObjectFormatException(
          "section " + function.section() + " of " + function.name() + " names no target");
    }
    // The hook is the running kernel's, whatever kernel the code is relocated against.
    Btf kernel = KernelBtf.running();
    String name = kind.hook().prefix() + kind.target();
    Class<? extends BtfType> type =
        kind.hook() == SectionKind.Hook.TRACEPOINT ? BtfType.Typedef.class : BtfType.Function.class;
    return kernel
        .find(name, type)
        .orElseThrow(
            () ->
                new UnsupportedException(
                    "program "
                        + function.name()
                        + ": this kernel's type information has no "
                        + name
                        + "; it lacks "
                        + function.section()));
  }

  private static byte[] lineInfo(CodeLinker.Linked linked) {
    Structure records = new Structure(new byte[linked.lines().size() * LINE_INFO_BYTES]);
    int at = 0;
    for (CodeLinker.Line line : linked.lines()) {
      BtfExt.LineInfo info = line.info();
      records
          .putInt(at, line.slot())
          .putInt(at + 4, info.fileName())
          .putInt(at + 8, info.text())
          .putInt(at + 12, info.position());
      at += LINE_INFO_BYTES;
    }
    return records.bytes();
  }

  /** Initial programs of program arrays and initial maps of maps of maps. */
  private void fillSlots(MapDefinition definition) {
    BpfMap map = maps.get(definition.name());
    if (map == null) {
      return;
    }
    definition
        .initial()
        .forEach(
            (slot, symbol) -> {
              byte[] key = new Structure(new byte[4]).putInt(0, slot).bytes();
              map.update(key, descriptor(definition, symbol));
            });
  }

  private Fd descriptor(MapDefinition definition, String symbol) {
    BpfMap map = maps.get(symbol);
    if (map != null) {
      return map.fd();
    }
    BpfProgram program = programs.get(symbol);
    if (program != null) {
      return program.fd();
    }
    throw new ObjectFormatException(
        "map " + definition.name() + " is to hold " + symbol + ", which is not loaded");
  }
}
