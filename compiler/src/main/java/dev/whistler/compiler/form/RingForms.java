package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.RecordBytes;
import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.check.Resource.State;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.define.RingStatistics;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helper;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StructLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ring buffer records and the accounting of their loss (sections 11.1 to 11.6). */
final class RingForms {
  /** The kernel keeps a header of 8 bytes and never fills the ring to the last byte (10.1). */
  private static final int OVERHEAD = 16;

  private static final int MAX_RECORD = 1 << 20;

  private static final Helper RESERVE = Helpers.RINGBUF_RESERVE;
  private static final Helper SUBMIT = Helpers.RINGBUF_SUBMIT;
  private static final Helper DISCARD = Helpers.RINGBUF_DISCARD;
  private static final Helper OUTPUT = Helpers.RINGBUF_OUTPUT;
  private static final Helper QUERY = Helpers.RINGBUF_QUERY;

  private RingForms() {}

  static void register(Map<String, Operator> table) {
    table.put("with-ringbuf", RingForms::withRingbuf);
    table.put("ringbuf-reserve", RingForms::reserve);
    table.put("ringbuf-submit", (form, body, use) -> giveBack(form, body, true));
    table.put("ringbuf-discard", (form, body, use) -> giveBack(form, body, false));
    table.put("ringbuf-output", RingForms::output);
    table.put("ringbuf-query", RingForms::query);
  }

  private static MapDefinition ring(Datum operand, BodyAnalyzer body) {
    MapDefinition map = MapForms.map(operand, body);
    if (map.type() != MapType.RINGBUF) {
      throw body.fail(
          Message.MAP_IS_NO_RING, body.originOf(operand), map.name(), map.type().text());
    }
    return map;
  }

  /** A record size: its bytes, and its struct if it is known. */
  private record RecordSize(int bytes, @Nullable StructLayout struct) {}

  private static RecordSize size(MapDefinition ring, Datum datum, BodyAnalyzer body) {
    long bytes = body.requireConstant(datum, "the size of a record");
    long max = Math.min(ring.maxEntries() - OVERHEAD, MAX_RECORD);
    if (bytes < 1 || bytes > max) {
      throw body.fail(
          Message.RECORD_DOES_NOT_FIT_RING, body.originOf(datum), bytes, ring.name(), max);
    }
    StructLayout struct = sizedBy(datum, body);
    StructLayout known =
        body.findings().records().seen(ring, struct, (int) bytes, body.originOf(datum), body);
    return new RecordSize((int) bytes, known);
  }

  /** S where the datum is {@code (sizeof S)}, after macro expansion. */
  private static @Nullable StructLayout sizedBy(Datum datum, BodyAnalyzer body) {
    if (datum instanceof Cons cons
        && cons.car() instanceof Datum.Symbol head
        && !head.name().isKeyword()) {
      if (OperatorTable.core(head.name().text()) == null
          && body.unit().expander().isMacro(head.name(), body.context())) {
        return sizedBy(body.unit().expander().expand(cons, body.context()).form(), body);
      }
      List<Datum> parts = ProperList.elements(datum).orElse(List.of());
      if (head.name().text().equals("sizeof")
          && parts.size() == 2
          && parts.get(1) instanceof Datum.Symbol name) {
        return body.tables().structs().get(name.name().text());
      }
    }
    return null;
  }

  private static PointerType recordType(RecordSize size) {
    return new PointerType(Region.RING, size.struct(), size.bytes(), true);
  }

  // ---- calls

  private static Expr reserveCall(MapDefinition ring, RecordSize size, Expr flags, TreeBuilder at) {
    return at.call(
        RESERVE,
        recordType(size),
        new Expr.Argument.Map(ring),
        new Expr.Argument.Value(at.word(size.bytes())),
        new Expr.Argument.Value(flags));
  }

  private static Expr endCall(Helper helper, Expr pointer, Expr flags, TreeBuilder at) {
    return at.call(
        helper, ScalarType.U64, new Expr.Argument.Value(pointer), new Expr.Argument.Value(flags));
  }

  private static Expr count(
      MapDefinition ring, Expr.Counter counter, TreeBuilder at, BodyAnalyzer body) {
    RingStatistics statistics = body.tables().ringStatistics();
    return new Expr.Count(statistics.map(), statistics.indexOf(ring), counter, at.origin());
  }

