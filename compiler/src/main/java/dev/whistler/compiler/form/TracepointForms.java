package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.TracepointDefinitions;
import dev.whistler.compiler.define.TracepointImports;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.compiler.kernel.TracepointFormat;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.tree.TypedUnit;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape;
import dev.whistler.compiler.type.Shape.InRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code (tp-F)}, {@code (tp-F-ptr)}, {@code (tp-F-len)} (sections 13.4 to 13.8). */
final class TracepointForms {
  private static final String PREFIX = "tp-";

  private TracepointForms() {}

  static void register(Map<String, Operator> table) {
    table.put("tp-field-exists", TracepointForms::fieldExists);
  }

  /** Which part of a field an accessor means. */
  private enum Part {
    VALUE(""),
    POINTER("-ptr"),
    LENGTH("-len");

    private final String suffix;

    Part(String suffix) {
      this.suffix = suffix;
    }
  }

  /** A field as a program sees it. */
  private record Found(TracepointImports.Event event, Field<InRecord> field) {}

  /** The accessor that an operator names, if any import offers it. */
  static Optional<Operator> accessor(Form form, BodyAnalyzer body) {
    String name = form.name();
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = name.substring(PREFIX.length());
    for (Part part : Part.values()) {
      if (rest.endsWith(part.suffix)) {
        String field = rest.substring(0, rest.length() - part.suffix.length());
        if (isKnown(field, body)) {
          return Optional.of((f, b, use) -> access(f, field, part, b));
        }
      }
    }
    if (body.tables().tracepoints().all().iterator().hasNext()) {
      return Optional.of((f, b, use) -> throwUnknown(f, rest, b));
    }
    return Optional.empty();
  }

  private static boolean isKnown(String field, BodyAnalyzer body) {
    for (TracepointImports.Event event : body.tables().tracepoints().all()) {
      if (event.fields().containsKey(field)
          || event.absent().contains(field)
          || event.unusable().containsKey(field)) {
        return true;
      }
    }
    return field.equals("common-pid");
  }

  private static Expr throwUnknown(Form form, String field, BodyAnalyzer body) {
    body.abandonIfBroken(form.name());
    List<String> names = new ArrayList<>();
    body.tables().tracepoints().all().forEach(e -> names.addAll(e.fields().keySet()));
    String hint = NearMatches.hint(field, names);
    throw hint == null
        ? body.fail(Message.TRACEPOINT_FIELD_NOT_IMPORTED, form.origin(), field)
        : body.fail(Message.TRACEPOINT_ACCESSOR_MISSPELT, form.origin(), field, hint);
  }

  static List<String> accessorNames(BodyAnalyzer body) {
    List<String> names = new ArrayList<>();
    for (TracepointImports.Event event : body.tables().tracepoints().all()) {
      event.fields().keySet().forEach(field -> names.add(PREFIX + field));
    }
    return names;
  }

  private static Expr access(Form form, String field, Part part, BodyAnalyzer body) {
    Origin at = form.origin();
    if (body.programIfAny().isEmpty() || !body.program().type().hasTracepointRecord()) {
      throw body.fail(Message.TRACEPOINT_PROGRAM_EXPECTED, at, form.name());
    }
    if (field.startsWith("common-")) {
      return common(form, field, body);
    }
    Found found = resolve(field, at, body);
    require(found.event().name(), found.field(), body);
    return switch (found.field().shape()) {
      case Shape.Scalar scalar -> scalar(form, found, scalar.loaded(), part, body);
      case Shape.Array array -> array(form, found, array, part, body);
      case Shape.Location location -> dynamic(form, found.field(), location, part, body);
    };
  }

  /** The kernel hides the common fields; the thread id is there by other means (13.5). */
  private static Expr common(Form form, String field, BodyAnalyzer body) {
    body.arity(form, 0, 0);
    if (!field.equals("common-pid")) {
      throw body.fail(
          Message.TRACEPOINT_FIELD_HIDDEN, form.origin(), TracepointImports.kernelName(field));
    }
    return new Expr.Convert(ScalarType.I32, form.at().call("get-current-pid-tgid"), form.origin());
  }

  /** Which event's field a program means (section 13.6). */
  private static Found resolve(String field, Origin at, BodyAnalyzer body) {
    TracepointImports tracepoints = body.tables().tracepoints();
    Optional<TracepointImports.Event> ownEvent =
        body.program().section().target().flatMap(tracepoints::find);
    Field<InRecord> ownField = ownEvent.map(e -> e.fields().get(field)).orElse(null);
    if (ownEvent.isPresent() && ownField != null) {
      return new Found(ownEvent.get(), ownField);
    }
    if (ownEvent.isPresent() && ownEvent.get().absent().contains(field)) {
      throw absent(field, ownEvent.get(), at, body);
    }
    if (ownEvent.isPresent() && ownEvent.get().unusable().containsKey(field)) {
      throw unusable(field, ownEvent.get(), at, body);
    }
    List<Found> offering = new ArrayList<>();
    for (TracepointImports.Event event : tracepoints.all()) {
      Field<InRecord> offered = event.fields().get(field);
      if (offered != null) {
        offering.add(new Found(event, offered));
      }
    }
    if (offering.size() == 1) {
      body.report(
          Message.TRACEPOINT_FIELD_OF_OTHER_EVENT, at, field, offering.getFirst().event().name());
      return offering.getFirst();
    }
    if (offering.isEmpty()) {
      for (TracepointImports.Event event : tracepoints.all()) {
        if (event.absent().contains(field)) {
          throw absent(field, event, at, body);
        }
        if (event.unusable().containsKey(field)) {
          throw unusable(field, event, at, body);
        }
      }
    }
    throw body.fail(
        Message.TRACEPOINT_FIELD_AMBIGUOUS,
        at,
        field,
        String.join(" and ", offering.stream().map(f -> f.event().name()).toList()));
  }

