package dev.whistler.compiler.object;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.compiler.emit.CompiledFunction;
import dev.whistler.compiler.emit.CompiledFunction.Target;
import dev.whistler.compiler.emit.Instruction;
import dev.whistler.compiler.emit.MachineCode;
import dev.whistler.compiler.emit.Opcode;
import dev.whistler.compiler.ir.DataLayout;
import dev.whistler.compiler.kernel.Digest;
import dev.whistler.compiler.kernel.Trace;
import dev.whistler.compiler.object.ElfBuilder.Section;
import dev.whistler.compiler.object.ElfBuilder.Symbol;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.ScalarType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the object file (section 21): code, maps, data, BTF, line information, schema. Equal input
 * gives equal bytes.
 */
public final class ObjectWriter {
  /** Name and version in every schema. */
  public static final String COMPILER = "whistler-k8s 0.1.0";

  private static final String TEXT = ".text";

  private final TypedUnit unit;
  private final MachineCode code;
  private final CompilationRequest request;
  private final ElfBuilder elf = new ElfBuilder();
  private final BtfBuilder btf = new BtfBuilder();
  private final TypeTable types = new TypeTable(btf);
  private final BtfExtension extension;
  private final Map<String, Symbol> mapSymbols = new HashMap<>();
  private final Map<String, Symbol> dataSymbols = new HashMap<>();
  private final Map<String, Integer> subprograms = new HashMap<>();
  private @Nullable Symbol textSymbol;

  private ObjectWriter(TypedUnit unit, MachineCode code, CompilationRequest request) {
    this.unit = unit;
    this.code = code;
    this.request = request;
    this.extension = new BtfExtension(btf, new SourceLines(request.sources()));
  }

  /**
   * Writes an object.
   *
   * @param code the unit's machine code: one function for each program, in order, then subprograms
   * @param request what was compiled
   * @param trace what the compilation asked about the kernel
   */
  public static CompiledObject write(
      TypedUnit unit, MachineCode code, CompilationRequest request, Trace trace) {
    return new ObjectWriter(unit, code, request).write(trace);
  }

  private CompiledObject write(Trace trace) {
    unit.structs().forEach(types::layout);
    unit.unions().forEach(types::layout);
    unit.kernelLayouts().forEach(types::layout);

    Map<String, List<CompiledFunction>> bySection = functionsBySection();
    Map<String, Section> codeSections = new LinkedHashMap<>();
    bySection.forEach((name, functions) -> codeSections.put(name, codeSection(name, functions)));
    maps();
    data();
    license();
    codeSections.forEach(
        (name, section) -> relocate(section, bySection.getOrDefault(name, List.of())));
    bySection.forEach(this::describe);

    String schema = schema(trace);
    byte[] extensionBytes = extension.toBytes();
    elf.section(".BTF", ElfBuilder.PROGBITS, 0, 4, btf.toBytes());
    elf.section(".BTF.ext", ElfBuilder.PROGBITS, 0, 4, extensionBytes);
    byte[] schemaBytes = schema.getBytes(StandardCharsets.UTF_8);
    elf.section(".whistler.schema", ElfBuilder.PROGBITS, 0, 1, schemaBytes);
    return new CompiledObject(elf.toBytes(), schema, sizes());
  }

  private List<CompiledObject.Program> sizes() {
    Map<String, CompiledFunction> programs = programs();
    return unit.programs().stream()
        .map(
            program -> {
              CompiledFunction function = compiled(programs, program);
              return new CompiledObject.Program(
                  program.name(), function.code().size(), function.stackBytes());
            })
        .toList();
  }

  private Map<String, CompiledFunction> programs() {
    Map<String, CompiledFunction> programs = new HashMap<>();
    for (CompiledFunction function : code.functions()) {
      if (function.global()) {
        programs.put(function.symbol(), function);
      }
    }
    return programs;
  }

  private static CompiledFunction compiled(
      Map<String, CompiledFunction> programs, TypedProgram program) {
    CompiledFunction function = programs.get(program.symbol());
    if (function == null) {
      throw new IllegalStateException("no code was generated for program " + program.name());
    }
    return function;
  }

