package dev.whistler.compiler.form;

import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.diagnostic.AnalysisException;
import dev.whistler.compiler.diagnostic.Message;
import dev.whistler.compiler.diagnostic.NearMatches;
import dev.whistler.compiler.reader.Datum;
import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Global;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import dev.whistler.compiler.type.StaticType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Map access (sections 10.2 to 10.6). */
final class MapForms {
  private static final long BPF_NOEXIST = 1;

  private static final Set<MapType> LOOKED_UP =
      Set.of(
          MapType.HASH,
          MapType.ARRAY,
          MapType.PERCPU_HASH,
          MapType.PERCPU_ARRAY,
          MapType.LRU_HASH,
          MapType.LRU_PERCPU_HASH,
          MapType.LPM_TRIE,
          MapType.ARRAY_OF_MAPS,
          MapType.HASH_OF_MAPS,
          MapType.DEVMAP,
          MapType.DEVMAP_HASH,
          MapType.CPUMAP,
          MapType.XSKMAP,
          MapType.SOCKMAP,
          MapType.SOCKHASH);

  private static final Set<MapType> KEYED =
      Set.of(
          MapType.HASH,
          MapType.ARRAY,
          MapType.PERCPU_HASH,
          MapType.PERCPU_ARRAY,
          MapType.LRU_HASH,
          MapType.LRU_PERCPU_HASH,
          MapType.LPM_TRIE,
          MapType.SOCKMAP,
          MapType.SOCKHASH);

  /** Updates of these fail when the map is full. */
  private static final Set<MapType> FILLED =
      Set.of(
          MapType.HASH,
          MapType.PERCPU_HASH,
          MapType.LRU_HASH,
          MapType.LRU_PERCPU_HASH,
          MapType.LPM_TRIE);

  private MapForms() {}

  static void register(Map<String, Operator> table) {
    for (String name : List.of("map-lookup", "map-lookup-elem")) {
      table.put(name, MapForms::lookup);
    }
    for (String name : List.of("map-update", "map-update-elem", "setmap")) {
      table.put(name, MapForms::update);
    }
    for (String name : List.of("map-delete", "map-delete-elem")) {
      table.put(name, MapForms::delete);
    }
    table.put("map-lookup-ptr", MapForms::lookupPointer);
    table.put("map-update-ptr", MapForms::updatePointer);
    table.put("map-delete-ptr", MapForms::deletePointer);
    table.put("getmap", (Operator.Accessor) MapForms::getmap);
    table.put("remmap", MapForms::remove);
    table.put("delmap", MapForms::remove);
    table.put("incf-map", MapForms::incfMap);
  }

  /** The map that an operand names; {@code E-MAP} with near matches otherwise. */
  static MapDefinition map(Datum operand, BodyAnalyzer body) {
    Origin at = body.originOf(operand);
    if (!(operand instanceof Datum.Symbol symbol) || symbol.name().isKeyword()) {
      throw body.fail(Message.MAP_EXPECTED, at);
    }
    MapDefinition map = body.tables().maps().get(symbol.name().text());
    if (map == null) {
      body.abandonIfBroken(symbol.name().text());
      throw body.fail(
          Message.MAP_UNKNOWN,
          at,
          symbol.name().spelling(),
          NearMatches.hint(symbol.name().text(), body.tables().maps().keySet()));
    }
    return map;
  }

  private static MapDefinition keyed(Form form, Set<MapType> allowed, BodyAnalyzer body) {
    MapDefinition map = map(form.operand(0), body);
    if (!allowed.contains(map.type())) {
      throw wrongType(map, form, body);
    }
    return map;
  }

  private static AnalysisException wrongType(MapDefinition map, Form form, BodyAnalyzer body) {
    return body.fail(
        Message.FORM_NOT_FOR_MAP_TYPE,
        body.originOf(form.operand(0)),
        form.name(),
        map.name(),
        map.type().text());
  }

