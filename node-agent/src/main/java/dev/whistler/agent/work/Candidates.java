package dev.whistler.agent.work;

import java.util.List;

/**
 * What a node may run of one program, the best first: where the best does not start and nothing
 * else of the program runs, the node runs the next one.
 *
 * @param ranked at least one, all of the same program
 */
public record Candidates(List<Assignment> ranked) {

  public Candidates {
    ranked = List.copyOf(ranked);
    if (ranked.isEmpty()) {
      throw new IllegalArgumentException("a program of which nothing is wanted is none");
    }
  }

  /** One without a fallback. */
  public static Candidates of(Assignment only) {
    return new Candidates(List.of(only));
  }

  /** What shall run. */
  public Assignment target() {
    return ranked.getFirst();
  }
}
