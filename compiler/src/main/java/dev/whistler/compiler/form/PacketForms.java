package dev.whistler.compiler.form;

import dev.whistler.compiler.diagnostic.Code;
import dev.whistler.compiler.form.Expr.Relation;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.ContextStructure;
import dev.whistler.compiler.table.Contexts;
import dev.whistler.compiler.table.ProgramTypes;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Packet windows and the parsing forms (sections 17.1, 17.3 to 17.5). */
final class PacketForms {
  private static final int ETHER_TYPE = 12;
  private static final long IPV4_SWAPPED = 0x0008;
  private static final long IPV6_SWAPPED = 0xdd86;
  private static final int IPV4_PROTOCOL = 23;
  private static final int MAX_LENGTH = 32_767;

  private PacketForms() {}

  /**
   * A header that can be parsed.
   *
   * @param length bytes that must be there
   * @param start where the header begins, or -1 for none to bind
   * @param etherType as loaded, or 0
   * @param protocol IP protocol, or 0
   */
  private record Layer(int length, int start, long etherType, int protocol) {}

  private static final Layer ETHERNET = new Layer(14, -1, 0, 0);
  private static final Layer IPV4 = new Layer(34, 14, IPV4_SWAPPED, 0);
  private static final Layer IPV6 = new Layer(54, 14, IPV6_SWAPPED, 0);
  private static final Layer TCP = new Layer(54, 34, IPV4_SWAPPED, 6);
  private static final Layer UDP = new Layer(42, 34, IPV4_SWAPPED, 17);

  static void register(Map<String, Operator> table) {
    table.put("xdp-data", (form, body, use) -> window(form, body, "data", false));
    table.put("xdp-data-end", (form, body, use) -> window(form, body, "data-end", false));
    table.put("tc-data", (form, body, use) -> window(form, body, "data", true));
    table.put("tc-data-end", (form, body, use) -> window(form, body, "data-end", true));
    table.put("with-packet", (form, body, use) -> withPacket(form, body, use, false));
    table.put("with-tc-packet", (form, body, use) -> withPacket(form, body, use, true));
    Map<String, Layer> layers = Map.of("eth", ETHERNET, "ipv4", IPV4, "tcp", TCP, "udp", UDP);
    layers.forEach(
        (name, layer) -> {
          table.put("with-" + name, (form, body, use) -> with(layer, form, body, use, false));
          table.put("with-tc-" + name, (form, body, use) -> with(layer, form, body, use, true));
          table.put("parse-" + name, (form, body, use) -> parse(layer, form, body));
        });
    table.put("with-ipv6", (form, body, use) -> with(IPV6, form, body, use, false));
  }

  private static boolean isSocketBuffer(BodyAnalyzer body) {
    return ProgramTypes.isSocketBuffer(body.program().type());
  }

  private static Expr window(Form form, BodyAnalyzer body, String field, boolean socketBuffer) {
    body.arity(form, 0, 0);
    boolean suits = socketBuffer ? isSocketBuffer(body) : body.program().type().equals("xdp");
    if (!suits) {
      throw body.fail(
          Code.E_PROGTYPE,
          form.origin(),
          form.name() + " does not work in programs of type :" + body.program().type(),
          socketBuffer ? "use (xdp-data) in :xdp" : "use (tc-data) in :tc and its like");
    }
    return bound(field, form.origin(), body);
  }

  private static Expr bound(String field, Origin at, BodyAnalyzer body) {
    ContextStructure.Field place =
        Contexts.of(body.program().type(), body.unit().request().architecture())
            .flatMap(s -> s.field(field))
            .orElseThrow();
    return new Expr.ContextLoad(
        place.type(), place.offset(), new PointerType(Region.PACKET, null, -1, false), at);
  }

  private static Expr constant(long value, Origin at) {
    return new Expr.Constant(value, ScalarType.U64, at);
  }

  /** {@code data + length > end}: one comparison that the verifier understands. */
  private static Expr tooShort(Expr data, Expr end, long length, Origin at) {
    return new Expr.Compare(Relation.GREATER, moved(data, length, at), end, at);
  }

  private static Expr moved(Expr data, long offset, Origin at) {
    return new Expr.Binary(
        Expr.Operator.ADD,
        data,
        constant(offset, at),
        new PointerType(Region.PACKET, null, -1, false),
        at);
  }

  /** What is known of a packet's headers: each test of a layer in turn. */
  private static List<Expr> tests(Layer layer, Expr data, Origin at) {
    List<Expr> tests = new ArrayList<>();
    if (layer.etherType() != 0) {
      tests.add(
          new Expr.Compare(
              Relation.EQUAL,
              new Expr.Load(ScalarType.U16, data, ETHER_TYPE, ScalarType.U16, at),
              constant(layer.etherType(), at),
              at));
    }
    if (layer.protocol() != 0) {
      tests.add(
          new Expr.Compare(
              Relation.EQUAL,
              new Expr.Load(ScalarType.U8, data, IPV4_PROTOCOL, ScalarType.U8, at),
              constant(layer.protocol(), at),
              at));
    }
    return tests;
  }

  /** The names that a form binds; the head is a list of symbols. */
  private record Head(List<Datum> names, List<Datum> options) {}

