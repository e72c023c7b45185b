package dev.whistler.compiler.form;

import dev.whistler.compiler.check.Flow;
import dev.whistler.compiler.check.Resource;
import dev.whistler.compiler.define.ConstantNames;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.macro.Expander;
import dev.whistler.compiler.reader.Cons;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.FieldRef;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reading, assigning and stepping of places (section 6.1). */
final class Places {
  private final BodyAnalyzer body;

  Places(BodyAnalyzer body) {
    this.body = body;
  }

  /** The place that a form means. */
  Place analyze(Datum datum) {
    return switch (datum) {
      case Datum.Symbol symbol -> named(symbol);
      case Cons cons -> accessor(cons);
      default -> throw body.fail(Message.PLACE_EXPECTED, body.originOf(datum));
    };
  }

  private Place named(Datum.Symbol symbol) {
    Origin at = body.originOf(symbol);
    Scope.Binding binding = body.scope().find(symbol.name());
    if (binding != null) {
      if (binding.fixedBy() != null) {
        throw body.fail(
            Message.ASSIGN_FIXED_VARIABLE, at, symbol.name().spelling(), binding.fixedBy());
      }
      return new Place.Variable(binding, at);
    }
    Optional<Expander.Expansion> expansion =
        body.unit().expander().expandSymbol(symbol, body.context());
    if (expansion.isPresent()) {
      return body.within(expansion.get().context(), () -> analyze(expansion.get().form()));
    }
    Global global = body.tables().globals().get(symbol.name().text());
    if (global != null) {
      if (global.constant()) {
        throw body.fail(Message.GLOBAL_IS_CONSTANT, at, symbol.name().spelling());
      }
      return GlobalForms.scalarPlace(global, at, body);
    }
    if (ConstantNames.find(body.tables(), symbol.name()).isPresent()) {
      throw body.fail(Message.ASSIGN_CONSTANT, at, symbol.name().spelling());
    }
    throw body.unbound(symbol.name(), at);
  }

  private Place accessor(Cons cons) {
    if (cons.car() instanceof Datum.Symbol head
        && OperatorTable.core(head.name().text()) == null
        && body.unit().expander().isMacro(head.name(), body.context())) {
      Expander.Expansion expansion = body.unit().expander().expand(cons, body.context());
      return body.within(expansion.context(), () -> analyze(expansion.form()));
    }
    return body.withAccessor(
        cons,
        (form, operator) -> {
          if (operator instanceof Operator.Accessor accessor) {
            return accessor.place(form, body);
          }
          throw body.fail(Message.ASSIGN_CALL, form.origin(), form.operator().spelling());
        });
  }

  /** Reads a place. */
  Expr read(Place place) {
    return switch (place) {
      case Place.Variable v -> body.read(v.binding().local(), v.origin());
      case Place.Memory m -> load(m, m.pointer());
      case Place.Element e -> element(e, (p, i) -> elementOrZero(e, p, i, Trees.at(e.origin())));
      case Place.Block b -> address(b);
      case Place.ContextField c ->
          new Expr.ContextLoad(c.scalar(), c.offset(), c.type(), c.origin());
      case Place.MapElement m -> MapForms.read(m, body);
    };
  }

  private Expr load(Place.Memory m, Expr pointer) {
    Expr load = Trees.at(m.origin()).load(m.scalar(), pointer, m.displacement());
    if (m.field() != null) {
      body.findings().kinds().read(load, m.field());
    }
    return m.networkOrder() ? ArithmeticForms.swap(m.scalar(), load, m.origin()) : load;
  }

  private static Expr isInside(Place.Element e, Expr index) {
    return Trees.at(e.origin()).compare(Expr.Relation.LESS, index, e.count());
  }

  private Expr elementOrZero(Place.Element e, Expr pointer, Expr index, TreeBuilder at) {
    Place.Memory m = inside(e, pointer, index, e.origin());
    Expr zero = at.constant(0, e.scalar());
    return at.iff(isInside(e, index), load(m, m.pointer()), zero, e.scalar());
  }

  /** An element where the index is inside. */
  private static Place.Memory inside(Place.Element e, Expr pointer, Expr index, Origin at) {
    Expr address =
        elementAddress(pointer, new Expr.Below(index, e.count()), e.scalar().width(), at);
    return new Place.Memory(e.scalar(), address, e.displacement(), false, e.field(), e.origin());
  }

