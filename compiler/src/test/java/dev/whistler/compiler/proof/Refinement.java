package dev.whistler.compiler.proof;

import com.microsoft.z3.BitVecExpr;
import com.microsoft.z3.BitVecSort;
import com.microsoft.z3.BoolExpr;
import com.microsoft.z3.Expr;
import com.microsoft.z3.Params;
import com.microsoft.z3.Solver;
import com.microsoft.z3.Status;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.proof.Execution.Stop;
import dev.whistler.compiler.proof.Verdict.Why;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Proves that one routine refines another: on every way that the first one can take, the second one
 * does the same things with the same words in the same order, and ends with the same result. Ways
 * are gone one by one; the solver says which can be gone, and that words are equal.
 */
final class Refinement implements AutoCloseable {
  /** Ways through a routine; of one with more, only these are looked at. */
  private static final int MOST_WAYS = 24;

  /**
   * What a question may cost, in the solver's own unit, so that answers do not depend on the
   * machine: whether a way can be gone, whether words differ, and that once more by other means.
   */
  private static final int EFFORT_FOR_WAYS = 30_000;

  private static final int EFFORT = 200_000;
  private static final int MOST_EFFORT = 4_000_000;

  /** Against a solver that does not count what it does. */
  private static final int MOST_MILLIS = 60_000;

  private final Terms terms = new Terms();
  private final Addresses addresses = new Addresses(terms);
  private final Memory blank = Memory.unknown(terms, addresses);

  /**
   * What holds on the way that is being gone. Few questions need the solver, so it gets it late.
   */
  private final List<BoolExpr> known = new ArrayList<>();

  private final Set<BoolExpr> all = new HashSet<>();

  /** One way through a routine. */
  record Way(List<BoolExpr> known, List<Event> events, BitVecExpr result) {}

  /**
   * The ways through a routine.
   *
   * @param complete whether these are all
   */
  record Ways(List<Way> all, boolean complete) {}

  @Override
  public void close() {
    terms.close();
  }

  // The routine before

  /** All ways through a routine, as it is now. */
  Ways ways(Routine routine) {
    Execution execution = new Execution(terms, addresses, blank, routine, true);
    List<Way> ways = new ArrayList<>();
    boolean complete = walk(execution, execution.start(), MOST_WAYS, ways);
    return new Ways(ways, complete);
  }

  /** Goes at most so many ways, half of them on each side of a branch; whether these are all. */
  private boolean walk(Execution execution, State state, int most, List<Way> ways) {
    if (most == 0) {
      return false;
    }
    Stop stop = execution.run(state);
    int mark = known.size();
    try {
      grant(state);
      return switch (stop) {
        case Stop.TooLong _ -> !feasible();
        case Stop.End(BitVecExpr result) -> {
          ways.add(new Way(List.copyOf(known), List.copyOf(state.events), result));
          yield true;
        }
        case Stop.Fork(BoolExpr condition) -> {
          boolean complete = true;
          List<Integer> sides = waysBefore(condition);
          int end = ways.size() + most;
          for (int side : sides) {
            int left = end - ways.size();
            int share = side == sides.getLast() ? left : (left + 1) / 2;
            complete &=
                onWay(
                    condition,
                    side,
                    () -> {
                      State next = state.copy();
                      execution.enter(next, side);
                      return walk(execution, next, share, ways);
                    });
          }
          yield complete;
        }
      };
    } finally {
      forget(mark);
    }
  }

  private interface Step<T> {
    T take();
  }

  private <T> T onWay(BoolExpr condition, int way, Step<T> step) {
    int mark = known.size();
    learn(way == 0 ? condition : terms.not(condition));
    T result = step.take();
    forget(mark);
    return result;
  }

  private void forget(int mark) {
    List<BoolExpr> gone = known.subList(mark, known.size());
    gone.forEach(all::remove);
    gone.clear();
  }

  private void grant(State state) {
    state.granted.forEach(this::learn);
    state.granted.clear();
  }

  private void learn(BoolExpr fact) {
    if (all.add(fact)) {
      known.add(fact);
    }
  }

  /**
   * The ways that a branch of the routine before can take: 0 where its condition holds, 1 where
   * not. One that cannot be taken does no harm, and to ask for it costs more than to go it.
   */
  private List<Integer> waysBefore(BoolExpr condition) {
    if (all.contains(condition)) {
      return List.of(0);
    }
    return all.contains(terms.not(condition)) ? List.of(1) : List.of(0, 1);
  }