  private static Head head(Form form, int count, boolean options, BodyAnalyzer body) {
    body.arity(form, 1, -1);
    List<Datum> parts =
        ProperList.require(
            form.operand(0), "the head of " + form.name(), form.origin(), body.diagnostics());
    if (parts.size() < count || (!options && parts.size() > count)) {
      throw body.fail(
          Code.E_SYNTAX,
          body.originOf(form.operand(0)),
          "the head of " + form.name() + " names " + count + " variables");
    }
    return new Head(parts.subList(0, count), parts.subList(count, parts.size()));
  }

  private static long earlyExit(Form form, BodyAnalyzer body, boolean socketBuffer) {
    OptionalLong exit = ProgramTypes.earlyExit(body.program().type());
    if (exit.isEmpty() || (socketBuffer && !isSocketBuffer(body))) {
      throw body.fail(
          Code.E_PROGTYPE,
          form.origin(),
          form.name() + " does not work in programs of type :" + body.program().type());
    }
    return exit.getAsLong();
  }

  private static Expr withPacket(Form form, BodyAnalyzer body, Use use, boolean socketBuffer) {
    Head head = head(form, 2, true, body);
    long length = 0;
    if (!head.options().isEmpty()) {
      boolean isMinimum =
          head.options().size() == 2
              && head.options().getFirst() instanceof Datum.Symbol s
              && s.name().isKeyword()
              && s.name().text().equals("min-len");
      if (!isMinimum) {
        throw body.fail(
            Code.E_SYNTAX,
            body.originOf(form.operand(0)),
            "the head of " + form.name() + " is (d e [:min-len C])");
      }
      length =
          body.constantWithin(
              head.options().get(1), "the minimum length", 0, MAX_LENGTH, Code.E_RANGE);
    }
    return windowed(new Layer((int) length, -1, 0, 0), head.names(), form, body, use, socketBuffer);
  }

  private static Expr with(
      Layer layer, Form form, BodyAnalyzer body, Use use, boolean socketBuffer) {
    Head head = head(form, layer.start() < 0 ? 2 : 3, false, body);
    return windowed(layer, head.names(), form, body, use, socketBuffer);
  }

  private static Expr windowed(
      Layer layer, List<Datum> names, Form form, BodyAnalyzer body, Use use, boolean socketBuffer) {
    Origin at = form.origin();
    long exit = earlyExit(form, body, socketBuffer);
    Expr start = bound("data", at, body);
    Expr end = bound("data-end", at, body);
    List<Local> locals = new ArrayList<>();
    List<Expr> inits = new ArrayList<>();
    Scope scope = body.scope();
    for (int i = 0; i < names.size(); i++) {
      SymbolName name = BindingForms.variable(names.get(i), body);
      Expr init =
          switch (i) {
            case 0 -> start;
            case 1 -> end;
            default -> moved(new Expr.Read(locals.getFirst(), at), layer.start(), at);
          };
      Local local = body.local(name, form.operand(0), i, null, init, body.originOf(names.get(i)));
      locals.add(local);
      inits.add(init);
      scope = scope.with(new Scope.Binding(name, local, null));
    }
    Expr data = new Expr.Read(locals.getFirst(), at);
    Flow before = body.flow();
    Expr leave = body.exits().leave(constant(exit, at), at);
    body.setFlow(before);
    Scope inner = scope;
    Expr forms = body.inScope(inner, List.of(), () -> body.sequence(form.from(1), use, at));
    Flow after = body.flow();
    Expr result = forms;
    if (locals.size() > 2) {
      result = new Expr.Let(locals.get(2), inits.get(2), result, at);
    }
    List<Expr> tests = tests(layer, data, at);
    for (int i = tests.size() - 1; i >= 0; i--) {
      result =
          new Expr.If(
              tests.get(i),
              result,
              constant(0, at),
              use == Use.VALUE ? typeOf(forms, body, after, at) : ScalarType.U64,
              at);
    }
    body.setFlow(tests.isEmpty() ? after : body.join(before, after, at));
    result =
        new Expr.If(
            tooShort(data, new Expr.Read(locals.get(1), at), layer.length(), at),
            leave,
            result,
            result.type(),
            at);
    result = new Expr.Let(locals.get(1), inits.get(1), result, at);
    return new Expr.Let(locals.getFirst(), inits.getFirst(), result, at);
  }

  private static dev.whistler.compiler.type.StaticType typeOf(
      Expr forms, BodyAnalyzer body, Flow after, Origin at) {
    if (!after.reachable()) {
      return ScalarType.U64;
    }
    return TypeJoin.join(TypeJoin.Operand.of(forms), TypeJoin.Operand.of(constant(0, at)))
        .map(TypeJoin.Operand::type)
        .orElse(ScalarType.U64);
  }

  private static Expr parse(Layer layer, Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    List<Expr> operands = body.values(form.operands());
    Origin at = form.origin();
    PointerType found = new PointerType(Region.PACKET, null, -1, true);
    return body.once(
        "data",
        Pointers.checked(operands.get(0), body),
        data ->
            body.once(
                "end",
                Pointers.checked(operands.get(1), body),
                end -> {
                  Expr result =
                      layer.start() <= 0
                          ? new Expr.Retype(data, found, at)
                          : moved(data, layer.start(), at);
                  List<Expr> tests = tests(layer, data, at);
                  for (int i = tests.size() - 1; i >= 0; i--) {
                    result = new Expr.If(tests.get(i), result, constant(0, at), found, at);
                  }
                  return new Expr.If(
                      tooShort(data, end, layer.length(), at), constant(0, at), result, found, at);
                }));
  }
}
