package dev.whistler.compiler.proof;

import static dev.whistler.compiler.proof.Draft.address;
import static dev.whistler.compiler.proof.Draft.atomicAdd;
import static dev.whistler.compiler.proof.Draft.binary;
import static dev.whistler.compiler.proof.Draft.call;
import static dev.whistler.compiler.proof.Draft.chosen;
import static dev.whistler.compiler.proof.Draft.compare;
import static dev.whistler.compiler.proof.Draft.constant;
import static dev.whistler.compiler.proof.Draft.element;
import static dev.whistler.compiler.proof.Draft.extend;
import static dev.whistler.compiler.proof.Draft.load;
import static dev.whistler.compiler.proof.Draft.loaded;
import static dev.whistler.compiler.proof.Draft.map;
import static dev.whistler.compiler.proof.Draft.packet;
import static dev.whistler.compiler.proof.Draft.stack;
import static dev.whistler.compiler.proof.Draft.store;
import static dev.whistler.compiler.proof.Draft.swap;
import static dev.whistler.compiler.proof.Draft.word;
import static dev.whistler.compiler.proof.Draft.zero;

import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.pass.AllPasses;
import dev.whistler.compiler.pass.Pass;
import dev.whistler.compiler.proof.Draft.Part;
import dev.whistler.compiler.proof.Draft.Question;
import dev.whistler.compiler.table.Helpers;
import dev.whistler.compiler.tree.Expr.Operator;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The shapes that passes have rules for, as small routines: operations on words, on numbers of a
 * few bytes, on constants and on results of other operations. A rule that is added to a pass needs
 * its shape here, unless one of these is it; what the rule says stands nowhere but in the pass.
 */
final class Rules {
  /** A pass and the routines that it is tried with. */
  record Table(String name, Pass pass, List<Supplier<Routine>> shapes) {
    /** One shape in so many, but some hundreds where there are few. */
    List<Supplier<Routine>> sample(int stride) {
      int step = Math.clamp(shapes.size() / FEW_SHAPES, 1, stride);
      List<Supplier<Routine>> sample = new ArrayList<>();
      for (int i = 0; i < shapes.size(); i += step) {
        sample.add(shapes.get(i));
      }
      return sample;
    }
  }

  private static final int FEW_SHAPES = 300;

  /** Where operations and conversions change what they do, and a few between. */
  private static final long[] EDGES = {
    0,
    1,
    2,
    3,
    7,
    8,
    31,
    32,
    33,
    63,
    64,
    127,
    128,
    255,
    256,
    0xff00,
    0xffff,
    0x10000,
    Integer.MAX_VALUE,
    0x80000000L,
    0xfffffffeL,
    0xffffffffL,
    0x100000000L,
    0x1ffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -128,
    -256,
    -32768,
    Integer.MIN_VALUE
  };

  /** For shapes with two constants. */
  private static final long[] FEW = {
    0, 1, 3, 8, 32, 63, 255, 0xffff, 0xffffffffL, 0x100000000L, Long.MIN_VALUE, -1, -8
  };

  private static final List<ScalarType> NARROWER =
      List.of(
          ScalarType.U8,
          ScalarType.I8,
          ScalarType.U16,
          ScalarType.I16,
          ScalarType.U32,
          ScalarType.I32);

  private static final boolean[] WIDTHS = {false, true};

  private Rules() {}

  static List<Table> all() {
    List<Supplier<Routine>> values = new ArrayList<>();
    onConstants(values);
    onOperands(values);
    onResults(values);
    conversions(values);
    comparisons(values);
    List<Supplier<Routine>> addresses = new ArrayList<>();
    addresses(addresses);
    List<Supplier<Routine>> bits = new ArrayList<>();
    onFewBits(bits);
    conversions(bits);
    comparisons(bits);
    List<Supplier<Routine>> twice = new ArrayList<>();
    List<Supplier<Routine>> again = new ArrayList<>();
    questions((a, b) -> twice.add(() -> Draft.askingTwice(a, b)));
    questions((a, b) -> again.add(() -> Draft.askingAgain(a, b)));
    List<Supplier<Routine>> twiceOfWords = new ArrayList<>();
    List<Supplier<Routine>> againOfWords = new ArrayList<>();
    questionsOfWords((a, b) -> twiceOfWords.add(() -> Draft.askingTwice(a, b)));
    questionsOfWords((a, b) -> againOfWords.add(() -> Draft.askingAgain(a, b)));
    return List.of(
        new Table("simplify", AllPasses.simplify(), values),
        new Table("simplify, of addresses", AllPasses.simplify(), addresses),
        new Table("narrowing", AllPasses.narrowing(3), bits),
        new Table("narrowing without 32-bit operations", AllPasses.narrowing(2), bits),
        new Table("expand-compares", AllPasses.expandCompares(), asValues()),
        new Table("known-branches", AllPasses.knownBranches(), twice),
        new Table("known-branches, of two words", AllPasses.knownBranches(), twiceOfWords),
        new Table("known-branches, of lengths", AllPasses.knownBranches(), lengths()),
        new Table("control", AllPasses.control(), again),
        new Table("control, of two words", AllPasses.control(), againOfWords),
        new Table("forwarding", AllPasses.forwarding(), onMemory()),
        new Table("forwarding, of kept addresses", AllPasses.forwarding(), onKeptAddresses()),
        new Table("scalar-replacement", AllPasses.scalarReplacement(), onMemory()),
        new Table(
            "scalar-replacement, of kept addresses",
            AllPasses.scalarReplacement(),
            onKeptAddresses()),
        new Table("dead-stores", AllPasses.deadStores(), onMemory()),
        new Table("dead-stores, of kept addresses", AllPasses.deadStores(), onKeptAddresses()));
  }

