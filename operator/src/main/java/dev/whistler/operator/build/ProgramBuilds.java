package dev.whistler.operator.build;

import dev.whistler.operator.model.SelectedKernel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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

  /** The same, where outcomes by name of the profile are told by kernel identity. */
  public ProgramBuilds byKernel(List<SelectedKernel> kernels) {
    Map<String, BuildOutcome> byKernel = new HashMap<>();
    for (SelectedKernel kernel : kernels) {
      BuildOutcome outcome = outcomes.get(kernel.profile());
      if (outcome != null) {
        byKernel.put(kernel.identity(), outcome);
      }
    }
    return new ProgramBuilds(byKernel, queuedFor, askAgain);
  }
}
