package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.UnitTables;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Global;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which class analyzes which operator. Core forms, standard macros and helpers come first and
 * cannot be redefined; user macros come next; then generated accessors, tracepoint accessors and
 * kernel-side functions (section 18.2).
 */
final class OperatorTable {
  private static final Map<String, Operator> CORE = new HashMap<>();

  static {
    BindingForms.register(CORE);
    ControlForms.register(CORE);
    ArithmeticForms.register(CORE);
    ComparisonForms.register(CORE);
    MemoryForms.register(CORE);
    StructForms.register(CORE);
    MapForms.register(CORE);
    RingForms.register(CORE);
    ContextForms.register(CORE);
    ArgumentForms.register(CORE);
    TracepointForms.register(CORE);
    PacketForms.register(CORE);
    ProcessInfoForm.register(CORE);
    UserMemoryLoops.register(CORE);
    GlobalForms.register(CORE);
    FunctionForms.register(CORE);
    LoopForms.register(CORE);
    PrintForm.register(CORE);
    LocalMacroForms.register(CORE);
    HelperCalls.register(CORE);
  }

  private OperatorTable() {}

  /** The analyzer of a core form, standard macro or helper. */
  static @Nullable Operator core(String name) {
    Operator operator = CORE.get(name);
    if (operator == null && name.startsWith("bpf-")) {
      Optional<Helper> helper = Helpers.named(name);
      return helper.map(h -> CORE.get(h.name())).orElse(null);
    }
    return operator;
  }

  /** The analyzer of what definitions of the unit provide. */
  static Optional<Operator> generated(Form form, BodyAnalyzer body) {
    String name = form.name();
    UnitTables.Generated generated = body.tables().operators().get(name);
    if (generated != null) {
      // Whatever a definition generates is made in this package.
      return Optional.of((Operator) generated.operator());
    }
    Operator header = HeaderForms.BUILT_IN.get(name);
    if (header != null) {
      return Optional.of(header);
    }
    Optional<Operator> tracepoint = TracepointForms.accessor(form, body);
    if (tracepoint.isPresent()) {
      return tracepoint;
    }
    if (name.startsWith("pt-regs-")) {
      return Optional.of(ArgumentForms.register(name.substring("pt-regs-".length())));
    }
    Global global = body.tables().globals().get(name);
    if (global != null) {
      return Optional.of(GlobalForms.elementOf(global));
    }
    return FunctionForms.operator(form.operator(), body);
  }

  /** The error for an operator that nothing defines. */
  static AnalysisException unknown(Form form, BodyAnalyzer body) {
    String name = form.name();
    body.abandonIfBroken(name);
    Optional<AnalysisException> field = StructForms.unknownField(form, body);
    if (field.isPresent()) {
      return field.get();
    }
    if (QUOTES.contains(name)) {
      return body.fail(Message.QUOTED_DATA, form.origin());
    }
    String later = LEVEL_3.get(name);
    if (later != null) {
      return body.fail(Message.OPERATOR_LEVEL_3, form.origin(), form.operator().spelling(), later);
    }
    return body.fail(
        Message.OPERATOR_UNKNOWN,
        form.origin(),
        form.operator().spelling(),
        NearMatches.hint(name, names(body)));
  }

  /** What {@code '}, {@code #'} and the backquote read as; meant for macro time (section 18.2). */
  private static final Set<String> QUOTES =
      Stream.of(
              SymbolName.QUOTE,
              SymbolName.FUNCTION,
              SymbolName.QUASIQUOTE,
              SymbolName.UNQUOTE,
              SymbolName.SPLICE)
          .map(SymbolName::text)
          .collect(Collectors.toSet());

  private static final Map<String, String> LEVEL_3 =
      Map.of(
          "asm", "level 3 (section 8.1)",
          "ld-btf-id", "level 3 (section 8.1)");

  /** All operators that a body may use here. */
  static List<String> names(BodyAnalyzer body) {
    List<String> names = new ArrayList<>(CORE.keySet());
    names.addAll(HeaderForms.BUILT_IN.keySet());
    names.addAll(body.tables().operators().keySet());
    names.addAll(TracepointForms.accessorNames(body));
    body.unit().expander().names().forEach(names::add);
    return names;
  }

  /** Core forms, standard macros and helpers. */
  static List<String> coreNames() {
    return List.copyOf(CORE.keySet());
  }
}
