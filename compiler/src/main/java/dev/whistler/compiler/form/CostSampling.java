package dev.whistler.compiler.form;

import dev.whistler.compiler.source.Origin;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.tree.TreeBuilder;
import dev.whistler.compiler.tree.Trees;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;

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

  private final TreeBuilder at;
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
  CostSampling(MapDefinition map, int index, Origin origin, BodyAnalyzer body) {
    this.at = Trees.at(origin);
    this.body = body;
    this.lookup =
        new Expr.MapLookup(
            map,
            new Expr.Slot.ByValue(at.word(index), 4),
            new PointerType(Region.MAP_VALUE, null, ENTRY_SIZE, true),
            origin);
    this.entry = body.temporary("cost", lookup);
    this.start = body.temporary("start", at.zero());
  }

  private Expr found() {
    return at.nonNull(at.read(entry));
  }

  private Expr now() {
    return at.call("ktime-get-ns");
  }

  private Expr add(int field, Expr amount) {
    return new Expr.AtomicAdd(ScalarType.U64, found(), field, amount, false, at.origin());
  }

  /** Around the body: counts the entry, takes the time of a sampled one, ends the sample. */
  Expr around(Expr analyzed) {
    Expr entered =
        body.once(
            "entries",
            at.binary(Operator.ADD, at.load(ScalarType.U64, found(), ENTRIES), 1),
            n ->
                at.sequence(
                    at.store(ScalarType.U64, found(), ENTRIES, n),
                    at.iff(at.binary(Operator.AND, n, SAMPLE_MASK), at.zero(), now())));
    Expr sampled =
        body.flow().reachable()
            ? body.once("result", analyzed, r -> at.sequence(atExit(), r))
            : analyzed;
    Expr started = at.iff(at.read(entry), entered, at.zero());
    return at.let(entry, lookup, at.let(start, started, sampled));
  }

  /** Where the program ends: adds the sample, if this entry is one. */
  Expr atExit() {
    Expr elapsed = at.binary(Operator.SUBTRACT, now(), at.read(start));
    Expr sample = at.sequence(add(NANOSECONDS, elapsed), add(SAMPLED, at.word(1)), at.zero());
    Expr ifFound = at.iff(at.read(entry), sample, at.zero());
    return at.iff(at.read(start), ifFound, at.zero());
  }
}
