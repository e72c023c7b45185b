package dev.whistler.operator.build;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a program's builds.
 *
 * @param outcomes by kernel
 * @param queuedFor how long the program has been in the queue, if it is
 * @param askAgain when to ask again although no event may say so, if ever
 */
public record ProgramBuilds(
    Map<String, BuildOutcome> outcomes, Optional<Duration> queuedFor, Optional<Duration> askAgain) {
  /** Of a program that is not looked at. */
  public static final ProgramBuilds NONE =
      new ProgramBuilds(Map.of(), Optional.empty(), Optional.empty());

  public ProgramBuilds {
    outcomes = Map.copyOf(outcomes);
  }

  /**
   * The same, where outcomes by the name of a kernel's description are told by kernel identity.
   *
   * @param names name of its description by the identity of each kernel
   */
  public ProgramBuilds byKernel(Map<String, String> names) {
    Map<String, BuildOutcome> byKernel = new HashMap<>();
    names.forEach(
        (identity, name) -> {
          BuildOutcome outcome = outcomes.get(name);
          if (outcome != null) {
            byKernel.put(identity, outcome);
          }
        });
    return new ProgramBuilds(byKernel, queuedFor, askAgain);
  }
}
