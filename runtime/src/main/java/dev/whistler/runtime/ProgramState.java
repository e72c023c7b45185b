package dev.whistler.runtime;

import java.time.Instant;

/** Where a program stands. */
public sealed interface ProgramState {

  /** Attached everywhere it should be; records are read. */
  record Running(Instant since) implements ProgramState {}

  /** Records are still read, but something that was asked for is not done any more. */
  record Degraded(FailureReason reason, String message) implements ProgramState {}

  /** Detached or detaching; what was produced until then is being delivered. */
  record Stopping() implements ProgramState {}

  /** Nothing of it is left in the kernel. */
  record Stopped(Instant at) implements ProgramState {}

  /** It ended by itself. */
  record Failed(FailureReason reason, String message) implements ProgramState {}
}