  /**
   * {@code pointer + index * width}; where the verifier must know bounds, of a {@link Expr.Below}.
   */
  static Expr elementAddress(Expr pointer, Expr index, int width, Origin origin) {
    TreeBuilder at = Trees.at(origin);
    Expr scaled = width == 1 ? index : at.binary(Expr.Operator.MULTIPLY, index, width);
    StaticType type =
        pointer.type() instanceof PointerType p
            ? new PointerType(p.region(), null, -1, false)
            : ScalarType.U64;
    return at.binary(Expr.Operator.ADD, pointer, scaled, type);
  }

  /** The address of a block, with its own type. */
  private static Expr address(Place.Block b) {
    Region region = b.pointer().type() instanceof PointerType p ? p.region() : Region.UNKNOWN;
    return displaced(
        b.pointer(),
        b.displacement(),
        new PointerType(region, b.layout(), b.size(), false),
        b.origin());
  }

  /** {@code pointer + displacement} with a type of its own. */
  static Expr displaced(Expr pointer, long displacement, PointerType type, Origin at) {
    return displacement == 0
        ? new Expr.Retype(pointer, type, at)
        : Trees.at(at).moved(pointer, displacement, type);
  }

  /** Assigns a place; yields the stored value after conversion if it is used. */
  Expr write(Place place, Expr value, Use use, Origin at) {
    TreeBuilder tree = Trees.at(at);
    return switch (place) {
      case Place.Variable v -> assign(v, value, at);
      case Place.Memory m -> {
        checkStored(m.pointer(), value, m.origin());
        note(m.field(), m.pointer(), value, at);
        Expr converted = BindingForms.converted(m.scalar(), value, at, body);
        if (use == Use.NONE) {
          yield store(m, m.pointer(), value instanceof Expr.Constant ? converted : value, at);
        }
        yield body.once(
            "address",
            m.pointer(),
            p -> body.once("stored", converted, v -> tree.sequence(store(m, p, v, at), v)));
      }
      case Place.Element e -> {
        checkStored(e.pointer(), value, e.origin());
        note(e.field(), e.pointer(), value, at);
        yield element(
            e,
            (p, i) ->
                body.once(
                    "stored",
                    BindingForms.converted(e.scalar(), value, at, body),
                    v -> tree.sequence(checkedStore(e, p, i, v, at), v)));
      }
      case Place.Block b -> copy(b, value, use, at);
      case Place.ContextField c -> {
        body.unit().tier().checkContextStore(body.diagnostics(), at);
        Expr converted = BindingForms.converted(c.scalar(), value, at, body);
        Function<Expr, Expr> store = v -> new Expr.ContextStore(c.scalar(), c.offset(), v, at);
        yield use == Use.NONE
            ? store.apply(converted)
            : body.once("stored", converted, v -> tree.sequence(store.apply(v), v));
      }
      case Place.MapElement m -> MapForms.assign(m, value, use, tree, body);
    };
  }

  private interface AtElement {
    Expr apply(Expr pointer, Expr index);
  }

  private Expr element(Place.Element e, AtElement use) {
    return body.once("base", e.pointer(), p -> body.once("index", e.index(), i -> use.apply(p, i)));
  }

  private Expr checkedStore(Place.Element e, Expr pointer, Expr index, Expr value, Origin at) {
    Place.Memory m = inside(e, pointer, index, at);
    Expr store = store(m, m.pointer(), value, at);
    return Trees.at(at).iff(isInside(e, index), store, Trees.at(at).zero());
  }

  private Expr store(Place.Memory m, Expr pointer, Expr value, Origin at) {
    Expr stored = m.networkOrder() ? ArithmeticForms.swap(m.scalar(), value, at) : value;
    return Trees.at(at).store(m.scalar(), pointer, m.displacement(), stored);
  }

  private void note(@Nullable FieldRef field, Expr pointer, Expr value, Origin at) {
    if (field != null) {
      body.findings().kinds().write(field, value, body.bindings());
      body.findings().records().tagStored(field, pointer, value, at, body);
    }
  }

  /** Refuses pointers as stored words (section 4.7) and stores that the tier forbids. */
  void checkStored(Expr pointer, Expr value, Origin at) {
    if (value.type() instanceof PointerType p && p.region() != Region.KERNEL) {
      throw body.fail(Message.POINTER_STORED_AS_NUMBER, value.origin());
    }
    GlobalForms.checkAssignable(pointer, at, body);
    body.unit().tier().checkStore(pointer.type(), body.diagnostics(), at);
  }