  private static Expr lookup(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, LOOKED_UP, body);
    Expr.Slot key = SlotRule.key(map, form.operand(1), body);
    return lookup(map, key, form.origin());
  }

  private static Expr lookup(MapDefinition map, Expr.Slot key, Origin at) {
    return new Expr.MapLookup(
        map,
        key,
        new PointerType(Region.MAP_VALUE, map.value().layout(), map.value().size(), true),
        at);
  }

  private static Expr lookupPointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, LOOKED_UP, body);
    return lookup(map, SlotRule.address(map.key(), form.operand(1), "key", body), form.origin());
  }

  private static Expr flags(Form form, int index, BodyAnalyzer body) {
    return form.count() > index ? body.value(form.operand(index)) : form.at().zero();
  }

  private static Expr update(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 3, 4);
    MapDefinition map = keyed(form, KEYED, body);
    Expr.Slot key = SlotRule.key(map, form.operand(1), body);
    Expr.Slot value = SlotRule.value(map, form.operand(2), body);
    note(map, value, body);
    return update(map, key, value, flags(form, 3, body), use, form.at(), body);
  }

  private static Expr update(
      MapDefinition map,
      Expr.Slot key,
      Expr.Slot value,
      Expr flags,
      Use use,
      TreeBuilder at,
      BodyAnalyzer body) {
    Expr update = new Expr.MapUpdate(map, key, value, flags, at.origin());
    return use == Use.NONE && FILLED.contains(map.type())
        ? at.iff(update, countFailure(map, at, body), at.zero())
        : update;
  }

  /** One more update of the map has failed and nobody looks at its result (section 10.7). */
  private static Expr countFailure(MapDefinition map, TreeBuilder at, BodyAnalyzer body) {
    if (!FILLED.contains(map.type())) {
      return at.zero();
    }
    Global counter = body.tables().failedUpdatesOf(map);
    PointerType type = new PointerType(Region.GLOBAL, null, counter.size(), false);
    Expr address = new Expr.GlobalAddress(counter, type, at.origin());
    return new Expr.AtomicAdd(ScalarType.U64, address, 0, at.word(1), false, at.origin());
  }

  private static void note(MapDefinition map, Expr.Slot value, BodyAnalyzer body) {
    Expr stored =
        switch (value) {
          case Expr.Slot.ByAddress a -> a.pointer();
          case Expr.Slot.ByValue v -> v.value();
        };
    body.findings().kinds().mapWrite(map, stored, body.bindings());
  }

  private static Expr updatePointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 3, 4);
    MapDefinition map = keyed(form, KEYED, body);
    Expr.Slot key = SlotRule.address(map.key(), form.operand(1), "key", body);
    Expr.Slot value = SlotRule.address(map.value(), form.operand(2), "value", body);
    note(map, value, body);
    return update(map, key, value, flags(form, 3, body), use, form.at(), body);
  }

  private static Expr delete(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, KEYED, body);
    return new Expr.MapDelete(map, SlotRule.key(map, form.operand(1), body), form.origin());
  }

  private static Expr deletePointer(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, KEYED, body);
    return new Expr.MapDelete(
        map, SlotRule.address(map.key(), form.operand(1), "key", body), form.origin());
  }

  private static Expr remove(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, KEYED, body);
    if (isArray(map)) {
      throw wrongType(map, form, body);
    }
    return new Expr.MapDelete(map, SlotRule.key(map, form.operand(1), body), form.origin());
  }

  private static boolean isArray(MapDefinition map) {
    return map.type() == MapType.ARRAY || map.type() == MapType.PERCPU_ARRAY;
  }

  // ---- getmap and its places

  private static Place getmap(Form form, BodyAnalyzer body) {
    body.arity(form, 2, 2);
    MapDefinition map = keyed(form, LOOKED_UP, body);
    return new Place.MapElement(map, SlotRule.key(map, form.operand(1), body), form.origin());
  }

  static Expr read(Place.MapElement place, BodyAnalyzer body) {
    TreeBuilder at = Trees.at(place.origin());
    Expr found = lookup(place.map(), place.key(), place.origin());
    Optional<ScalarType> type = place.map().value().asScalar();
    if (type.isEmpty()) {
      return found;
    }
    ScalarType scalar = type.get();
    Expr result =
        ifFound(found, p -> at.load(scalar, p, 0), at.constant(0, scalar), scalar, at, body);
    body.findings().kinds().mapRead(result, place.map());
    return result;
  }

  /** Looks up once; goes on with the non-null pointer or with something else. */
  private static Expr ifFound(
      Expr lookup,
      Function<Expr, Expr> found,
      Expr absent,
      StaticType type,
      TreeBuilder at,
      BodyAnalyzer body) {
    return body.once("element", lookup, p -> at.iff(p, found.apply(at.nonNull(p)), absent, type));
  }

  static Expr assign(
      Place.MapElement place, Expr value, Use use, TreeBuilder at, BodyAnalyzer body) {
    MapDefinition map = place.map();
    if (!KEYED.contains(map.type())) {
      throw body.fail(Message.MAP_NOT_ASSIGNABLE, place.origin(), map.name(), map.type().text());
    }
    if (use == Use.NONE) {
      Expr.Slot slot = SlotRule.slot(map.value(), value, "value", body);
      note(map, slot, body);
      return update(map, place.key(), slot, at.zero(), Use.NONE, at, body);
    }
    SlotRule.slot(map.value(), value, "value", body);
    Expr converted =
        map.value().asScalar().isPresent()
            ? ArithmeticForms.convert(map.value().asScalar().get(), value, at.origin())
            : value;
    return keepKey(
        place.key(),
        body,
        key ->
            body.once(
                "stored",
                converted,
                v -> {
                  Expr.Slot slot = SlotRule.slotOf(map.value(), v);
                  note(map, slot, body);
                  return at.sequence(update(map, key, slot, at.zero(), Use.NONE, at, body), v);
                }));
  }

  /** Evaluates a key once and uses it in several places. */
  private static Expr keepKey(Expr.Slot key, BodyAnalyzer body, Function<Expr.Slot, Expr> use) {
    return switch (key) {
      case Expr.Slot.ByAddress a ->
          body.once("key", a.pointer(), p -> use.apply(new Expr.Slot.ByAddress(p)));
      case Expr.Slot.ByValue v ->
          body.once("key", v.value(), k -> use.apply(new Expr.Slot.ByValue(k, v.size())));
    };
  }

  private static Expr incfMap(Form form, BodyAnalyzer body, Use use) {
    body.arity(form, 2, 3);
    Place.MapElement place =
        (Place.MapElement)
            getmap(
                new Form(
                    form.operator(), form.cons(), form.operands().subList(0, 2), form.origin()),
                body);
    TreeBuilder at = form.at();
    Expr amount = form.count() == 3 ? body.value(form.operand(2)) : at.word(1);
    return increment(place, Expr.Operator.ADD, amount, at, body);
  }

  /** Section 10.6. */
  static Expr increment(
      Place.MapElement place,
      Expr.Operator operator,
      Expr amount,
      TreeBuilder at,
      BodyAnalyzer body) {
    MapDefinition map = place.map();
    Optional<ScalarType> scalar = map.value().asScalar();
    if (scalar.isEmpty() || !(KEYED.contains(map.type()))) {
      throw body.fail(Message.MAP_NOT_INCREMENTABLE, place.origin(), map.name());
    }
    if (amount.type() instanceof PointerType) {
      throw body.fail(Message.INCREMENT_NO_NUMBER, amount.origin());
    }
    Expr step =
        operator == Expr.Operator.ADD
            ? amount
            : ArithmeticForms.binary(Expr.Operator.SUBTRACT, at.zero(), amount, at.origin(), body);
    int width = scalar.get().width();
    body.findings().kinds().mapComputed(map);
    return body.effect(
        keepKey(
            place.key(),
            body,
            key ->
                body.once(
                    "amount",
                    step,
                    d ->
                        isArray(map)
                            ? addIfFound(map, key, d, width, at.zero(), at, body)
                            : addOrInsert(map, key, d, width, at, body))));
  }

  private static Expr addIfFound(
      MapDefinition map,
      Expr.Slot key,
      Expr amount,
      int width,
      Expr absent,
      TreeBuilder at,
      BodyAnalyzer body) {
    return ifFound(
        lookup(map, key, at.origin()),
        p -> add(p, amount, width, at),
        absent,
        ScalarType.U64,
        at,
        body);
  }

  private static Expr add(Expr pointer, Expr amount, int width, TreeBuilder at) {
    ScalarType scalar = ScalarType.of(width, false);
    if (width >= 4) {
      return new Expr.AtomicAdd(scalar, pointer, 0, amount, false, at.origin());
    }
    Expr sum = at.binary(Expr.Operator.ADD, at.load(scalar, pointer, 0), amount);
    return at.store(scalar, pointer, 0, sum);
  }

  private static Expr addOrInsert(
      MapDefinition map, Expr.Slot key, Expr amount, int width, TreeBuilder at, BodyAnalyzer body) {
    Expr.Slot first = SlotRule.slotOf(map.value(), amount);
    Expr insert = new Expr.MapUpdate(map, key, first, at.word(BPF_NOEXIST), at.origin());
    // Neither inserted by us nor by another CPU.
    Expr again = addIfFound(map, key, amount, width, countFailure(map, at, body), at, body);
    Expr insertOrRetry = at.iff(insert, again, at.zero());
    return addIfFound(map, key, amount, width, insertOrRetry, at, body);
  }
}