  /** The ways that a branch of the routine after takes on a way of the one before. */
  private List<Integer> waysAfter(BoolExpr condition) {
    List<Integer> known = waysBefore(condition);
    if (known.size() == 1 || !feasible(terms.not(condition))) {
      return known.subList(0, 1);
    }
    return feasible(condition) ? known : List.of(1);
  }

  /** Whether the solver knows nothing against something. */
  private boolean feasible(BoolExpr... conditions) {
    return solver(terms.z3.mkSimpleSolver(), EFFORT_FOR_WAYS, conditions).check()
        != Status.UNSATISFIABLE;
  }

  // The routine after

  /** Whether a routine, as it is now, does on each way what one did before. */
  Verdict prove(Ways before, Routine after) {
    Verdict verdict = new Verdict.Proved();
    for (Way way : before.all()) {
      Execution execution = new Execution(terms, addresses, blank, after, false);
      way.known().forEach(this::learn);
      verdict = verdict.and(follow(execution, execution.start(), way));
      forget(0);
      if (!(verdict instanceof Verdict.Proved)) {
        return verdict; // What one way costs in vain, others would cost, too.
      }
    }
    return before.complete() ? verdict : verdict.and(new Verdict.Undecided(Why.WAYS));
  }

  private Verdict follow(Execution execution, State state, Way way) {
    Stop stop = execution.run(state);
    int mark = known.size();
    try {
      grant(state);
      return switch (stop) {
        case Stop.TooLong _ -> new Verdict.Undecided(Why.STEPS);
        case Stop.End(BitVecExpr result) -> compare(way, state.events, result);
        case Stop.Fork(BoolExpr condition) -> {
          Verdict verdict = new Verdict.Proved();
          for (int side : waysAfter(condition)) {
            if (!(verdict instanceof Verdict.Proved)) {
              break;
            }
            State next = state.copy();
            verdict =
                verdict.and(
                    onWay(
                        condition,
                        side,
                        () -> {
                          execution.enter(next, side);
                          return follow(execution, next, way);
                        }));
          }
          yield verdict;
        }
      };
    } finally {
      forget(mark);
    }
  }

  private Verdict compare(Way way, List<Event> events, BitVecExpr result) {
    List<BoolExpr> differences = new ArrayList<>();
    if (events.size() != way.events().size()) {
      return possible(
          terms.z3.mkTrue(),
          "%d events, %d before: %s, before %s"
              .formatted(events.size(), way.events().size(), events, way.events()));
    }
    for (int i = 0; i < events.size(); i++) {
      Event now = events.get(i);
      Event before = way.events().get(i);
      if (!now.isLike(before)) {
        return possible(terms.z3.mkTrue(), "%s, before %s".formatted(now, before));
      }
      for (int k = 0; k < now.words().size(); k++) {
        differ(now.words().get(k), before.words().get(k), differences);
      }
    }
    differ(result, way.result(), differences);
    return differences.isEmpty()
        ? new Verdict.Proved()
        : possible(terms.z3.mkOr(differences.toArray(BoolExpr[]::new)), "other words");
  }

  private void differ(Expr<BitVecSort> a, Expr<BitVecSort> b, List<BoolExpr> differences) {
    if (!a.equals(b)) {
      BoolExpr same = Terms.simple(terms.z3.mkEq(a, b));
      if (!same.isTrue()) {
        differences.add(terms.not(same));
      }
    }
  }

  /** Prepares a solver that knows what is known, and more. */
  private Solver solver(Solver solver, int effort, BoolExpr... more) {
    Params params = terms.z3.mkParams();
    params.add("rlimit", effort);
    params.add("timeout", MOST_MILLIS);
    solver.setParameters(params);
    known.forEach(solver::add);
    solver.add(more);
    return solver;
  }

  /** Whether a difference can come about. */
  private Verdict possible(BoolExpr difference, String how) {
    Verdict verdict = verdict(solver(terms.z3.mkSimpleSolver(), EFFORT, difference), how);
    return verdict instanceof Verdict.Undecided
        ? verdict(solver(terms.z3.mkSolver("QF_UFBV"), MOST_EFFORT, difference), how)
        : verdict;
  }

  private static Verdict verdict(Solver asked, String how) {
    return switch (asked.check()) {
      case UNSATISFIABLE -> new Verdict.Proved();
      case UNKNOWN -> new Verdict.Undecided(Why.SOLVER);
      case SATISFIABLE -> new Verdict.Different(how + "\nfor " + asked.getModel());
    };
  }
}