  /** The discard of a {@code with-ringbuf} record on an exit. */
  static Expr discard(Exits.Managed managed, TreeBuilder at) {
    Expr pointer = at.nonNull(at.read(managed.pointer()));
    return endCall(DISCARD, pointer, at.word(managed.flags()), at);
  }

  /** The flags that an operand may give. */
  private static Expr flags(Form form, int index, BodyAnalyzer body) {
    return form.count() > index ? body.value(form.operand(index)) : form.at().zero();
  }

  // ---- with-ringbuf

  /** The head {@code (v m SIZE [:flags C] [:zero t|nil])}. */
  private record Head(
      SymbolName name,
      Datum nameDatum,
      MapDefinition ring,
      RecordSize size,
      long flags,
      boolean zero) {}

  private static Head head(Form form, BodyAnalyzer body) {
    Datum datum = form.operand(0);
    Origin at = body.originOf(datum);
    List<Datum> parts =
        ProperList.require(datum, "the head of with-ringbuf", form.origin(), body.diagnostics());
    if (parts.size() < 3 || parts.size() % 2 == 0) {
      throw body.fail(Message.WITH_RINGBUF_HEAD, at);
    }
    SymbolName name = BindingForms.variable(parts.get(0), body);
    MapDefinition ring = ring(parts.get(1), body);
    RecordSize size = size(ring, parts.get(2), body);
    long flags = 0;
    boolean zero = true;
    for (int i = 3; i < parts.size(); i += 2) {
      String option =
          parts.get(i) instanceof Datum.Symbol s && s.name().isKeyword() ? s.name().text() : "";
      switch (option) {
        case "flags" -> flags = body.requireConstant(parts.get(i + 1), "the flags");
        case "zero" -> zero = !Datum.isNil(parts.get(i + 1));
        default ->
            throw body.fail(Message.WITH_RINGBUF_OPTION_UNKNOWN, body.originOf(parts.get(i)));
      }
    }
    return new Head(name, parts.get(0), ring, size, flags, zero);
  }