  private static List<Part> operands() {
    List<Part> operands = new ArrayList<>(List.of(word(0), loaded(1), loaded(2), loaded(4)));
    NARROWER.forEach(scalar -> operands.add(extend(scalar, word(0))));
    operands.add(compare(Relation.LESS, false, word(0), word(1)));
    return operands;
  }

  private static void onConstants(List<Supplier<Routine>> shapes) {
    for (Operator operator : Operator.values()) {
      for (boolean narrow : WIDTHS) {
        for (long a : EDGES) {
          for (long b : EDGES) {
            shapes.add(() -> Draft.returning(binary(operator, narrow, constant(a), constant(b))));
          }
        }
      }
    }
  }

  private static void onOperands(List<Supplier<Routine>> shapes) {
    List<Part> operands = operands();
    for (Operator operator : Operator.values()) {
      for (boolean narrow : WIDTHS) {
        for (Part a : operands) {
          for (long c : EDGES) {
            shapes.add(() -> Draft.returning(binary(operator, narrow, a, constant(c))));
            shapes.add(() -> Draft.returning(binary(operator, narrow, constant(c), a)));
          }
          for (Part b : operands) {
            shapes.add(() -> Draft.returning(binary(operator, narrow, a, b)));
          }
          shapes.add(() -> Draft.returning(binary(operator, narrow, a, word(1))));
        }
        shapes.add(
            () ->
                Draft.returning(
                    d -> {
                      var same = binary(Operator.XOR, false, word(0), word(1)).in(d);
                      return binary(operator, narrow, e -> same, e -> same).in(d);
                    }));
      }
    }
  }

  /** Results of one operation as operands of another one. */
  private static void onResults(List<Supplier<Routine>> shapes) {
    for (Operator outer : Operator.values()) {
      for (Operator inner : Operator.values()) {
        for (long d : FEW) {
          for (long c : FEW) {
            for (Part a : List.of(word(0), loaded(4))) {
              shapes.add(
                  () ->
                      Draft.returning(
                          binary(outer, false, binary(inner, false, a, constant(d)), constant(c))));
            }
            shapes.add(
                () ->
                    Draft.returning(
                        binary(
                            outer, true, binary(inner, true, word(0), constant(d)), constant(c))));
          }
        }
        for (Part a : List.of(loaded(1), loaded(2))) {
          for (long c : EDGES) {
            shapes.add(
                () ->
                    Draft.returning(
                        binary(outer, false, binary(inner, false, a, loaded(4)), constant(c))));
          }
        }
      }
    }
  }

  private static void conversions(List<Supplier<Routine>> shapes) {
    List<Part> operands = new ArrayList<>(operands());
    for (Operator operator : Operator.values()) {
      for (boolean narrow : WIDTHS) {
        for (long c : EDGES) {
          operands.add(binary(operator, narrow, word(0), constant(c)));
          operands.add(binary(operator, narrow, loaded(2), constant(c)));
        }
        operands.add(binary(operator, narrow, word(0), word(1)));
        operands.add(binary(operator, narrow, loaded(2), loaded(4)));
      }
    }
    for (int width : new int[] {2, 4, 8}) {
      operands.add(swap(width, word(0)));
      operands.add(swap(width, loaded(2)));
    }
    for (long c : EDGES) {
      operands.add(constant(c));
    }
    for (Part a : operands) {
      for (ScalarType scalar : NARROWER) {
        shapes.add(() -> Draft.returning(extend(scalar, a)));
      }
      for (int width : new int[] {2, 4, 8}) {
        shapes.add(() -> Draft.returning(swap(width, a)));
      }
    }
  }

