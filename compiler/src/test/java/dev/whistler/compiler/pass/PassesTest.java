package dev.whistler.compiler.pass;

import static dev.whistler.compiler.emit.Tree.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.emit.Tree;
import dev.whistler.compiler.ir.Lowering;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Verifier;
import dev.whistler.compiler.tree.Expr;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.tree.Local;
import dev.whistler.compiler.type.MapDefinition;
import dev.whistler.compiler.type.MapType;
import dev.whistler.compiler.type.PointerType;
import dev.whistler.compiler.type.Region;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What each pass does, seen in the text of a small routine before and after it. */
class PassesTest {
  private static final MapDefinition M = map("m", MapType.HASH, 4, 8, 16);
  private static final MapDefinition STATS = map("stats", MapType.PERCPU_ARRAY, 4, 16, 1);
  private static final MapDefinition RING = map("ring", MapType.RINGBUF, 0, 0, 4096);

  private final Local d = packetLocal();
  private final Local block =
      new Local("b", null, new PointerType(Region.STACK, null, 8, false), Tree.HERE);

  private static Routine routine(Expr body) {
    return Lowering.lower(unit(List.of(M, STATS, RING), body)).routines().getFirst();
  }

  private static String after(Expr body, Pass... passes) {
    Routine routine = routine(body);
    Verifier.check(routine);
    for (Pass pass : passes) {
      pass.run(routine);
      Verifier.check(routine);
    }
    return routine.toString();
  }

  private Expr byteAt(int index) {
    return load(ScalarType.U8, read(d), index);
  }

  private Expr wordAt(int index) {
    return load(ScalarType.U32, read(d), index);
  }

