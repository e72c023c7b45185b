package dev.whistler.compiler.proof;

import dev.whistler.compiler.tree.TypedUnit;
import java.util.List;
import java.util.Optional;

/** What the passes of one compiler, perhaps of one with a defect in it, make of routines. */
public interface Examiner {
  /** How many shapes of rules there are. */
  int shapes();

  /** A shape after its pass, as text. */
  String shape(int index);

  /** How the pass changes what a shape does; empty if it does not, or if that cannot be said. */
  Optional<String> faultOfShape(int index);

  /** The routines of a unit after each step, as text. */
  List<String> steps(TypedUnit unit);

  /** How a step changes what a routine does; empty if it does not, or if that cannot be said. */
  Optional<String> faultOfStep(TypedUnit unit, int step);
}
