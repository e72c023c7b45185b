package dev.whistler.compiler.proof;

import dev.whistler.compiler.ir.Lowering;
import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.ir.Verifier;
import dev.whistler.compiler.pass.AllPasses;
import dev.whistler.compiler.pass.Pass;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.ArrayList;
import java.util.List;

/** Runs the passes over the routines of a unit one after the other, and proves each step. */
final class PassProof {
  private PassProof() {}

  /**
   * What became of one step.
   *
   * @param before the routine as text
   */
  record Step(String pass, String before, String after, Verdict verdict) {
    @Override
    public String toString() {
      return "%s: %s%n%sbecomes%n%s".formatted(pass, verdict, before, after);
    }
  }

  /** The steps that change something, of a unit for an instruction set. */
  static List<Step> steps(TypedUnit unit, int instructionSet) {
    List<Step> steps = new ArrayList<>();
    for (Routine routine : Lowering.lower(unit).routines()) {
      try (Refinement refinement = new Refinement()) {
        Refinement.Ways ways = null;
        for (Pass pass : AllPasses.inOrder(instructionSet)) {
          ways = ways == null ? refinement.ways(routine) : ways;
          String before = routine.toString();
          if (pass.run(routine)) {
            steps.add(step(refinement, ways, pass, before, routine));
            ways = null;
          }
        }
      }
    }
    return steps;
  }

  private static Step step(
      Refinement refinement, Refinement.Ways ways, Pass pass, String before, Routine routine) {
    Verifier.check(routine);
    Verdict verdict = refinement.prove(ways, routine);
    return new Step(pass.name(), before, routine.toString(), verdict);
  }

  /** The routines of a unit after each step, whether it changes something or not. */
  static List<String> texts(TypedUnit unit, int instructionSet) {
    List<String> texts = new ArrayList<>();
    for (Routine routine : Lowering.lower(unit).routines()) {
      for (Pass pass : AllPasses.inOrder(instructionSet)) {
        pass.run(routine);
        texts.add(routine.toString());
      }
    }
    return texts;
  }

  /** One of all steps, from 0 on in the order of {@link #texts}. */
  static Step step(TypedUnit unit, int instructionSet, int index) {
    List<Pass> passes = AllPasses.inOrder(instructionSet);
    Routine routine = Lowering.lower(unit).routines().get(index / passes.size());
    int last = index % passes.size();
    passes.subList(0, last).forEach(pass -> pass.run(routine));
    try (Refinement refinement = new Refinement()) {
      Refinement.Ways ways = refinement.ways(routine);
      String before = routine.toString();
      passes.get(last).run(routine);
      return step(refinement, ways, passes.get(last), before, routine);
    }
  }
}
