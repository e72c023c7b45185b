package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.TypeJoin;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.reader.ProperList;
import dev.whistler.compiler.reader.SymbolName;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Contexts;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.type.Field;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.Shape.InContext;
import dev.whistler.compiler.type.StaticType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Packet windows and the parsing forms (sections 17.1, 17.3 to 17.5). */
final class PacketForms {
  private static final int ETHERNET_BYTES = 14;
  private static final int ETHER_TYPE = 12;
  private static final long IPV4_SWAPPED = 0x0008;
  private static final long IPV6_SWAPPED = 0xdd86;
  private static final int IPV4_BYTES = 20;
  private static final int IPV4_PROTOCOL = 23;
  private static final int IPV4_FRAGMENT = 20;

  /** Of a fragment's word as loaded: how far the fragment lies from the packet's begin. */
  private static final long FRAGMENT_OFFSET_SWAPPED = 0xff1f;

  private static final int IPV6_NEXT_HEADER = 20;
  private static final int TCP = 6;
  private static final int TCP_BYTES = 20;
  private static final int UDP = 17;
  private static final int UDP_BYTES = 8;
  private static final int MAX_LENGTH = 32_767;
  private static final PointerType PACKET = new PointerType(Region.PACKET, null, -1, false);
  private static final PointerType FOUND = new PointerType(Region.PACKET, null, -1, true);

  private PacketForms() {}

  /** What a form looks for behind the Ethernet header. */
  private sealed interface Layer {
    /** Bytes that must be there. */
    int length();

    /** The form's header is found by (d e NAME); without one it is (d e). */
    default boolean isBound() {
      return true;
    }
  }

  /** A number of bytes, and nothing of them is known. */
  private record Window(int length) implements Layer {
    @Override
    public boolean isBound() {
      return false;
    }
  }

  /**
   * A network header, behind the one of Ethernet.
   *
   * @param etherType as loaded
   */
  private record Network(int length, long etherType) implements Layer {}

  /**
   * A transport header at a fixed place.
   *
   * @param start of the header in the packet
   */
  private record Transport(Network network, int start, int protocol, int bytes) implements Layer {
    @Override
    public int length() {
      return start + bytes;
    }

    boolean isIpv4() {
      return network.etherType() == IPV4_SWAPPED;
    }
  }

  /** A transport header behind an IPv4 header of any length. */
  private record BehindOptions(Transport shortest) implements Layer {
    @Override
    public int length() {
      return shortest.length();
    }
  }

  private static final Layer ETHERNET = new Window(ETHERNET_BYTES);
  private static final Network IPV4 = new Network(34, IPV4_SWAPPED);
  private static final Network IPV6 = new Network(54, IPV6_SWAPPED);

  static void register(Map<String, Operator> table) {
    table.put("xdp-data", (form, body, use) -> window(form, body, "data", false));
    table.put("xdp-data-end", (form, body, use) -> window(form, body, "data-end", false));
    table.put("tc-data", (form, body, use) -> window(form, body, "data", true));
    table.put("tc-data-end", (form, body, use) -> window(form, body, "data-end", true));
    table.put("with-packet", (form, body, use) -> withPacket(form, body, use, false));
    table.put("with-tc-packet", (form, body, use) -> withPacket(form, body, use, true));
    Map<String, Layer> layers =
        Map.of(
            "eth", ETHERNET,
            "ipv4", IPV4,
            "tcp", behind(IPV4, TCP, TCP_BYTES),
            "udp", behind(IPV4, UDP, UDP_BYTES),
            "ipv6", IPV6,
            "tcp6", behind(IPV6, TCP, TCP_BYTES),
            "udp6", behind(IPV6, UDP, UDP_BYTES));
    layers.forEach(
        (name, layer) -> {
          table.put("with-" + name, (form, body, use) -> with(layer, form, body, use, false));
          table.put("with-tc-" + name, (form, body, use) -> with(layer, form, body, use, true));
          table.put("parse-" + name, (form, body, use) -> parse(layer, form, body));
        });
  }

  private static Layer behind(Network network, int protocol, int bytes) {
    Transport transport = new Transport(network, network.length(), protocol, bytes);
    return transport.isIpv4() ? new BehindOptions(transport) : transport;
  }

  private static boolean isSocketBuffer(BodyAnalyzer body) {
    return body.program().type().hasSocketBuffer();
  }

  private static Expr window(Form form, BodyAnalyzer body, String field, boolean socketBuffer) {
    body.arity(form, 0, 0);
    boolean suits = socketBuffer ? isSocketBuffer(body) : body.program().type().hasXdpBuffer();
    if (!suits) {
      throw body.fail(
          socketBuffer ? Message.TC_FORM_NOT_FOR_TYPE : Message.XDP_FORM_NOT_FOR_TYPE,
          form.origin(),
          form.name(),
          body.program().type());
    }
    return bound(field, form.origin(), body);
  }

