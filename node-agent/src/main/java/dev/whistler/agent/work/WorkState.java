package dev.whistler.agent.work;

/** How far a node is with an assignment. */
public sealed interface WorkState {

  /** Not tried yet, or to be tried again after {@code why}. */
  record Pending(String reason, String why) implements WorkState {}

  /** Being loaded to see whether the kernel's verifier accepts it. */
  record Verifying() implements WorkState {}

  /** The kernel's verifier accepts it; it is not to run yet. */
  record Verified() implements WorkState {}

  /** Attached; its records are read. What is wrong with it nevertheless is told of what runs. */
  record Running() implements WorkState {}

  /** It does not run and will not by itself. */
  record Failed(String reason, String message) implements WorkState {}

  /** Nothing is wanted of it; it is in the kernel until this is gone, whatever {@code why}. */
  record Unloading(String reason, String why) implements WorkState {}
}