  /** {@code .text} first, then program sections by their first program. */
  private Map<String, List<CompiledFunction>> functionsBySection() {
    Map<String, List<CompiledFunction>> sections = new LinkedHashMap<>();
    for (CompiledFunction function : code.functions()) {
      if (!function.global()) {
        sections.computeIfAbsent(TEXT, s -> new ArrayList<>()).add(function);
      }
    }
    Map<String, CompiledFunction> programs = programs();
    for (TypedProgram program : unit.programs()) {
      sections
          .computeIfAbsent(program.section().canonical(), s -> new ArrayList<>())
          .add(compiled(programs, program));
    }
    return sections;
  }

  private Section codeSection(String name, List<CompiledFunction> functions) {
    ByteWriter bytes = new ByteWriter();
    int start = 0;
    if (name.equals(TEXT)) {
      for (CompiledFunction function : functions) {
        subprograms.put(function.symbol(), start);
        start += 8 * function.code().size();
      }
    }
    functions.forEach(function -> encode(function, bytes));
    int flags = ElfBuilder.ALLOC | ElfBuilder.EXECUTE;
    Section section = elf.section(name, ElfBuilder.PROGBITS, flags, 8, bytes.toBytes());
    if (name.equals(TEXT)) {
      textSymbol = elf.sectionSymbol(section);
    }
    int at = 0;
    for (CompiledFunction function : functions) {
      int size = 8 * function.code().size();
      elf.symbol(function.symbol(), section, ElfBuilder.FUNCTION, function.global(), at, size);
      at += size;
    }
    return section;
  }

  private void encode(CompiledFunction function, ByteWriter bytes) {
    Map<Integer, Target> targets = new HashMap<>();
    function.relocations().forEach(r -> targets.put(r.slot(), r.target()));
    for (int slot = 0; slot < function.code().size(); slot++) {
      Instruction instruction = function.code().get(slot);
      Target target = targets.get(slot);
      bytes.u8(instruction.opcode());
      bytes.u8(instruction.source() << 4 | instruction.target());
      bytes.u16(instruction.offset());
      bytes.u32(target == null ? instruction.immediate() : addend(instruction, target));
    }
  }

  /**
   * What the instruction adds to its symbol. Maps are meant by their own symbols; data and
   * subprograms by the symbol of their section, the only form that libbpf takes for callbacks.
   */
  private int addend(Instruction instruction, Target target) {
    return switch (target) {
      case Target.Map map -> 0;
      case Target.Data data -> data.offset();
      case Target.Function function -> {
        Integer start = subprograms.get(function.symbol());
        if (start == null) {
          throw new IllegalStateException("no code was generated for " + function.symbol());
        }
        yield instruction.opcode() == Opcode.CALL ? start / 8 - 1 : start;
      }
    };
  }

  private void maps() {
    MapSection section = new MapSection(btf, types, unit.maps());
    if (unit.maps().isEmpty()) {
      return;
    }
    int flags = ElfBuilder.ALLOC | ElfBuilder.WRITE;
    Section maps = elf.section(".maps", ElfBuilder.PROGBITS, flags, 8, new byte[section.size()]);
    for (MapSection.Entry entry : section.entries()) {
      String name = entry.map().symbol();
      mapSymbols.put(
          name, elf.symbol(name, maps, ElfBuilder.OBJECT, true, entry.offset(), entry.size()));
    }
  }

