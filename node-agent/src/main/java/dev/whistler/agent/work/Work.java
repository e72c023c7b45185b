package dev.whistler.agent.work;

import java.time.Instant;
import java.util.Optional;

/**
 * A program on this node.
 *
 * @param assignment what shall run
 * @param state how far that is
 * @param running what runs, which may be an earlier revision
 * @param trial a revision that is only tried beside that
 */
public record Work(
    Assignment assignment, WorkState state, Optional<Current> running, Optional<Trial> trial) {

  /** Nothing is tried beside it. */
  public Work(Assignment assignment, WorkState state, Optional<Current> running) {
    this(assignment, state, running, Optional.empty());
  }

  /**
   * A revision of which is only asked whether the kernel's verifier accepts it.
   *
   * @param state how far that is
   */
  public record Trial(Assignment assignment, WorkState state) {}

  /**
   * What runs.
   *
   * @param since when this agent attached it or took it over
   * @param trouble what is wrong although it runs
   */
  public record Current(Assignment assignment, Instant since, Optional<Trouble> trouble) {}

  /**
   * What is wrong although a program runs.
   *
   * @param reason one word
   * @param message one sentence
   */
  public record Trouble(String reason, String message) {}
}
