package dev.whistler.cli;

/** Ends a command with one sentence for the user and an exit code. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The program or the data is at fault. */
  public static final int BAD_INPUT = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** This machine or cluster cannot do it. */
  public static final int MACHINE = 3;

  private final int exitCode;

  private CommandFailure(int exitCode, String sentence) {
    super(sentence, null, false, false);
    this.exitCode = exitCode;
  }

  static CommandFailure badInput(String sentence) {
    return new CommandFailure(BAD_INPUT, sentence);
  }

  static CommandFailure usage(String sentence) {
    return new CommandFailure(USAGE, sentence);
  }

  static CommandFailure machine(String sentence) {
    return new CommandFailure(MACHINE, sentence);
  }

  /** The exit code of the process. */
  public int exitCode() {
    return exitCode;
  }
}
