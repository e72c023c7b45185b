package dev.whistler.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Params;
import com.microsoft.z3.Solver;
import com.microsoft.z3.Status;
import dev.whistler.compiler.emit.Tree;
import dev.whistler.compiler.ir.Operation;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Value;
import dev.whistler.compiler.ir.Verifier;
import dev.whistler.compiler.pass.AllPasses.Question;
import dev.whistler.compiler.proof.Rules.Table;
import dev.whistler.compiler.tree.Expr.Relation;
import dev.whistler.compiler.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Each rule of a pass is a theorem: what the pass makes of a small routine does the same for all
 * words. The short form takes one shape in so many; {@code -Dwhistler.proof.stride=1} takes all.
 */
class RulesTest {
  /** A number without small factors, so that all kinds of shapes are met. */
  private static final int STRIDE = Integer.getInteger("whistler.proof.stride", 23);

  /** Proofs between which terms are kept. */
  private static final int AT_ONCE = 400;

  /** Of a thousand rewritten shapes, those of which the solver may find nothing out in its time. */
  private static final int MOST_UNDECIDED = 2;

  @Test
  void whatAPassMakesOfAShapeDoesTheSame() {
    List<String> undecided = new ArrayList<>();
    int rewritten = 0;
    for (Table table : Rules.all()) {
      Count count = new Count(table);
      count.run();
      System.out.printf(
          "rules of %s: %d of %d shapes tried, %d rewritten, %d undecided%n",
          table.name(),
          count.tried,
          table.shapes().size(),
          count.rewritten,
          count.undecided.size());
      assertThat(count.different).as(table.name()).isEmpty();
      assertThat(count.rewritten).as(table.name() + ": shapes that the pass rewrites").isPositive();
      undecided.addAll(count.undecided);
      rewritten += count.rewritten;
    }
    System.out.printf("rules: %d proved, undecided: %s%n", rewritten - undecided.size(), undecided);
    assertThat(undecided.size()).isLessThanOrEqualTo(1 + rewritten * MOST_UNDECIDED / 1_000);
  }

  private static final class Count {
    final List<String> different = new ArrayList<>();
    final List<String> undecided = new ArrayList<>();
    int tried;
    int rewritten;

    private final Table table;
    private Refinement refinement = new Refinement();

    Count(Table table) {
      this.table = table;
    }

    void run() {
      for (Supplier<Routine> shape : table.sample(STRIDE)) {
        tried++;
        prove(shape);
        if (tried % AT_ONCE == 0) {
          refinement.close();
          refinement = new Refinement();
        }
      }
      refinement.close();
    }

    private void prove(Supplier<Routine> shape) {
      Routine routine = shape.get();
      if (!table.pass().run(shape.get())) {
        return;
      }
      rewritten++;
      Refinement.Ways ways = refinement.ways(routine);
      String before = routine.toString();
      table.pass().run(routine);
      Verifier.check(routine);
      switch (refinement.prove(ways, routine)) {
        case Verdict.Proved _ -> {}
        case Verdict.Different(String how) -> different.add(before + "becomes\n" + routine + how);
        case Verdict.Undecided(Verdict.Why why) -> undecided.add(before + why);
      }
    }
  }

  /** What one comparison of a word tells of another one holds for every word. */
  @Test
  void whatAComparisonDecidesFollowsFromIt() {
    long[] words = {0, 1, 5, 6, Integer.MAX_VALUE, 0x80000000L, 0xffffffffL, 0x100000005L, -1, -5};
    Routine routine = new Routine("r", true, 2, OptionalLong.empty(), Tree.HERE);
    Value x = parameter(routine, 0);
    Value y = parameter(routine, 1);
    int decided = 0;
    try (Terms terms = new Terms()) {
      BitVecExpr a = terms.unknown("a");
      BitVecExpr b = terms.unknown("b");
      decided += decide(terms, x, y, a, b, List.of(x, y), List.of(a, b));
      for (long known : words) {
        List<Value> values = new ArrayList<>();
        List<BitVecExpr> numbers = new ArrayList<>();
        for (long asked : words) {
          values.add(routine.constant(asked));
          numbers.add(terms.word(asked));
        }
        decided += decide(terms, x, routine.constant(known), a, terms.word(known), values, numbers);
      }
    }
    System.out.println("what comparisons decide: " + decided + " proved");
    assertThat(decided).isGreaterThan(1_000);
  }

  private static Value parameter(Routine routine, int index) {
    return routine.newValue(new Operation.Parameter(index), ScalarType.U64, Tree.HERE);
  }

  /** All questions about one word and another one, where some question about it was answered. */
  private static int decide(
      Terms terms,
      Value x,
      Value y,
      BitVecExpr a,
      BitVecExpr b,
      List<Value> others,
      List<BitVecExpr> numbers) {
    int count = 0;
    for (Question known : questions(x, y)) {
      List<BoolExpr> wrong = new ArrayList<>();
      for (int i = 0; i < others.size(); i++) {
        for (Question asked : questions(x, others.get(i))) {
          Boolean decided = known.decides(asked);
          if (decided != null) {
            BoolExpr holds = terms.holds(asked.relation(), asked.narrow(), a, numbers.get(i));
            wrong.add(decided ? terms.not(holds) : holds);
            count++;
          }
        }
      }
      Solver solver = terms.z3.mkSimpleSolver();
      Params params = terms.z3.mkParams();
      params.add("timeout", 10_000);
      solver.setParameters(params);
      solver.add(terms.holds(known.relation(), known.narrow(), a, b));
      solver.add(terms.z3.mkOr(wrong.toArray(BoolExpr[]::new)));
      assertThat(solver.check())
          .as(() -> known + " decides too much: " + solver.getModel())
          .isEqualTo(Status.UNSATISFIABLE);
    }
    return count;
  }

  private static List<Question> questions(Value x, Value y) {
    List<Question> questions = new ArrayList<>();
    for (Relation relation : Relation.values()) {
      questions.add(new Question(relation, false, x, y));
      questions.add(new Question(relation, true, x, y));
    }
    return questions;
  }
}
