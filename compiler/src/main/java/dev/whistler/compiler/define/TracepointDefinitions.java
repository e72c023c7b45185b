package dev.whistler.compiler.define;

import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Diagnostics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.macro.ExpansionContext;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code deftracepoint} (sections 13.1, 13.2 and 13.8). */
public final class TracepointDefinitions {
  /** No record has more fields worth naming one by one; beyond, the whole event is asked for. */
  private static final int MAX_NAMED = 256;

  /** What helps when the kernel's description of a field cannot be used. */
  private final UnitContext unit;

  private final Diagnostics diagnostics;

  public TracepointDefinitions(UnitContext unit) {
    this.unit = unit;
    this.diagnostics = unit.diagnostics();
  }

  public void define(Form form, ExpansionContext context) {
    if (form.count() == 0) {
      throw diagnostics.fail(Message.DEFTRACEPOINT_SHAPE, form.origin());
    }
    Origin at = context.originOf(form.operand(0));
    String event = eventName(form.operand(0), at);
    KernelDescription kernel = unit.kernel(form.origin(), "deftracepoint", diagnostics);
    List<Datum.Symbol> required = new ArrayList<>();
    List<Datum.Symbol> optional = new ArrayList<>();
    for (Datum operand : form.from(1)) {
      if (operand instanceof Cons cons
          && cons.car() instanceof Datum.Symbol head
          && head.name().text().equals("optional")) {
        ProperList.require(cons.cdr(), ":optional", form.origin(), diagnostics)
            .forEach(field -> optional.add(fieldName(field, context)));
      } else {
        required.add(fieldName(operand, context));
      }
    }
    SortedSet<String> names = new TreeSet<>();
    required.forEach(field -> names.add(TracepointImports.kernelName(field.name().text())));
    optional.forEach(field -> names.add(TracepointImports.kernelName(field.name().text())));
    boolean some = !names.isEmpty() && names.size() <= MAX_NAMED;
    Optional<TracepointFormat> format = some ? format(kernel, event, names) : format(kernel, event);
    if (format.isEmpty() && required.isEmpty() && optional.isEmpty()) {
      unit.tables().markBroken("tp");
    } else if (format.isEmpty()) {
      required.forEach(this::markBroken);
    }
    TracepointImports.Event imported = unit.tables().tracepoints().event(event);
    if (format.isEmpty()) {
      if (required.isEmpty() && !optional.isEmpty()) {
        imported.markAbsent();
        optional.forEach(f -> imported.absent().add(f.name().text().replace('_', '-')));
        return;
      }
      throw diagnostics.fail(
          Message.TRACEPOINT_NOT_IN_KERNEL,
          at,
          event,
          NearMatches.hint(eventMatches(event, kernel)));
    }
    boolean complete = required.stream().allMatch(field -> has(format.get(), field));
    TracepointFormat named = complete ? format.get() : format(kernel, event).orElseThrow();
    importFields(imported, named, required, optional, context);
  }

  private static boolean has(TracepointFormat format, Datum.Symbol field) {
    return format.field(TracepointImports.kernelName(field.name().text())).isPresent();
  }

  /** Near matches; events of the same category come first (section 13.2). */
  static List<String> eventMatches(String event, KernelDescription kernel) {
    String category = event.substring(0, event.indexOf('/') + 1);
    return NearMatches.of(event, kernel.tracepointNames(), name -> name.startsWith(category));
  }

  public static Optional<TracepointFormat> format(KernelDescription kernel, String event) {
    int slash = event.indexOf('/');
    return kernel.tracepoint(event.substring(0, slash), event.substring(slash + 1));
  }

  /** With none but the named fields: what a kernel has beside them is not asked. */
  public static Optional<TracepointFormat> format(
      KernelDescription kernel, String event, SortedSet<String> fields) {
    int slash = event.indexOf('/');
    return kernel.tracepoint(event.substring(0, slash), event.substring(slash + 1), fields);
  }

  private String eventName(Datum datum, Origin at) {
    String text =
        datum instanceof Datum.Symbol symbol && !symbol.name().isKeyword()
            ? TracepointImports.kernelName(symbol.name().text())
            : "";
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      throw diagnostics.fail(Message.TRACEPOINT_NAME_SHAPE, at);
    }
    return text;
  }

  private Datum.Symbol fieldName(Datum datum, ExpansionContext context) {
    if (datum instanceof Datum.Symbol symbol && !symbol.name().isKeyword()) {
      return symbol;
    }
    throw diagnostics.fail(Message.TRACEPOINT_FIELD_EXPECTED, context.originOf(datum));
  }

  private void importFields(
      TracepointImports.Event imported,
      TracepointFormat format,
      List<Datum.Symbol> required,
      List<Datum.Symbol> optional,
      ExpansionContext context) {
    if (required.isEmpty() && optional.isEmpty()) {
      for (Field<InRecord> field : format.fields()) {
        if (!field.name().startsWith("common_")) {
          imported.fields().put(TracepointImports.sourceName(field.name()), field);
        }
      }
      format
          .unusable()
          .forEach((name, why) -> imported.unusable().put(TracepointImports.sourceName(name), why));
      return;
    }
    @Nullable AnalysisException failure = null;
    for (Datum.Symbol symbol : required) {
      String kernelName = TracepointImports.kernelName(symbol.name().text());
      Optional<Field<InRecord>> field = format.field(kernelName);
      if (field.isEmpty()) {
        markBroken(symbol);
        String why = format.unusable().get(kernelName);
        Origin at = context.originOf(symbol);
        failure =
            why == null
                ? unknown(kernelName, format, at)
                : diagnostics.fail(
                    Message.TRACEPOINT_FIELD_UNUSABLE, at, kernelName, format.event(), why);
      } else {
        imported.fields().put(TracepointImports.sourceName(kernelName), field.get());
      }
    }
    for (Datum.Symbol symbol : optional) {
      String source = TracepointImports.sourceName(symbol.name().text());
      format
          .field(TracepointImports.kernelName(source))
          .ifPresentOrElse(
              f -> imported.fields().put(source, f), () -> imported.absent().add(source));
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Uses of a field that could not be imported are not reported again. */
  private void markBroken(Datum.Symbol field) {
    unit.tables().markBroken("tp-" + TracepointImports.sourceName(field.name().text()));
  }

  private AnalysisException unknown(String name, TracepointFormat format, Origin at) {
    List<String> names =
        format.fields().stream().map(Field::name).filter(n -> !n.startsWith("common_")).toList();
    String near = NearMatches.hint(name, names);
    String fields = String.join(", ", names);
    return near == null
        ? diagnostics.fail(Message.TRACEPOINT_FIELD_UNKNOWN, at, format.event(), name, fields)
        : diagnostics.fail(
            Message.TRACEPOINT_FIELD_MISSPELT, at, format.event(), name, near, fields);
  }
}