  private static Expr withRingbuf(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 1, -1);
    Head head = head(form, body);
    Origin origin = form.origin();
    TreeBuilder at = form.at();
    HelperCalls.checkAllowed("ringbuf-reserve", origin, body);
    Expr reserved = reserveCall(head.ring(), head.size(), at.zero(), at);
    Local pointer =
        new Local(
            head.name().spelling(), null, recordType(head.size()), body.originOf(head.nameDatum()));
    body.bindings().temporary(pointer, reserved);
    Resource resource =
        new Resource("the record of " + head.ring().name(), head.ring(), true, origin);
    Local submitted = body.temporary("submitted", at.zero());
    Exits.Managed managed = new Exits.Managed(resource, pointer, head.flags(), submitted);
    Flow before = body.flow();
    body.setFlow(
        before.withState(resource, State.LIVE).withHolder(pointer, resource).withNonNull(pointer));
    body.exits().enter(managed);
    Expr inner;
    Flow after;
    try {
      Scope scope = body.scope().with(new Scope.Binding(head.name(), pointer, "with-ringbuf"));
      inner = body.inScope(scope, List.of(), () -> body.sequence(form.from(1), Use.NONE, origin));
      after = body.flow();
    } finally {
      body.exits().leaveManaged();
    }
    List<Expr> forms = new ArrayList<>();
    Expr record = at.nonNull(at.read(pointer));
    if (head.zero()) {
      forms.add(new Expr.Fill(record, 0, at.zero(), head.size().bytes(), origin));
    } else {
      RecordBytes.warnUnwritten(inner, pointer, head.size().bytes(), origin, body.diagnostics());
    }
    body.findings()
        .records()
        .storeTag(head.ring(), head.size().struct(), record, at)
        .ifPresent(forms::add);
    forms.add(inner);
    boolean explicit = body.bindings().isAssigned(submitted);
    if (after.reachable()) {
      if (after.state(resource) == State.LIVE) {
        forms.add(endCall(SUBMIT, record, at.word(head.flags()), at));
        forms.add(count(head.ring(), Expr.Counter.PRODUCED, at, body));
        forms.add(at.word(1));
      } else {
        forms.add(explicit ? at.read(submitted) : at.zero());
      }
    }
    Expr lost = at.sequence(count(head.ring(), Expr.Counter.LOST, at, body), at.zero());
    body.setFlow(body.join(before, after.withoutResource(resource).without(pointer), origin));
    Expr ifReserved = at.iff(at.read(pointer), new Expr.Sequence(forms, origin), lost);
    Expr result = at.let(pointer, reserved, ifReserved);
    return explicit ? at.let(submitted, at.zero(), result) : result;
  }

  // ---- raw forms

  private static Expr reserve(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 3);
    MapDefinition ring = ring(form.operand(0), body);
    RecordSize size = size(ring, form.operand(1), body);
    Origin origin = form.origin();
    TreeBuilder at = form.at();
    HelperCalls.checkAllowed("ringbuf-reserve", origin, body);
    Expr call = reserveCall(ring, size, flags(form, 2, body), at);
    Resource resource = new Resource("the reservation of " + ring.name(), ring, false, origin);
    Local pointer = body.temporary("reserved", call);
    Expr lost = count(ring, Expr.Counter.LOST, at, body);
    Expr counted = at.iff(at.read(pointer), at.zero(), lost);
    Expr result = at.let(pointer, call, at.sequence(counted, at.read(pointer)));
    body.findings().records().rawReserved(resource, ring, size.struct());
    body.exits().acquire(result, resource);
    return result;
  }

  private static Expr giveBack(Form form, BodyAnalyzer body, boolean submit) {
    body.arity(form, 1, 2);
    Expr pointer = body.value(form.operand(0));
    Resource resource = body.exits().requireLive(pointer, form.name());
    MapDefinition ring = resource.ring();
    if (ring == null) {
      throw body.fail(Message.OPERAND_IS_NO_RESERVATION, pointer.origin());
    }
    Origin origin = form.origin();
    TreeBuilder at = form.at();
    Expr flags = flags(form, 1, body);
    List<Expr> forms = new ArrayList<>();
    forms.add(endCall(submit ? SUBMIT : DISCARD, pointer, flags, at));
    if (submit) {
      forms.add(count(ring, Expr.Counter.PRODUCED, at, body));
      body.findings().records().submitted(resource, origin, body);
      Exits.Managed managed = body.exits().managedBy(resource);
      if (managed != null) {
        Expr one = at.word(1);
        body.bindings().assigned(managed.submitted(), one);
        forms.add(new Expr.Assign(managed.submitted(), one, origin));
      }
    }
    forms.add(at.zero());
    body.setFlow(body.flow().withState(resource, State.DEAD));
    return body.effect(new Expr.Sequence(forms, origin));
  }

  private static Expr output(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 3, 4);
    MapDefinition ring = ring(form.operand(0), body);
    TreeBuilder at = form.at();
    HelperCalls.checkAllowed("ringbuf-output", form.origin(), body);
    Expr data = Pointers.checked(body.value(form.operand(1)), body);
    RecordSize size = size(ring, form.operand(2), body);
    int known = Pointers.knownSize(data);
    if (known >= 0 && known < size.bytes()) {
      throw body.fail(
          Message.RECORD_SOURCE_TOO_SMALL, body.originOf(form.operand(2)), size.bytes(), known);
    }
    Expr call =
        at.call(
            OUTPUT,
            ScalarType.I64,
            new Expr.Argument.Map(ring),
            new Expr.Argument.Value(data),
            new Expr.Argument.Value(at.word(size.bytes())),
            new Expr.Argument.Value(flags(form, 3, body)));
    Expr lost = count(ring, Expr.Counter.LOST, at, body);
    Expr produced = count(ring, Expr.Counter.PRODUCED, at, body);
    return body.once("result", call, r -> at.sequence(at.iff(r, lost, produced), r));
  }

  private static Expr query(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition ring = ring(form.operand(0), body);
    HelperCalls.checkAllowed("ringbuf-query", form.origin(), body);
    TreeBuilder at = form.at();
    Expr query = at.word(body.requireConstant(form.operand(1), "the query"));
    return at.call(
        QUERY, ScalarType.U64, new Expr.Argument.Map(ring), new Expr.Argument.Value(query));
  }
}