  private static void comparisons(List<Supplier<Routine>> shapes) {
    List<Part> operands = new ArrayList<>(operands());
    for (Operator operator : Operator.values()) {
      for (long c : new long[] {1, 8, 33, 0xff, 0xffffffffL, -1}) {
        operands.add(binary(operator, false, word(0), constant(c)));
        operands.add(binary(operator, true, loaded(4), constant(c)));
      }
    }
    for (int width : new int[] {2, 4, 8}) {
      operands.add(swap(width, word(0)));
      operands.add(swap(width, loaded(2)));
      operands.add(swap(width, loaded(4)));
    }
    for (ScalarType scalar : NARROWER) {
      operands.add(extend(scalar, loaded(1)));
      operands.add(extend(scalar, loaded(2)));
      operands.add(extend(scalar, loaded(4)));
    }
    for (Relation relation : Relation.values()) {
      for (boolean narrow : WIDTHS) {
        operands.add(compare(relation, narrow, word(0), loaded(2)));
      }
    }
    for (Relation relation : Relation.values()) {
      for (boolean narrow : WIDTHS) {
        for (Part a : operands()) {
          for (long c : EDGES) {
            shapes.add(() -> Draft.asking(relation, narrow, a, constant(c)));
            shapes.add(() -> Draft.returning(compare(relation, narrow, a, constant(c))));
          }
        }
        for (Part a : operands) {
          for (long c : FEW) {
            shapes.add(() -> Draft.asking(relation, narrow, a, constant(c)));
          }
          shapes.add(() -> Draft.asking(relation, narrow, constant(1), a));
        }
        for (Part a : operands()) {
          for (Part b : operands()) {
            shapes.add(() -> Draft.asking(relation, narrow, a, b));
          }
        }
        for (int width : new int[] {2, 4, 8}) {
          for (Part a : operands()) {
            shapes.add(
                () -> Draft.asking(relation, narrow, swap(width, a), swap(width, loaded(2))));
          }
        }
      }
    }
  }

  private static List<Supplier<Routine>> asValues() {
    List<Supplier<Routine>> shapes = new ArrayList<>();
    for (Relation relation : Relation.values()) {
      for (boolean narrow : WIDTHS) {
        for (Part a : operands()) {
          shapes.add(() -> Draft.returning(compare(relation, narrow, a, word(1))));
          shapes.add(
              () ->
                  Draft.returning(
                      binary(
                          Operator.ADD,
                          false,
                          compare(relation, narrow, a, word(1)),
                          compare(relation, !narrow, word(1), a))));
        }
      }
    }
    return shapes;
  }

  private static void addresses(List<Supplier<Routine>> shapes) {
    for (long c : EDGES) {
      for (int displacement : new int[] {0, 8, -8, Short.MAX_VALUE - 8, Short.MIN_VALUE}) {
        for (int width : new int[] {1, 8}) {
          shapes.add(
              () -> Draft.returning(load(width, displacement, address(element(), constant(c)))));
          shapes.add(
              () ->
                  Draft.returning(
                      load(
                          width,
                          displacement,
                          address(address(element(), constant(c)), constant(8)))));
        }
      }
      shapes.add(() -> Draft.returning(load(1, 0, address(stack(0, 8), constant(c)))));
      shapes.add(() -> Draft.returning(load(1, 4, stack(0, 8))));
    }
  }

  /** Something is stored, something is done, something is loaded. */
  private static List<Supplier<Routine>> onMemory() {
    List<Part> places =
        List.of(
            stack(0, 0),
            stack(0, 4),
            stack(1, 0),
            chosen(stack(0, 0), stack(1, 0)),
            element(),
            address(element(), constant(4)));
    List<Part> between = new ArrayList<>(List.of(constant(0)));
    for (Part place : places) {
      for (int width : new int[] {1, 4, 8}) {
        between.add(store(width, 2, place, word(1)));
      }
      between.add(zero(1, 5, place));
      between.add(atomicAdd(4, place, word(1)));
      between.add(load(8, 0, place));
      between.add(call(Helpers.PROBE_READ_KERNEL, place, constant(8), word(1)));
      between.add(call(Helpers.MAP_UPDATE, map(), place, stack(1, 8), constant(0)));
    }
    List<Supplier<Routine>> shapes = new ArrayList<>();
    for (Part first : places) {
      for (Part something : between) {
        for (Part last : places) {
          for (int width : new int[] {1, 4, 8}) {
            shapes.add(
                () ->
                    Draft.returning(
                        Draft.sequence(
                            store(8, 0, first, word(0)), something, load(width, 0, last))));
            shapes.add(
                () ->
                    Draft.returning(
                        Draft.sequence(
                            store(4, 0, first, word(0)),
                            something,
                            store(width, 0, last, word(0)),
                            load(8, 0, first))));
            // Chosen first, so that an object's number is what it is known by.
            shapes.add(
                () ->
                    Draft.returning(
                        d -> {
                          var number = chosen(stack(0, 0), stack(1, 0)).in(d);
                          return Draft.sequence(
                                  store(8, 0, first, word(0)),
                                  call(
                                      Helpers.PROBE_READ_KERNEL,
                                      e -> number,
                                      constant(width),
                                      word(1)),
                                  something,
                                  load(width, 0, last))
                              .in(d);
                        }));
          }
        }
      }
    }
    return shapes;
  }

