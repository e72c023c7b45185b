package dev.whistler.agent.work;

import java.util.List;
import java.util.Optional;

/**
 * What a node may run of one program, the best first: where the best does not start and nothing
 * else of the program runs, the node runs the next one.
 *
 * @param ranked all of the same program; empty if nothing shall run
 * @param verify a revision of the program that is only tried
 */
public record Candidates(List<Assignment> ranked, Optional<Assignment> verify) {

  public Candidates {
    ranked = List.copyOf(ranked);
    if (ranked.isEmpty() && verify.isEmpty()) {
      throw new IllegalArgumentException("a program of which nothing is wanted is none");
    }
  }

  /** One without a fallback. */
  public static Candidates of(Assignment only) {
    return of(List.of(only));
  }

  /** Nothing is only tried. */
  public static Candidates of(List<Assignment> ranked) {
    return new Candidates(ranked, Optional.empty());
  }

  /** What shall run, or else what is tried. */
  public Assignment target() {
    return ranked.isEmpty() ? verify.orElseThrow() : ranked.getFirst();
  }
}
