package dev.whistler.compiler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.compiler.proof.PassProof.Step;
import dev.whistler.compiler.proof.Verdict.Why;
import dev.whistler.compiler.reference.Programs;
import dev.whistler.compiler.reference.Programs.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Each pass keeps what random programs do, for all inputs. {@code -Dwhistler.proof.programs=N}
 * takes more programs.
 */
class RefinementTest {
  private static final int PROGRAMS = Integer.getInteger("whistler.proof.programs", 8);
  private static final long SEED = Long.getLong("whistler.random.seed", 67);

  /** Of a hundred steps, those that may be too much for the solver. */
  private static final int MOST_UNDECIDED = 5;

  /** Of a hundred steps, those of which not all ways are gone. */
  private static final int MOST_CUT = 70;

  @Test
  void passesKeepWhatProgramsDo() {
    Map<Why, Integer> undecided = new EnumMap<>(Why.class);
    List<String> different = new ArrayList<>();
    int steps = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      Kind kind = Kind.values()[i % Kind.values().length];
      String source = Programs.source(kind, SEED * 1_000_003 + i);
      for (Step step : PassProof.steps(Programs.unit(source), 3)) {
        steps++;
        switch (step.verdict()) {
          case Verdict.Proved _ -> {}
          case Verdict.Undecided(Why why) -> undecided.merge(why, 1, Integer::sum);
          case Verdict.Different _ -> different.add("program " + i + ", " + step);
        }
      }
    }
    System.out.printf(
        "passes on %d programs: %d steps, of which without an answer: %s%n",
        PROGRAMS, steps, undecided);
    assertThat(different).isEmpty();
    int cut = undecided.getOrDefault(Why.WAYS, 0) + undecided.getOrDefault(Why.STEPS, 0);
    assertThat(cut).as("gone in part").isLessThanOrEqualTo(1 + steps * MOST_CUT / 100);
    assertThat(undecided.getOrDefault(Why.SOLVER, 0))
        .as("too much for the solver")
        .isLessThanOrEqualTo(1 + steps * MOST_UNDECIDED / 100);
  }
}