  private Expr assign(Place.Variable place, Expr value, Origin at) {
    Local local = place.binding().local();
    Expr converted =
        local.declared() == null
            ? value
            : BindingForms.converted(local.declared(), value, at, body);
    Resource overwritten = body.flow().heldBy(local);
    Resource held = body.exits().resourceOf(value);
    if (overwritten != null && overwritten != held && body.exits().isPending(overwritten)) {
      body.leak(
          overwritten, at, Message.LEAK_BY_ASSIGNMENT, local.name(), overwritten.description());
    }
    Flow flow = body.flow().without(local);
    if (held != null) {
      flow = flow.withHolder(local, held);
    }
    if (value.type() instanceof PointerType p && !p.nullable()) {
      flow = flow.withNonNull(local);
    }
    body.setFlow(flow);
    if (!body.bindings().assigned(local, converted)) {
      throw body.fail(
          Message.ASSIGN_OTHER_TYPE,
          at,
          local.name(),
          Types.describe(local.type()),
          Types.describe(value.type()));
    }
    return new Expr.Assign(local, converted, at);
  }

  private Expr copy(Place.Block b, Expr value, Use use, Origin at) {
    boolean suits =
        value.type() instanceof PointerType p
            && (b.layout() != null ? b.layout().equals(p.layout()) : p.size() == b.size());
    if (!suits) {
      throw b.layout() == null
          ? body.fail(Message.ASSIGN_BLOCK, value.origin(), Types.describe(value.type()), b.size())
          : body.fail(
              Message.ASSIGN_STRUCT,
              value.origin(),
              Types.describe(value.type()),
              b.layout().name());
    }
    body.unit().tier().checkStore(b.pointer().type(), body.diagnostics(), at);
    if (b.field() != null) {
      body.findings().kinds().write(b.field(), value, body.bindings());
    }
    Expr source = Pointers.checked(value, body);
    BinaryOperator<Expr> copy = (p, q) -> new Expr.Copy(p, b.displacement(), q, 0, b.size(), at);
    if (use == Use.NONE) {
      return copy.apply(b.pointer(), source);
    }
    return body.once(
        "target",
        b.pointer(),
        p -> body.once("source", source, q -> Trees.at(at).sequence(copy.apply(p, q), q)));
  }

  /** {@code incf} and {@code decf}: sub-expressions of the place, then the amount, each once. */
  Expr step(Place place, Expr.Operator operator, Expr amount, Use use, Origin at) {
    TreeBuilder tree = Trees.at(at);
    return switch (place) {
      case Place.Variable v ->
          body.once(
              "amount",
              amount,
              d ->
                  assign(
                      v,
                      ArithmeticForms.binary(
                          operator, body.read(v.binding().local(), v.origin()), d, at, body),
                      at));
      case Place.Memory m -> {
        body.unit().tier().checkStore(m.pointer().type(), body.diagnostics(), at);
        if (m.field() != null) {
          body.findings().kinds().computed(m.field());
        }
        yield body.once(
            "address",
            m.pointer(),
            p ->
                body.once(
                    "amount",
                    amount,
                    d -> {
                      Expr sum = ArithmeticForms.binary(operator, load(m, p), d, at, body);
                      if (use == Use.NONE) {
                        return store(m, p, sum, at);
                      }
                      return body.once(
                          "stored",
                          ArithmeticForms.convert(m.scalar(), sum, at),
                          v -> tree.sequence(store(m, p, v, at), v));
                    }));
      }
      case Place.Element e -> {
        body.unit().tier().checkStore(e.pointer().type(), body.diagnostics(), at);
        yield element(
            e,
            (p, i) ->
                body.once(
                    "amount",
                    amount,
                    d -> {
                      Expr old = elementOrZero(e, p, i, tree);
                      Expr sum = ArithmeticForms.binary(operator, old, d, at, body);
                      return body.once(
                          "stored",
                          ArithmeticForms.convert(e.scalar(), sum, at),
                          v -> tree.sequence(checkedStore(e, p, i, v, at), v));
                    }));
      }
      case Place.ContextField c ->
          body.once(
              "amount",
              amount,
              d -> write(c, ArithmeticForms.binary(operator, read(c), d, at, body), use, at));
      case Place.MapElement m -> MapForms.increment(m, operator, amount, tree, body);
      case Place.Block b -> throw body.fail(Message.INCREMENT_BLOCK, b.origin());
    };
  }
}