  /** A program with 8 bytes on its stack, at the address {@link #block}. */
  private Expr onStack(Expr... body) {
    return packet(d, 64, let(block, block(8), body));
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Test
  void simplifyDropsConversionsOfWhatFits() {
    Expr body = packet(d, 64, convert(ScalarType.U8, byteAt(0)));
    assertThat(after(body)).contains("extend u8");
    assertThat(after(body, new Simplify())).doesNotContain("extend").doesNotContain("and v");
  }

  @Test
  void simplifyComparesInTheOrderOfTheMemory() {
    Expr swapped = new Expr.SwapBytes(ScalarType.U16, load(ScalarType.U16, read(d), 12), Tree.HERE);
    Expr body = packet(d, 64, when(compare(Relation.EQUAL, swapped, number(0x0800)), number(7)));
    assertThat(after(body, new Simplify(), new DeadCode()))
        .doesNotContain("swap16")
        .contains("branch equal")
        .contains(", 8 ->");
  }

  @Test
  void controlFollowsDecidedBranches() {
    Expr body = choose(compare(Relation.LESS, number(1), number(2)), number(10), number(20));
    assertThat(after(body, new Simplify(), new Control()))
        .contains("return 10")
        .doesNotContain("branch");
  }

  @Test
  void controlThreadsJumpsThroughKnownValues() {
    Local flag = local("flag");
    Expr body =
        packet(
            d,
            64,
            let(
                flag,
                choose(byteAt(1), number(1), number(0)),
                choose(read(flag), number(5), number(6))));
    String text = after(body, new Simplify(), new Control());
    // The packet's length and the byte are tested; the flag is not.
    assertThat(count(text, "branch")).isEqualTo(2);
  }

  @Test
  void commonValuesShareContextLoads() {
    Expr field = new Expr.ContextLoad(ScalarType.U32, 12, ScalarType.U32, Tree.HERE);
    Expr body = add(field, field);
    assertThat(count(after(body), "load32 context")).isEqualTo(2);
    assertThat(count(after(body, new CommonValues()), "load32 context")).isEqualTo(1);
  }

  @Test
  void commonValuesComputeOffsetsAfterTheirCheck() {
    Local index = local("index");
    Expr offset = binary(Operator.SHIFT_LEFT, read(index), number(2));
    Expr body =
        packet(
            d,
            64,
            let(
                index,
                byteAt(0),
                add(
                    offset,
                    when(
                        compare(Relation.LESS, read(index), number(4)),
                        load(ScalarType.U32, add(read(d), offset), 0)))));
    assertThat(count(after(body, new CommonValues()), "shift-left")).isEqualTo(2);
  }

  @Test
  void forwardingReadsWhatWasStored() {
    Expr body =
        onStack(
            store(ScalarType.U8, read(block), 0, wordAt(0)), load(ScalarType.U8, read(block), 0));
    assertThat(after(body)).contains("load8 [&stack0]");
    assertThat(after(body, new Forwarding()))
        .doesNotContain("load8 [&stack0]")
        .contains("extend u8");
  }

  @Test
  void scalarReplacementMakesValuesOfMemory() {
    Expr body =
        onStack(
            store(ScalarType.U32, read(block), 0, wordAt(0)),
            when(
                compare(Relation.LESS, byteAt(8), number(4)),
                store(ScalarType.U8, read(block), 3, wordAt(4))),
            load(ScalarType.U8, read(block), 3));
    assertThat(after(body)).contains("stack0");
    assertThat(after(body, new ScalarReplacement()))
        .as("the last byte of the first word, or the low byte of the second one")
        .doesNotContain("stack0")
        .contains("phi", "extend u8");
  }

  @Test
  void scalarReplacementCutsAWordIntoItsParts() {
    Expr body =
        onStack(
            store(ScalarType.U64, read(block), 0, add(wordAt(0), wordAt(4))),
            load(ScalarType.U16, read(block), 2));
    assertThat(after(body, new ScalarReplacement()))
        .doesNotContain("stack0")
        .contains("shift-right v", ", 16", "extend u16");
  }

  @Test
  void scalarReplacementLeavesWhatIsAskedForByItsAddress() {
    Expr key =
        onStack(
            store(ScalarType.U32, read(block), 0, wordAt(0)),
            lookup(M, read(block)),
            load(ScalarType.U32, read(block), 0));
    assertThat(after(key, new ScalarReplacement())).isEqualTo(after(key));
  }

  @Test
  void knownBranchesKeepOneLengthCheck() {
    PointerType packet = new PointerType(Region.PACKET, null, -1, false);
    Expr end = new Expr.ContextLoad(ScalarType.U32, 4, packet, Tree.HERE);
    Expr body =
        packet(
            d,
            64,
            sequence(
                when(compare(Relation.GREATER, add(read(d), number(34)), end), ret(number(3))),
                byteAt(20)));
    String text = after(body, new CommonValues(), new KnownBranches(), new Control());
    assertThat(count(text, "branch")).isEqualTo(1);
    assertThat(text).doesNotContain("return 3");
  }

  @Test
  void deadStoresZeroOnlyWhatIsNotWritten() {
    Local block = new Local("b", null, new PointerType(Region.STACK, null, 16, false), Tree.HERE);
    Expr key = read(block);
    Expr body =
        packet(
            d,
            64,
            let(
                block,
                block(16),
                store(ScalarType.U64, key, 0, byteAt(0)),
                store(ScalarType.U32, key, 8, byteAt(1)),
                new Expr.MapDelete(M, new Expr.Slot.ByAddress(key), Tree.HERE)));
    assertThat(after(body)).contains("zero &stack0 0..16");
    assertThat(after(body, new DeadStores())).contains("zero &stack0 12..16");
  }

  @Test
  void deadStoresKeepWhatSomePathDoesNotWrite() {
    Expr body =
        onStack(
            when(byteAt(0), store(ScalarType.U64, read(block), 0, byteAt(1))),
            new Expr.MapDelete(M, new Expr.Slot.ByAddress(read(block)), Tree.HERE));
    assertThat(after(body, new DeadStores())).contains("zero &stack0 0..8");
  }

  @Test
  void sharedSlotsStoreAKeyOnce() {
    Local key = local("key");
    Expr body =
        packet(
            d,
            64,
            let(
                key,
                byteAt(0),
                update(M, read(key), number(1)),
                new Expr.MapDelete(M, value(read(key), 4), Tree.HERE)));
    assertThat(count(after(body), "store32")).isEqualTo(2);
    assertThat(count(after(body, new SharedSlots()), "store32")).isEqualTo(1);
  }

  private static Local record() {
    return new Local("e", null, new PointerType(Region.RING, null, 8, true), Tree.HERE);
  }

  private static Expr reserve(Local record) {
    return new Expr.Call(
        dev.whistler.compiler.table.Helpers.withId(131),
        List.of(
            new Expr.Argument.Map(RING),
            new Expr.Argument.Value(number(8)),
            new Expr.Argument.Value(number(0))),
        record.type(),
        Tree.HERE);
  }

  @Test
  void aReservationIsTestedOnce() {
    Local record = record();
    Expr body =
        let(
            record,
            reserve(record),
            sequence(
                choose(
                    read(record),
                    number(0),
                    new Expr.Count(STATS, 0, Expr.Counter.LOST, Tree.HERE)),
                call("ktime-get-ns", ScalarType.U64),
                choose(
                    read(record),
                    call("ringbuf-submit", ScalarType.U64, read(record), number(0)),
                    number(7))));
    String test = "branch not-equal v4, 0";
    assertThat(after(body)).contains("v4 = call ringbuf-reserve");
    assertThat(count(after(body), test)).isEqualTo(2);
    assertThat(count(after(body, new SingleNullTests()), test)).isEqualTo(1);
  }

  /** Counts in either place of the statistics, by a byte of the packet. */
  private Expr countedByAByte() {
    return packet(
        d,
        64,
        choose(
            byteAt(0),
            new Expr.Count(STATS, 0, Expr.Counter.LOST, Tree.HERE),
            new Expr.Count(STATS, 0, Expr.Counter.PRODUCED, Tree.HERE)));
  }

  @Test
  void sharedLookupsLookUpOnceWhereBothWaysBeginWithIt() {
    String text = after(countedByAByte(), new SharedLookups());
    assertThat(count(after(countedByAByte()), "map-lookup-elem")).isEqualTo(2);
    assertThat(count(text, "map-lookup-elem")).isEqualTo(1);
    // It stands before the byte is asked for.
    assertThat(text.indexOf("map-lookup-elem")).isLessThan(text.indexOf("atomic"));
  }

  @Test
  void sharedTestsAskOnceWhetherThereIsAnEntry() {
    Pass[] before = {
      new Simplify(), new Control(), new SharedLookups(), new DeadStores(), new Control()
    };
    // The packet's length, the byte, and the entry on both ways.
    assertThat(count(after(countedByAByte(), before), "branch")).isEqualTo(4);
    Pass[] all = java.util.Arrays.copyOf(before, before.length + 1);
    all[before.length] = new SharedTests();
    String text = after(countedByAByte(), all);
    assertThat(count(text, "branch")).isEqualTo(3);
    assertThat(count(text, "atomic")).isEqualTo(2);
  }

  @Test
  void sharedTestsStayWhereTheWaysBringDifferentValues() {
    Expr asked = wordAt(4);
    Local word = local("word");
    Expr body =
        packet(
            d,
            64,
            let(
                word,
                asked,
                choose(
                    byteAt(0),
                    choose(compare(Relation.EQUAL, read(word), number(5)), number(1), number(2)),
                    choose(compare(Relation.EQUAL, read(word), number(5)), number(3), number(4)))));
    String text = after(body, new Control());
    assertThat(after(body, new Control(), new SharedTests())).isEqualTo(text);
  }

  /** Sets a flag if a byte is 3, reads the clock, and then asks for the flag. */
  private Expr flagged(Expr... more) {
    Local flag = local("flag");
    List<Expr> forms = new ArrayList<>();
    forms.add(call("ktime-get-ns", ScalarType.U64));
    for (Expr form : more) {
      forms.add(add(read(flag), form));
    }
    forms.add(choose(compare(Relation.NOT_EQUAL, read(flag), number(0)), number(5), number(6)));
    Expr test = compare(Relation.EQUAL, byteAt(1), number(3));
    return packet(
        d, 64, let(flag, choose(test, number(1), number(0)), sequence(forms.toArray(new Expr[0]))));
  }

  @Test
  void lateTestsAskForWhatTheFlagStandsFor() {
    String text = after(flagged(), new Simplify(), new LateTests(), new Control());
    assertThat(count(after(flagged()), "branch equal")).isEqualTo(1);
    assertThat(count(text, "branch equal")).isEqualTo(1);
    assertThat(text.indexOf("branch equal")).isGreaterThan(text.indexOf("ktime-get-ns"));
    assertThat(count(text, "branch")).isEqualTo(2);
  }

  @Test
  void lateTestsLeaveAFlagThatIsAskedForTwice() {
    Local kept = local("kept");
    Expr used = flagged(assign(kept, number(1)));
    String text = after(used, new Simplify());
    assertThat(after(used, new Simplify(), new LateTests())).isEqualTo(text);
  }

  @Test
  void knownBranchesDecideComparisonsAsValues() {
    Local word = local("word");
    Expr body =
        packet(
            d,
            64,
            let(
                word,
                wordAt(4),
                when(
                    compare(Relation.LESS, read(word), number(5)),
                    ret(compare(Relation.LESS, read(word), number(9))))));
    assertThat(after(body)).contains("compare less");
    assertThat(after(body, new KnownBranches())).contains("return 1").doesNotContain("compare");
  }

  @Test
  void sharedLookupsFindTheStatisticsOnce() {
    Local record = record();
    Expr body =
        let(
            record,
            reserve(record),
            choose(
                read(record),
                sequence(
                    call("ringbuf-submit", ScalarType.U64, read(record), number(0)),
                    new Expr.Count(STATS, 0, Expr.Counter.PRODUCED, Tree.HERE)),
                new Expr.Count(STATS, 0, Expr.Counter.LOST, Tree.HERE)));
    assertThat(count(after(body), "map-lookup-elem")).isEqualTo(2);
    assertThat(count(after(body, new SharedLookups()), "map-lookup-elem")).isEqualTo(1);
  }

  @Test
  void narrowingDropsExtensionsThatNoOneSees() {
    Expr signed = convert(ScalarType.I32, wordAt(0));
    Expr body = packet(d, 64, sequence(update(M, signed, number(1)), number(0)));
    assertThat(after(body)).contains("extend i32");
    assertThat(after(body, new Narrowing(3))).doesNotContain("extend");
  }

  @Test
  void narrowingComparesInThirtyTwoBitsFromV3On() {
    Expr low = convert(ScalarType.U32, call("get-current-uid-gid", ScalarType.U64));
    Expr body = when(compare(Relation.EQUAL, low, number(0xffffffffL)), number(1));
    assertThat(after(body, new Narrowing(3), new DeadCode()))
        .contains("branch equal32")
        .doesNotContain("extend");
    assertThat(after(body, new Narrowing(2), new DeadCode())).contains("branch equal v");
  }

  @Test
  void deadCodeRemovesLookupsWithoutUse() {
    Expr body = sequence(lookup(M, number(1)), number(0));
    assertThat(after(body)).contains("map-lookup-elem");
    assertThat(after(body, new DeadCode())).doesNotContain("map-lookup-elem");
  }

  @Test
  void expandComparesMakesBranches() {
    Expr body = packet(d, 64, compare(Relation.LESS, byteAt(0), byteAt(1)));
    assertThat(after(body, new ExpandCompares())).doesNotContain("compare").contains("phi 1, 0");
  }

  /** A distance of half the address space is no small one. */
  @Test
  void aDistanceThatHasNoAbsoluteValueStaysAnAddition() {
    for (long far : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, -(1L << 32)}) {
      Expr body = load(ScalarType.U8, add(block(8), number(far)), 0);
      assertThat(after(body, new Simplify(), new Forwarding(), new DeadStores()))
          .contains("add &stack0, " + far)
          .doesNotContain("load8 [&stack0]");
    }
  }