  private static Expr bound(String field, Origin at, BodyAnalyzer body) {
    Field<InContext> place =
        Contexts.of(body.program().type(), body.unit().request().architecture())
            .flatMap(s -> s.field(field))
            .orElseThrow();
    return new Expr.ContextLoad(place.shape().loaded(), place.offset(), PACKET, at);
  }

  /** {@code data + length > end}: one comparison that the verifier understands. */
  private static Expr tooShort(Expr data, Expr end, long length, TreeBuilder at) {
    return at.compare(Relation.GREATER, at.moved(data, length, PACKET), end);
  }

  /** A step on the way to a header. */
  private sealed interface Step {}

  /** Goes on if the expression is not 0. */
  private record Test(Expr expression) implements Step {}

  /** Names a value for the steps that follow. */
  private record Bind(Local local, Expr value) implements Step {}

  /**
   * Bytes that the way to a layer looks at before its last step. That compares where a header
   * behind options ends, which says as much as the shortest packet would.
   */
  private static int lookedAt(Layer layer) {
    return layer instanceof BehindOptions(Transport shortest)
        ? shortest.network().length()
        : layer.length();
  }

  /** The way to a header, and where it is at the end of the way. */
  private record Way(List<Step> steps, Expr header) {}

  /** The way to a layer in a packet whose length was compared. */
  private static Way way(Layer layer, Expr data, Expr end, BodyAnalyzer body, TreeBuilder at) {
    return switch (layer) {
      case Window _ -> new Way(List.of(), data);
      case Network network ->
          new Way(List.of(hasType(network, data, at)), at.moved(data, ETHERNET_BYTES, PACKET));
      case Transport transport -> {
        List<Step> steps = new ArrayList<>(isCarried(transport, data, at));
        if (transport.isIpv4()) {
          steps.add(isEqual(headerLength(data, at), IPV4_BYTES, at));
        }
        yield new Way(steps, at.moved(data, transport.start(), PACKET));
      }
      case BehindOptions(Transport shortest) -> {
        List<Step> steps = new ArrayList<>(isCarried(shortest, data, at));
        Expr length = headerLength(data, at);
        Local bytes = body.temporary("header-length", length);
        steps.add(new Bind(bytes, length));
        Expr read = at.read(bytes);
        steps.add(new Test(at.compare(Relation.GREATER_EQUAL, read, IPV4_BYTES)));
        Expr start = at.binary(Expr.Operator.ADD, read, ETHERNET_BYTES);
        Expr header = at.binary(Expr.Operator.ADD, data, start, PACKET);
        // The verifier knows one variable distance at a time: its comparison is with this pointer.
        Local found = body.temporary("header", header);
        steps.add(new Bind(found, header));
        Expr place = at.read(found);
        Expr behind = at.moved(place, shortest.bytes(), PACKET);
        steps.add(new Test(at.compare(Relation.LESS_EQUAL, behind, end)));
        yield new Way(steps, place);
      }
    };
  }

  /** That a packet carries this protocol, in a part of it that begins with its header. */
  private static List<Step> isCarried(Transport transport, Expr data, TreeBuilder at) {
    List<Step> steps = new ArrayList<>();
    steps.add(hasType(transport.network(), data, at));
    int protocol = transport.isIpv4() ? IPV4_PROTOCOL : IPV6_NEXT_HEADER;
    steps.add(isEqual(at.load(ScalarType.U8, data, protocol), transport.protocol(), at));
    if (transport.isIpv4()) {
      Expr word = at.load(ScalarType.U16, data, IPV4_FRAGMENT);
      steps.add(isEqual(at.binary(Expr.Operator.AND, word, FRAGMENT_OFFSET_SWAPPED), 0, at));
    }
    return steps;
  }

  private static Step hasType(Network network, Expr data, TreeBuilder at) {
    return isEqual(at.load(ScalarType.U16, data, ETHER_TYPE), network.etherType(), at);
  }

  private static Step isEqual(Expr value, long expected, TreeBuilder at) {
    return new Test(at.compare(Relation.EQUAL, value, expected));
  }

  /** Bytes of an IPv4 header: its low four bits count words of 4 bytes. */
  private static Expr headerLength(Expr data, TreeBuilder at) {
    Expr words = at.binary(Expr.Operator.AND, at.load(ScalarType.U8, data, ETHERNET_BYTES), 15);
    return at.binary(Expr.Operator.SHIFT_LEFT, words, 2);
  }

