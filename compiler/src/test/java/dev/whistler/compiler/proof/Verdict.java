package dev.whistler.compiler.proof;

/** What a proof came to. */
public sealed interface Verdict {
  /** The routine after the pass does what the one before did, for all inputs. */
  record Proved() implements Verdict {}

  /** It does not for some input. */
  record Different(String how) implements Verdict {}

  /** Nobody knows; as far as was looked, it does. */
  record Undecided(Why why) implements Verdict {}

  /** What does not suffice for an answer. */
  enum Why {
    /** There are more ways through the routine than are gone. */
    WAYS,
    /** A way is too long. */
    STEPS,
    /** A question is too much for the solver. */
    SOLVER
  }

  /** The worse of two. */
  default Verdict and(Verdict other) {
    return this instanceof Different || other instanceof Proved ? this : other;
  }
}
