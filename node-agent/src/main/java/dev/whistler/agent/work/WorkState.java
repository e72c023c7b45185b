package dev.whistler.agent.work;

/** Where an assignment stands on this node. */
public sealed interface WorkState {

  /** Not tried yet, or to be tried again after {@code why}. */
  record Pending(String reason, String why) implements WorkState {}

  /** Attached; its records are read and delivered. */
  record Running() implements WorkState {}

  /** It runs, but not all that was asked for is done. */
  record Degraded(String reason, String message) implements WorkState {}

  /** It does not run and will not by itself. */
  record Failed(String reason, String message) implements WorkState {}
}