  /** {@code then} behind all steps; 0 if one does not go on. */
  private static Expr behind(List<Step> steps, Expr then, StaticType type, TreeBuilder at) {
    Expr result = then;
    for (Step step : steps.reversed()) {
      result =
          switch (step) {
            case Test(Expr expression) -> at.iff(expression, result, at.zero(), type);
            case Bind(Local local, Expr value) -> at.let(local, value, result);
          };
    }
    return result;
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
          Message.PACKET_HEAD_VARIABLES, body.originOf(form.operand(0)), form.name(), count);
    }
    return new Head(parts.subList(0, count), parts.subList(count, parts.size()));
  }

  private static long earlyExit(Form form, BodyAnalyzer body, boolean socketBuffer) {
    OptionalLong exit = body.program().type().earlyExit();
    if (exit.isEmpty() || (socketBuffer && !isSocketBuffer(body))) {
      throw body.fail(
          Message.PACKET_HEAD_NOT_FOR_TYPE, form.origin(), form.name(), body.program().type());
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
        throw body.fail(Message.PACKET_HEAD, body.originOf(form.operand(0)), form.name());
      }
      length = body.constantWithin(head.options().get(1), "the minimum length", 0, MAX_LENGTH);
    }
    return windowed(new Window((int) length), head.names(), form, body, use, socketBuffer);
  }

  private static Expr with(
      Layer layer, Form form, BodyAnalyzer body, Use use, boolean socketBuffer) {
    boolean mayBeShort = layer instanceof BehindOptions;
    Head head = head(form, layer.isBound() ? 3 : 2, mayBeShort, body);
    Layer wanted =
        layer instanceof BehindOptions(Transport shortest) && !skipsOptions(head, form, body)
            ? shortest
            : layer;
    return windowed(wanted, head.names(), form, body, use, socketBuffer);
  }

  /** What {@code :options} says: whether packets with IP options are looked into. */
  private static boolean skipsOptions(Head head, Form form, BodyAnalyzer body) {
    List<Datum> options = head.options();
    if (options.isEmpty()) {
      return true;
    }
    boolean isKey =
        options.size() == 2
            && options.getFirst() instanceof Datum.Symbol key
            && key.name().isKeyword()
            && key.name().text().equals("options");
    if (isKey && Datum.isNil(options.get(1))) {
      return false;
    }
    if (isKey && options.get(1) instanceof Datum.Symbol value && value.name().text().equals("t")) {
      return true;
    }
    throw body.fail(Message.HEADER_HEAD, body.originOf(form.operand(0)), form.name());
  }

  private static Expr windowed(
      Layer layer, List<Datum> names, Form form, BodyAnalyzer body, Use use, boolean socketBuffer) {
    Origin origin = form.origin();
    TreeBuilder at = form.at();
    long exit = earlyExit(form, body, socketBuffer);
    List<Local> locals = new ArrayList<>();
    List<Expr> inits = new ArrayList<>();
    Scope scope = body.scope();
    Way way = new Way(List.of(), at.zero());
    for (int i = 0; i < names.size(); i++) {
      SymbolName name = BindingForms.variable(names.get(i), body);
      if (i == 2) {
        way = way(layer, at.read(locals.get(0)), at.read(locals.get(1)), body, at);
      }
      Expr init =
          switch (i) {
            case 0 -> bound("data", origin, body);
            case 1 -> bound("data-end", origin, body);
            default -> way.header();
          };
      Local local = body.local(name, form.operand(0), i, null, init, body.originOf(names.get(i)));
      locals.add(local);
      inits.add(init);
      scope = scope.with(new Scope.Binding(name, local, null));
    }
    Expr data = at.read(locals.getFirst());
    Flow before = body.flow();
    Expr leave = body.exits().leave(at.word(exit), origin);
    body.setFlow(before);
    Scope inner = scope;
    Expr forms = body.inScope(inner, List.of(), () -> body.sequence(form.from(1), use, origin));
    Flow after = body.flow();
    Expr result = forms;
    if (locals.size() > 2) {
      result = at.let(locals.get(2), inits.get(2), result);
    }
    StaticType type = use == Use.VALUE ? typeOf(forms, after, at) : ScalarType.U64;
    result = behind(way.steps(), result, type, at);
    body.setFlow(way.steps().isEmpty() ? after : body.join(before, after, origin));
    Expr tooShort = tooShort(data, at.read(locals.get(1)), layer.length(), at);
    result = at.iff(tooShort, leave, result, result.type());
    result = at.let(locals.get(1), inits.get(1), result);
    return at.let(locals.getFirst(), inits.getFirst(), result);
  }

  private static StaticType typeOf(Expr forms, Flow after, TreeBuilder at) {
    if (!after.reachable()) {
      return ScalarType.U64;
    }
    return TypeJoin.join(TypeJoin.Operand.of(forms), TypeJoin.Operand.of(at.zero()))
        .map(TypeJoin.Operand::type)
        .orElse(ScalarType.U64);
  }

  private static Expr parse(Layer layer, Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    List<Expr> operands = body.values(form.operands());
    TreeBuilder at = form.at();
    return body.once(
        "data",
        Pointers.checked(operands.get(0), body),
        data ->
            body.once(
                "end",
                Pointers.checked(operands.get(1), body),
                end -> {
                  Way way = way(layer, data, end, body, at);
                  Expr header = new Expr.Retype(way.header(), FOUND, at.origin());
                  Expr result = behind(way.steps(), header, FOUND, at);
                  return at.iff(tooShort(data, end, lookedAt(layer), at), at.zero(), result, FOUND);
                }));
  }
}
