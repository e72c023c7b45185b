package dev.whistler.compiler.form;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.List;

/**
 * Run time samples of a program (section 19.7): its entries are counted, and at every 1,024th entry
 * on a CPU the time from entry to exit is added.
 */
final class CostSampling {
  private static final int ENTRY_SIZE = 24;
  private static final int ENTRIES = 0;
  private static final int SAMPLED = 8;
  private static final int NANOSECONDS = 16;
  private static final long SAMPLE_MASK = 1023;

  private final MapDefinition map;
  private final int index;
  private final Origin at;
  private final BodyAnalyzer body;
  private final Expr lookup;
  private final Local entry;
  private final Local start;

  /**
   * Prepares the sampling of a program.
   *
   * @param map the hidden map
   * @param index the program's entry
   */
  CostSampling(MapDefinition map, int index, Origin at, BodyAnalyzer body) {
    this.map = map;
    this.index = index;
    this.at = at;
    this.body = body;
    this.lookup = lookup();
    this.entry = body.temporary("cost", lookup);
    this.start = body.temporary("start", word(0));
  }

  private Expr lookup() {
    return new Expr.MapLookup(
        map,
        new Expr.Slot.ByValue(word(index), 4),
        new PointerType(Region.MAP_VALUE, null, ENTRY_SIZE, true),
        at);
  }

  private Expr word(long value) {
    return new Expr.Constant(value, ScalarType.U64, at);
  }

  private Expr found() {
    return new Expr.Retype(new Expr.Read(entry, at), ((PointerType) entry.type()).nonNull(), at);
  }

  private Expr now() {
    return new Expr.Call(
        Helpers.named("ktime-get-ns").orElseThrow(), List.of(), ScalarType.U64, at);
  }

  private Expr binary(Operator operator, Expr left, Expr right) {
    return new Expr.Binary(operator, left, right, ScalarType.U64, at);
  }

  private Expr conditional(Expr test, Expr then) {
    return new Expr.If(test, then, word(0), ScalarType.U64, at);
  }

  /** Around the body: counts the entry, takes the time of a sampled one, ends the sample. */
  Expr around(Expr analyzed) {
    Expr count = new Expr.Load(ScalarType.U64, found(), ENTRIES, ScalarType.U64, at);
    Expr entered =
        body.once(
            "entries",
            binary(Operator.ADD, count, word(1)),
            n ->
                new Expr.Sequence(
                    List.of(
                        new Expr.Store(ScalarType.U64, found(), ENTRIES, n, at),
                        new Expr.If(
                            binary(Operator.AND, n, word(SAMPLE_MASK)),
                            word(0),
                            now(),
                            ScalarType.U64,
                            at)),
                    at));
    Expr sampled =
        body.flow().reachable()
            ? body.once("result", analyzed, r -> new Expr.Sequence(List.of(atExit(), r), at))
            : analyzed;
    return new Expr.Let(
        entry,
        lookup,
        new Expr.Let(start, conditional(new Expr.Read(entry, at), entered), sampled, at),
        at);
  }

  /** Where the program ends: adds the sample, if this entry is one. */
  Expr atExit() {
    Expr elapsed = binary(Operator.SUBTRACT, now(), new Expr.Read(start, at));
    Expr add =
        new Expr.Sequence(
            List.of(
                new Expr.AtomicAdd(ScalarType.U64, found(), NANOSECONDS, elapsed, false, at),
                new Expr.AtomicAdd(ScalarType.U64, found(), SAMPLED, word(1), false, at),
                word(0)),
            at);
    return conditional(new Expr.Read(start, at), conditional(new Expr.Read(entry, at), add));
  }
}