  @Test
  void resultsOfMapOperationsAreExtendedWhereTheyAreUsedAsWords() {
    Expr used = update(M, number(1), number(2));
    Expr tested = when(update(M, number(1), number(2)), number(7));
    assertThat(after(used)).contains("extend i32");
    assertThat(after(tested, new Narrowing(3), new DeadCode()))
        .contains("branch not-equal32")
        .doesNotContain("extend");
    assertThat(after(sequence(used, number(3)), new DeadCode())).doesNotContain("extend");
  }

  private final Local proto = local("proto");

  private Expr lengthIfSix(Expr then) {
    PointerType packet = new PointerType(Region.PACKET, null, -1, false);
    Expr end = new Expr.ContextLoad(ScalarType.U32, 4, packet, Tree.HERE);
    Expr short54 = compare(Relation.GREATER, add(read(d), number(54)), end);
    Expr six = compare(Relation.EQUAL, read(proto), number(6));
    return packet(
        d,
        38,
        let(
            proto,
            byteAt(23),
            sequence(when(six, when(short54, ret(number(1)))), then, when(six, byteAt(47)))));
  }

  @Test
  void controlThreadsJumpsThroughATestMadeTwice() {
    Expr body = lengthIfSix(number(0));
    assertThat(count(after(body, new CommonValues()), "branch equal")).isEqualTo(2);
    String text = after(body, new CommonValues(), new Control(), new KnownBranches());
    assertThat(count(text, "branch equal")).isEqualTo(1);
  }

