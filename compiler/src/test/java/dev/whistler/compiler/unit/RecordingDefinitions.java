package dev.whistler.compiler.unit;

import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.reader.SymbolTable;
import dev.whistler.compiler.type.StructLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps definitions as they come; knows one struct, one map, one knob and one tracepoint. */
public final class RecordingDefinitions implements Definitions {
  /** A definition as it was handed over. */
  public record Definition(Cons form, ExpansionContext context) {}

  private static final Set<String> OWNED =
      Set.of("defprog", "defmap", "defstruct", "defconstant", "defknob", "deftracepoint");

  private final SymbolTable symbols;
  private final List<Definition> definitions = new ArrayList<>();
  private final Map<SymbolName, Datum> constants = new HashMap<>();
  private Expander expander;

  public RecordingDefinitions(SymbolTable symbols) {
    this.symbols = symbols;
  }

  public List<Definition> definitions() {
    return definitions;
  }

  @Override
  public void begin(Expander stage) {
    this.expander = stage;
  }

  @Override
  public boolean owns(String head) {
    return OWNED.contains(head);
  }

  @Override
  public void define(Cons form, ExpansionContext context) {
    definitions.add(new Definition(form, context));
    List<Datum> parts = ProperList.elements(form).orElseThrow();
    if (parts.getFirst() instanceof Datum.Symbol head
        && head.name().text().equals("defconstant")
        && parts.get(1) instanceof Datum.Symbol name) {
      constants.put(name.name(), expander.evaluate(parts.get(2), context));
    }
  }

  @Override
  public Optional<Datum> constant(SymbolName name) {
    return Optional.ofNullable(constants.get(name));
  }

  @Override
  public Optional<StructLayout> struct(String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Integer> sizeofStruct(String struct) {
    return struct.equals("event") ? Optional.of(24) : Optional.empty();
  }

  @Override
  public Optional<Integer> fieldOffset(String struct, String field) {
    return struct.equals("event") && field.equals("pid") ? Optional.of(8) : Optional.empty();
  }

  @Override
  public Optional<List<SymbolName>> structFields(String struct) {
    return struct.equals("event")
        ? Optional.of(List.of(symbols.symbol("ts"), symbols.symbol("pid")))
        : Optional.empty();
  }

  @Override
  public Optional<Datum> mapOption(String map, String option) {
    return option.equals("max-entries") ? Optional.of(integer(64)) : Optional.empty();
  }

  @Override
  public Optional<Datum> knob(String name) {
    return name.equals("limit") ? Optional.of(integer(7)) : Optional.empty();
  }

  private static Datum integer(long value) {
    return new Datum.Int(BigInteger.valueOf(value), null);
  }

  @Override
  public String targetArchitecture() {
    return "x86-64";
  }

  @Override
  public Optional<List<SymbolName>> tracepointFields(String event) {
    return event.equals("sched/sched_switch")
        ? Optional.of(List.of(symbols.symbol("prev-pid")))
        : Optional.empty();
  }

  @Override
  public boolean hasTracepoint(String event) {
    return event.equals("sched/sched_switch");
  }

  @Override
  public boolean isReservedOperator(String name) {
    return Set.of("when", "if", "let", "setf", "ktime-get-ns", "progn").contains(name);
  }

  @Override
  public List<String> operatorNames() {
    return List.of("when", "if");
  }
}