  /** Something is stored, and loaded by an address that was kept in memory. */
  private static List<Supplier<Routine>> onKeptAddresses() {
    List<Supplier<Routine>> shapes = new ArrayList<>();
    for (Part place :
        List.of(stack(0, 0), stack(0, 4), chosen(stack(0, 0), stack(2, 0)), element())) {
      for (int width : new int[] {1, 4, 8}) {
        for (int kept : new int[] {0, 8}) {
          shapes.add(
              () ->
                  Draft.returning(
                      Draft.sequence(
                          // Nobody reads it, so that the routine is rewritten at all.
                          store(8, 0, stack(3, 0), word(1)),
                          store(8, kept, stack(1, 0), place),
                          store(8, 0, place, word(0)),
                          load(width, 0, load(8, kept, stack(1, 0))))));
        }
      }
    }
    return shapes;
  }

  /** What is made of many bits and looked at in few. */
  private static void onFewBits(List<Supplier<Routine>> shapes) {
    List<Part> sources = new ArrayList<>();
    NARROWER.forEach(scalar -> sources.add(extend(scalar, word(0))));
    for (long mask : new long[] {0xff, 0xffff, 0xffffff00L, 0xffffffffL, -256}) {
      sources.add(binary(Operator.AND, false, word(0), constant(mask)));
    }
    List<Part> results = new ArrayList<>(sources);
    for (Operator operator : Operator.values()) {
      for (boolean narrow : WIDTHS) {
        for (Part a : sources) {
          for (long c : FEW) {
            results.add(binary(operator, narrow, a, constant(c)));
          }
          results.add(binary(operator, narrow, a, extend(ScalarType.U16, word(1))));
          results.add(binary(operator, narrow, extend(ScalarType.U16, word(1)), a));
        }
      }
    }
    for (Part result : results) {
      for (int width : new int[] {1, 2, 4, 8}) {
        shapes.add(() -> Draft.returning(store(width, 0, element(), result)));
      }
      for (ScalarType scalar : NARROWER) {
        shapes.add(() -> Draft.returning(extend(scalar, result)));
      }
      for (long mask : new long[] {0xff, 0xff00, 0xffffffffL}) {
        shapes.add(() -> Draft.returning(binary(Operator.AND, false, result, constant(mask))));
      }
      shapes.add(() -> Draft.returning(swap(2, result)));
      shapes.add(() -> Draft.asking(Relation.LESS, true, result, word(1)));
      shapes.add(() -> Draft.asking(Relation.LESS, false, result, word(1)));
    }
  }

  /** Two questions about one word and constants. */
  private static void questions(BiConsumer<Question, Question> both) {
    for (Relation first : Relation.values()) {
      for (Relation second : Relation.values()) {
        for (boolean narrow : WIDTHS) {
          for (boolean alsoNarrow : WIDTHS) {
            for (long c : new long[] {0, 5, 0xffffffffL, -1}) {
              for (long d : new long[] {0, 5, 6, 0x100000005L, -1}) {
                both.accept(
                    new Question(first, narrow, word(0), constant(c)),
                    new Question(second, alsoNarrow, word(0), constant(d)));
              }
            }
          }
        }
      }
    }
  }

  /** Two questions about the same two words, in either order: whatever holds here always holds. */
  private static void questionsOfWords(BiConsumer<Question, Question> both) {
    for (Relation first : Relation.values()) {
      for (Relation second : Relation.values()) {
        for (boolean narrow : WIDTHS) {
          for (boolean alsoNarrow : WIDTHS) {
            Question question = new Question(first, narrow, word(0), word(1));
            both.accept(question, new Question(second, alsoNarrow, word(0), word(1)));
            both.accept(question, new Question(second, alsoNarrow, word(1), word(0)));
          }
        }
      }
    }
  }

  /** Two questions about a packet's length. */
  private static List<Supplier<Routine>> lengths() {
    List<Supplier<Routine>> shapes = new ArrayList<>();
    for (Relation second : Relation.values()) {
      for (long longer : new long[] {14, 34, 42, 0xffff, 0x10000, -1}) {
        for (long shorter : new long[] {-8, 0, 13, 14, 15, 34, 42, 50, 0xffff}) {
          Question first =
              new Question(
                  Relation.LESS_EQUAL, false, address(packet(0), constant(longer)), packet(4));
          Question other =
              new Question(second, false, address(packet(0), constant(shorter)), packet(4));
          shapes.add(() -> Draft.askingTwice(first, other));
        }
      }
    }
    return shapes;
  }
}
