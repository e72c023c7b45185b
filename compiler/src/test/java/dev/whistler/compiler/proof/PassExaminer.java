package dev.whistler.compiler.proof;

import dev.whistler.compiler.ir.Routine;
import dev.whistler.compiler.pass.Pass;
import dev.whistler.compiler.proof.Rules.Table;
import dev.whistler.compiler.tree.TypedUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Examines the passes that its own class loader has. */
public final class PassExaminer implements Examiner {
  private static final int INSTRUCTION_SET = 3;

  /** One shape in so many is tried. */
  private static final int STRIDE = 13;

  private record Shape(Pass pass, Supplier<Routine> routine) {}

  private final List<Shape> shapes = new ArrayList<>();

  public PassExaminer() {
    for (Table table : Rules.all()) {
      table.sample(STRIDE).forEach(routine -> shapes.add(new Shape(table.pass(), routine)));
    }
  }

  @Override
  public int shapes() {
    return shapes.size();
  }

  @Override
  public String shape(int index) {
    Routine routine = shapes.get(index).routine().get();
    shapes.get(index).pass().run(routine);
    return routine.toString();
  }

  @Override
  public Optional<String> faultOfShape(int index) {
    Routine routine = shapes.get(index).routine().get();
    try (Refinement refinement = new Refinement()) {
      Refinement.Ways ways = refinement.ways(routine);
      shapes.get(index).pass().run(routine);
      return fault(refinement.prove(ways, routine));
    }
  }

  @Override
  public List<String> steps(TypedUnit unit) {
    return PassProof.texts(unit, INSTRUCTION_SET);
  }

  @Override
  public Optional<String> faultOfStep(TypedUnit unit, int step) {
    return fault(PassProof.step(unit, INSTRUCTION_SET, step).verdict());
  }

  private static Optional<String> fault(Verdict verdict) {
    return verdict instanceof Verdict.Different(String how) ? Optional.of(how) : Optional.empty();
  }
}