  @Test
  void keptLengthsAreCheckedAgainWhereCodeStandsBetween() {
    Expr body = lengthIfSix(update(M, number(1), number(2)));
    String before = after(body, new CommonValues(), new Control());
    assertThat(count(before, "branch less-equal") + count(before, "branch greater")).isEqualTo(2);
    String text = after(body, new CommonValues(), new Control(), new KeptLengths());
    assertThat(count(text, "branch less-equal") + count(text, "branch greater")).isEqualTo(3);
    assertThat(after(body, new CommonValues(), new Control(), new KeptLengths(), new KeptLengths()))
        .isEqualTo(text);
  }

  @Test
  void keptLengthsAddNothingWhereTheLengthIsKnown() {
    Expr body = packet(d, 64, sequence(update(M, number(1), number(2)), byteAt(47)));
    assertThat(after(body, new KeptLengths())).isEqualTo(after(body));
  }

  /** That a number is used as a kernel address does not tell it from one of the stack. */
  @Test
  void forwardingForgetsWhatAKernelPointerMayPointTo() {
    Local s = new Local("s", null, new PointerType(Region.STACK, null, 8, false), Tree.HERE);
    Local o = new Local("o", null, new PointerType(Region.STACK, null, 8, false), Tree.HERE);
    Local a = local("a");
    PointerType kernel = new PointerType(Region.KERNEL, null, -1, false);
    Expr chosen =
        new Expr.If(
            byteAt(0),
            new Expr.Convert(ScalarType.U64, read(s), Tree.HERE),
            new Expr.Convert(ScalarType.U64, read(o), Tree.HERE),
            ScalarType.U64,
            Tree.HERE);
    Expr body =
        packet(
            d,
            64,
            let(
                s,
                block(8),
                let(
                    o,
                    block(8),
                    let(
                        a,
                        chosen,
                        store(ScalarType.U64, read(s), 0, number(5)),
                        call(
                            "probe-read-kernel",
                            ScalarType.I64,
                            new Expr.Retype(read(a), kernel, Tree.HERE),
                            number(8),
                            number(77)),
                        load(ScalarType.U64, read(s), 0)))));
    assertThat(after(body, new Forwarding())).contains("load64 [&stack0]");
  }