  private void data() {
    DataLayout layout = new DataLayout(unit.globals());
    for (String name : List.of(".rodata", ".data", ".bss")) {
      ByteWriter bytes = new ByteWriter();
      List<BtfBuilder.Placed> placed = new ArrayList<>();
      List<Global> globals = unit.globals().stream().filter(g -> g.section().equals(name)).toList();
      for (Global global : globals) {
        int offset = layout.offset(global);
        bytes.zeros(offset - bytes.size());
        initial(bytes, global);
        int variable = btf.variable(global.symbol(), types.global(global), BtfBuilder.GLOBAL);
        placed.add(new BtfBuilder.Placed(variable, offset, global.size()));
      }
      if (name.equals(".rodata")) {
        bytes.raw(code.strings());
      }
      if (bytes.size() == 0) {
        continue;
      }
      boolean constant = name.equals(".rodata");
      Section section =
          elf.section(
              name,
              name.equals(".bss") ? ElfBuilder.NOBITS : ElfBuilder.PROGBITS,
              constant ? ElfBuilder.ALLOC : ElfBuilder.ALLOC | ElfBuilder.WRITE,
              8,
              bytes.toBytes());
      dataSymbols.put(name, elf.sectionSymbol(section));
      for (Global global : globals) {
        elf.symbol(
            global.symbol(),
            section,
            ElfBuilder.OBJECT,
            true,
            layout.offset(global),
            global.size());
      }
      if (!placed.isEmpty()) {
        btf.dataSection(name, bytes.size(), placed);
      }
    }
  }

  private static void initial(ByteWriter bytes, Global global) {
    int size = global.size();
    for (int i = 0; i < size; i++) {
      bytes.u8(i < 8 ? (int) (global.initial() >>> 8 * i) : 0);
    }
  }

  private void license() {
    if (unit.programs().isEmpty()) {
      return;
    }
    byte[] text = new ByteWriter().text(unit.programs().getFirst().license()).toBytes();
    int flags = ElfBuilder.ALLOC | ElfBuilder.WRITE;
    elf.section("license", ElfBuilder.PROGBITS, flags, 1, text);
  }

  private void relocate(Section section, List<CompiledFunction> functions) {
    int start = 0;
    for (CompiledFunction function : functions) {
      for (CompiledFunction.Relocation relocation : function.relocations()) {
        boolean call = function.code().get(relocation.slot()).opcode() == Opcode.CALL;
        section.relocate(
            start + 8 * relocation.slot(),
            symbol(relocation.target()),
            call ? ElfBuilder.RELOCATE_CALL : ElfBuilder.RELOCATE_64);
      }
      start += 8 * function.code().size();
    }
  }

  private Symbol symbol(Target target) {
    Symbol symbol =
        switch (target) {
          case Target.Map map -> mapSymbols.get(map.symbol());
          case Target.Data data -> dataSymbols.get(data.section());
          case Target.Function function -> textSymbol;
        };
    if (symbol == null) {
      throw new IllegalStateException("nothing to relocate against: " + target);
    }
    return symbol;
  }

  /** Adds types, function and line information of a section's functions. */
  private void describe(String section, List<CompiledFunction> functions) {
    int start = 0;
    for (CompiledFunction function : functions) {
      int prototype = function.global() ? programPrototype() : subprogramPrototype(function);
      int linkage = function.global() ? BtfBuilder.GLOBAL : BtfBuilder.STATIC;
      int type = btf.function(function.symbol(), prototype, linkage);
      extension.add(section, start, type, function.lines());
      start += 8 * function.code().size();
    }
  }

  private int programPrototype() {
    return btf.prototype(
        types.scalar(ScalarType.I32), List.of(new BtfBuilder.Parameter("ctx", btf.pointer(0))));
  }

  private int subprogramPrototype(CompiledFunction function) {
    int word = types.scalar(ScalarType.U64);
    List<BtfBuilder.Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < function.parameterCount(); i++) {
      parameters.add(new BtfBuilder.Parameter("a" + i, word));
    }
    return btf.prototype(word, parameters);
  }

  private String schema(Trace trace) {
    Digest digest = new Digest();
    for (SourceText source : request.sources()) {
      digest.add(source.name()).add(source.text());
    }
    digest.add(trace.canonical());
    for (TypedUnit.Knob knob : unit.knobs()) {
      digest.add(knob.name()).add(Long.toString(knob.value()));
    }
    return SchemaWriter.write(
        unit, COMPILER, request.architecture().text(), Requirements.of(unit, code), digest.hex());
  }
}
