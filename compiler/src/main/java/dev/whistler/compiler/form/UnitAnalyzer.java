package dev.whistler.compiler.form;

import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.define.ConstantDefinitions;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.Knobs;
import dev.whistler.compiler.define.MapDefinitions;
import dev.whistler.compiler.define.Names;
import dev.whistler.compiler.define.ProgramDefinitions;
import dev.whistler.compiler.define.RingStatistics;
import dev.whistler.compiler.define.StructDefinitions;
import dev.whistler.compiler.define.TracepointDefinitions;
import dev.whistler.compiler.define.TracepointImports;
import dev.whistler.compiler.define.UnitContext;
import dev.whistler.compiler.define.UnitTables;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.source.SourceRange;
import dev.whistler.compiler.table.ReservedNames;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TypedProgram;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Layout;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.StructLayout;
import dev.whistler.compiler.unit.Definitions;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The analysis of one unit: takes its definitions in order, answers what macros ask about them, and
 * at the end analyzes the bodies. Used once, by one thread.
 */
public final class UnitAnalyzer implements Definitions {
  private static final Set<String> HEADS =
      Set.of(
          "defprog",
          "defmap",
          "defstruct",
          "defunion",
          "defconstant",
          "defknob",
          "deftracepoint",
          "import-kernel-struct",
          "defheader",
          "defglobal",
          "defkfunc");

  private final CompilationRequest request;
  private final Diagnostics diagnostics;
  private final SymbolTable symbols;
  private final UnitTables tables = new UnitTables();
  private @Nullable State state;

  /** What exists once the macro stage is there. */
  private record State(
      UnitContext unit,
      Names names,
      GeneratedOperators generated,
      StructDefinitions structs,
      MapDefinitions maps,
      Knobs knobs,
      ProgramDefinitions programs) {}

  public UnitAnalyzer(CompilationRequest request, SymbolTable symbols, Diagnostics diagnostics) {
    this.request = request;
    this.symbols = symbols;
    this.diagnostics = diagnostics;
  }

  @Override
  public void begin(Expander expander) {
    UnitContext unit =
        new UnitContext(request, diagnostics, tables, expander, symbols, new ConstantEvaluator());
    Names names = new Names(diagnostics);
    GeneratedOperators generated = new GeneratedOperators(unit);
    state =
        new State(
            unit,
            names,
            generated,
            new StructDefinitions(unit, names, generated),
            new MapDefinitions(unit, names),
            new Knobs(unit, names),
            new ProgramDefinitions(unit, names));
  }

  private State state() {
    return Objects.requireNonNull(state, "begin was not called");
  }

  @Override
  public boolean owns(String head) {
    return HEADS.contains(head);
  }

  @Override
  public void define(Cons cons, ExpansionContext outer) {
    State s = state();
    ExpansionContext context = outer.within(cons);
    Origin at = outer.originOf(cons);
    SymbolName head = ((Datum.Symbol) cons.car()).name();
    Form form =
        new Form(head, cons, ProperList.require(cons.cdr(), head.text(), at, diagnostics), at);
    try {
      define(form, context, s);
    } catch (AnalysisException e) {
      if (form.count() > 0 && nameOf(form.operand(0)) instanceof Datum.Symbol name) {
        tables.markBroken(name.name().text());
      }
      throw e;
    }
  }

  /** The datum of a definition's name; {@code defstruct} allows it in parentheses. */
  private static Datum nameOf(Datum datum) {
    return datum instanceof Cons cons ? cons.car() : datum;
  }

  private void define(Form form, ExpansionContext context, State s) {
    switch (form.name()) {
      case "defprog" -> s.programs().define(form, context);
      case "defmap" -> s.maps().define(form, context);
      case "defstruct" -> s.structs().defineStruct(form, context);
      case "defunion" -> s.structs().defineUnion(form, context);
      case "defconstant" -> ConstantDefinitions.define(form, context, s.unit(), s.names());
      case "defknob" -> s.knobs().define(form, context);
      case "deftracepoint" -> new TracepointDefinitions(s.unit()).define(form, context);
      case "import-kernel-struct" ->
          KernelStructForms.define(form, context, s.unit(), s.names(), s.generated());
      case "defheader" -> HeaderForms.define(form, context, s.unit(), s.names(), s.generated());
      case "defglobal" -> GlobalForms.define(form, context, s.unit(), s.names(), s.structs());
      default ->
          throw diagnostics.fail(
              Message.DEFINITION_LEVEL_3, form.origin(), form.operator().spelling());
    }
  }

  // ---- the rest of the analysis