  private static AnalysisException absent(
      String field, TracepointImports.Event event, Origin at, BodyAnalyzer body) {
    return body.fail(
        Message.TRACEPOINT_FIELD_NOT_IN_KERNEL,
        at,
        event.name(),
        TracepointImports.kernelName(field),
        TracepointImports.sourceName(event.name()),
        field);
  }

  private static AnalysisException unusable(
      String field, TracepointImports.Event event, Origin at, BodyAnalyzer body) {
    return body.fail(
        Message.TRACEPOINT_FIELD_UNUSABLE,
        at,
        TracepointImports.kernelName(field),
        event.name(),
        event.unusable().get(field));
  }

  /** Notes that the program reads a field of an event at the place that this kernel has it. */
  static void require(String event, Field<InRecord> field, BodyAnalyzer body) {
    body.findings()
        .requirements()
        .add(
            new TypedUnit.Requirement.TracepointField(
                body.program().name(),
                event,
                field.name(),
                field.offset(),
                field.size(),
                field.shape().signed(),
                field.shape().kind()));
  }

  private static AnalysisException noSuchPart(
      Form form, Found found, String what, BodyAnalyzer body) {
    return body.fail(
        Message.TRACEPOINT_ACCESSOR_UNKNOWN,
        form.origin(),
        found.field().name(),
        found.event().name(),
        what,
        form.name());
  }

  private static Expr scalar(
      Form form, Found found, ScalarType type, Part part, BodyAnalyzer body) {
    if (part != Part.VALUE) {
      throw noSuchPart(form, found, "a scalar", body);
    }
    body.arity(form, 0, 0);
    Field<InRecord> field = found.field();
    if (field.offset() % type.width() != 0) {
      throw misaligned(form, "the field " + field.name(), body);
    }
    Expr load = form.at().contextLoad(type, field.offset());
    body.findings().kinds().cTyped(load, field.cType());
    return load;
  }

  private static AnalysisException misaligned(Form form, String what, BodyAnalyzer body) {
    return body.fail(Message.TRACEPOINT_FIELD_MISALIGNED, form.origin(), what);
  }

  private static Expr array(
      Form form, Found found, Shape.Array array, Part part, BodyAnalyzer body) {
    Field<InRecord> field = found.field();
    if (part == Part.LENGTH) {
      throw noSuchPart(form, found, "a fixed array", body);
    }
    body.arity(form, 0, part == Part.VALUE ? 1 : 0);
    if (form.count() == 0) {
      Expr address = address(form.at().word(field.offset()), field.size(), form.origin());
      body.findings().kinds().recordArray(address, field);
      return address;
    }
    if (!(array.element() instanceof Shape.Scalar(ScalarType type, _))) {
      throw body.fail(
          Message.TRACEPOINT_ELEMENTS_NO_SCALARS,
          form.origin(),
          field.name(),
          array.element().size(),
          form.name());
    }
    int index =
        ContextForms.constantIndex(
            form.operand(0), "the index of a tracepoint array", field, array.count(), body);
    int offset = field.offset() + index * type.width();
    if (offset % type.width() != 0) {
      throw misaligned(form, "the element", body);
    }
    return form.at().contextLoad(type, offset);
  }

  private static Expr dynamic(
      Form form, Field<InRecord> field, Shape.Location location, Part part, BodyAnalyzer body) {
    body.arity(form, 0, 0);
    TreeBuilder at = form.at();
    if (part == Part.VALUE) {
      return at.contextLoad(ScalarType.of(4, location.signed()), field.offset());
    }
    Expr word = at.contextLoad(ScalarType.U32, field.offset());
    if (part == Part.LENGTH) {
      return at.binary(Expr.Operator.SHIFT_RIGHT, word, at.word(16), ScalarType.U32);
    }
    Expr offset = at.binary(Expr.Operator.AND, word, at.word(0xffff), ScalarType.U32);
    return address(
        location.relative() ? at.binary(Expr.Operator.ADD, offset, field.offset() + 4L) : offset,
        -1,
        form.origin());
  }

  /** An address inside the record: only a source of the probe-read helpers. */
  private static Expr address(Expr offset, int size, Origin at) {
    PointerType type = new PointerType(Region.CONTEXT, null, size, false);
    return Trees.at(at).binary(Expr.Operator.ADD, ContextForms.contextPointer(at), offset, type);
  }

  /** The record can only be read through the probe-read helpers (section 13.4). */
  static void refuseCopyFromRecord(Expr source, BodyAnalyzer body) {
    if (source.type() instanceof PointerType p && p.region() == Region.CONTEXT) {
      throw body.fail(Message.MEMCPY_FROM_CONTEXT, source.origin());
    }
  }

  private static Expr fieldExists(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    if (!(form.operand(0) instanceof Datum.Symbol event)
        || !(form.operand(1) instanceof Datum.Symbol field)
        || event.name().text().indexOf('/') <= 0) {
      throw body.fail(Message.TP_FIELD_EXISTS_SHAPE, form.origin());
    }
    KernelDescription kernel =
        body.unit().kernel(form.origin(), "tp-field-exists", body.diagnostics());
    String name = TracepointImports.kernelName(field.name().text());
    Optional<TracepointFormat> format =
        TracepointDefinitions.format(
            kernel, TracepointImports.kernelName(event.name().text()), new TreeSet<>(Set.of(name)));
    boolean exists = format.flatMap(f -> f.field(name)).isPresent();
    return form.at().word(exists ? 1 : 0);
  }
}