  /** A context load is read again after a change, however many changes a block has. */
  @Test
  void commonValuesTellManyChangesOfTheContextApart() {
    Expr context =
        new Expr.ContextPointer(new PointerType(Region.CONTEXT, null, -1, false), Tree.HERE);
    Expr field = new Expr.ContextLoad(ScalarType.U32, 12, ScalarType.U32, Tree.HERE);
    Expr change = call("xdp-adjust-meta", ScalarType.I64, context, number(0));
    List<Expr> forms = new ArrayList<>(Collections.nCopies(4096, change));
    forms.add(update(M, field, number(1)));
    forms.add(change);
    forms.add(when(call("get-prandom-u32", ScalarType.U32), update(M, field, number(2))));
    Expr body = sequence(forms.toArray(Expr[]::new));
    assertThat(count(after(body, new CommonValues()), "load32 context")).isEqualTo(2);
  }

  /** An element of an array of that many words, 0 at an index outside. */
  private static Expr element(Local index, int count) {
    Local base = local("base", block(4 * count).type());
    Expr inside = new Expr.Below(read(index), count);
    return let(
        base,
        block(4 * count),
        choose(
            compare(Relation.LESS, read(index), number(count)),
            load(ScalarType.U32, add(read(base), binary(Operator.MULTIPLY, inside, number(4))), 0),
            number(0)));
  }