  /**
   * Analyzes all bodies, when all top-level forms were processed.
   *
   * @param unitStart the first character of the unit, for errors that concern no form
   * @return the typed unit; meaningless if errors were reported
   */
  public TypedUnit finish(SourceRange unitStart) {
    State s = state();
    s.knobs().checkSupplied(unitStart);
    s.maps().settle();
    Set<String> programNames = new LinkedHashSet<>();
    tables.programs().forEach(p -> programNames.add(p.context().name()));
    s.maps().checkPrograms(programNames);
    if (tables.programs().isEmpty()
        && !request.options().definitionsOnly()
        && !diagnostics.hasErrors()) {
      diagnostics.report(Message.NO_PROGRAM, unitStart);
    }
    HiddenMaps hidden = new HiddenMaps(s.unit(), unitStart);
    hidden.define();
    Findings findings = new Findings();
    Functions functions = new Functions(s.names());
    List<TypedProgram> programs = new ArrayList<>();
    for (UnitTables.ProgramDefinition program : tables.programs()) {
      try {
        programs.add(new ProgramAnalyzer(s.unit(), program, functions, hidden, findings).analyze());
      } catch (AnalysisException e) {
        // Reported; the other programs are analyzed nevertheless.
      } catch (StackOverflowError e) {
        diagnostics.report(Message.PROGRAM_TOO_NESTED, program.origin());
      }
    }
    List<MapDefinition> maps =
        new ArrayList<>(
            findings.records().settle(List.copyOf(tables.maps().values()), diagnostics));
    maps.addAll(hidden.maps());
    Map<String, Long> constants = new LinkedHashMap<>();
    tables
        .constants()
        .forEach(
            (name, value) -> {
              Long word = value.word();
              if (word != null && !tables.knobs().containsKey(name)) {
                constants.put(name, word);
              }
            });
    RingStatistics statistics = tables.ringStatisticsIfAny();
    List<Global> globals = new ArrayList<>(tables.globals().values());
    globals.addAll(tables.failedUpdates().values());
    return new TypedUnit(
        List.copyOf(tables.structs().values()),
        List.copyOf(tables.unions().values()),
        findings.kernelLayouts().stream().map(n -> tables.kernelLayouts().get(n)).toList(),
        maps,
        statistics == null ? null : statistics.map(),
        globals,
        programs,
        functions.inOrder(),
        List.copyOf(tables.knobs().values()),
        constants,
        findings.kinds().solve(tables.structs().values()),
        List.copyOf(findings.requirements()),
        tables.failedUpdates());
  }

  // ---- what macros see

  @Override
  public Optional<Datum> constant(SymbolName name) {
    return ConstantNames.find(tables, name).map(UnitTables.ConstantValue::datum);
  }

  @Override
  public Optional<StructLayout> struct(String name) {
    return Optional.ofNullable(tables.structs().get(name));
  }

  @Override
  public Optional<Integer> sizeofStruct(String struct) {
    return tables
        .layout(struct)
        .or(() -> Optional.ofNullable(tables.kernelLayouts().get(struct)))
        .map(Layout::size);
  }

  @Override
  public Optional<Integer> fieldOffset(String struct, String field) {
    return Optional.ofNullable(tables.structs().get(struct))
        .flatMap(s -> s.field(field))
        .map(f -> f.offset());
  }

  @Override
  public Optional<List<SymbolName>> structFields(String struct) {
    StructLayout layout = tables.structs().get(struct);
    return layout == null
        ? Optional.empty()
        : Optional.of(layout.fields().stream().map(f -> symbols.symbol(f.name())).toList());
  }

  @Override
  public Optional<Datum> mapOption(String map, String option) {
    MapDefinition definition = tables.maps().get(map);
    if (definition == null) {
      return Optional.empty();
    }
    return switch (option) {
      case "type" -> Optional.of(new Datum.Symbol(symbols.keyword(definition.type().text()), null));
      case "key-size" -> Optional.of(integer(definition.key().size()));
      case "value-size" -> Optional.of(integer(definition.value().size()));
      case "max-entries" -> Optional.of(integer(definition.maxEntries()));
      case "map-flags" -> Optional.of(integer(definition.flags()));
      default -> Optional.empty();
    };
  }

  private static Datum integer(long value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }

  @Override
  public Optional<Datum> knob(String name) {
    return state().knobs().value(name);
  }

  @Override
  public String targetArchitecture() {
    return request.architecture().text();
  }

  @Override
  public Optional<List<SymbolName>> tracepointFields(String event) {
    return format(event)
        .map(
            f ->
                f.fields().stream()
                    .map(field -> symbols.symbol(TracepointImports.sourceName(field.name())))
                    .toList());
  }

  private Optional<TracepointFormat> format(String event) {
    KernelDescription kernel = request.kernel();
    return kernel == null || event.indexOf('/') <= 0
        ? Optional.empty()
        : TracepointDefinitions.format(kernel, event);
  }

  @Override
  public boolean hasTracepoint(String event) {
    return format(event).isPresent();
  }

  @Override
  public boolean isReservedOperator(String name) {
    return ReservedNames.contains(name) || OperatorTable.core(name) != null;
  }

  @Override
  public List<String> operatorNames() {
    List<String> names = new ArrayList<>(OperatorTable.coreNames());
    names.addAll(HeaderForms.BUILT_IN.keySet());
    names.addAll(tables.operators().keySet());
    return names;
  }
}