  private static String tests(Expr index, int count) {
    Local i = local("i");
    Routine routine = routine(let(i, index, element(i, count)));
    Pipeline.run(routine, 3, Set.of());
    return count(routine.toString(), "branch ")
        + " branches, "
        + count(routine.toString(), "and ")
        + " masks";
  }

  /**
   * Where an index shows to be inside, it is not tested: by what the verifier knows, too, or, of a
   * power of two elements, by a mask that tells it.
   */
  @Test
  void anIndexIsTestedOnlyWhereItMayBeOutside() {
    Expr any = new Expr.ContextLoad(ScalarType.U32, 12, ScalarType.U32, Tree.HERE);
    assertThat(tests(any, 8)).isEqualTo("1 branches, 0 masks");
    assertThat(tests(binary(Operator.AND, any, number(7)), 8)).isEqualTo("0 branches, 1 masks");
    assertThat(tests(binary(Operator.AND, any, number(7)), 9)).isEqualTo("0 branches, 1 masks");
    assertThat(tests(binary(Operator.AND, any, number(15)), 9)).isEqualTo("1 branches, 1 masks");
    assertThat(tests(binary(Operator.MODULO, any, number(8)), 8)).isEqualTo("0 branches, 1 masks");
    assertThat(tests(binary(Operator.MODULO, any, number(7)), 8))
        .as("no verifier follows a division, but a mask is one instruction")
        .isEqualTo("0 branches, 1 masks");
    assertThat(tests(binary(Operator.MODULO, any, number(7)), 7)).isEqualTo("1 branches, 0 masks");
    assertThat(tests(binary(Operator.SHIFT_RIGHT, any, number(29)), 8))
        .isEqualTo("0 branches, 0 masks");
    assertThat(tests(convert(ScalarType.U8, any), 256)).isEqualTo("0 branches, 1 masks");
  }

  @Test
  void theCounterOfALoopIsNoIndexOutside() {
    Local i = local("i");
    Routine routine = routine(repeat(i, 63, element(i, 63)));
    Pipeline.run(routine, 3, Set.of());
    assertThat(count(routine.toString(), "branch ")).as("that of the loop").isEqualTo(1);
  }
}
