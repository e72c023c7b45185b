package dev.whistler.bpf.prog;

import dev.whistler.bpf.sys.BpfException;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.verifier.VerifierLog;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The kernel refused a program. The message is one line; {@link #log()} is the whole text of the
 * verifier.
 */
public final class VerifierException extends BpfException {
  private final String program;
  private final Errno errno;
  private final String log;
  private final boolean complete;

  VerifierException(String program, Errno errno, String log, boolean complete) {
    this(program, errno, log, complete, null);
  }

  private VerifierException(
      String program,
      Errno errno,
      String log,
      boolean complete,
      @Nullable VerifierException refusal) {
    super(
        "program " + program + " was refused by the kernel (" + errno + "): " + summary(log, errno),
        refusal);
    this.program = program;
    this.errno = errno;
    this.log = log;
    this.complete = complete;
  }

  /**
   * The same refusal with the truth in place of what the verifier says about an instruction that
   * was made to be refused.
   *
   * @param why slot of the instruction → why it is there, as "the kernel's struct cfs_rq has no
   *     nr_running"
   */
  public VerifierException explained(Map<Integer, String> why) {
    String truth = VerifierLog.explain(log, why);
    return truth.equals(log) ? this : new VerifierException(program, errno, truth, complete, this);
  }

  /** The program's name. */
  public String program() {
    return program;
  }

  /**
   * Mostly EINVAL, EACCES or EPERM; E2BIG if the program has too many instructions on all its paths
   * together, EFAULT or ENOMEM if it has too many branches.
   */
  public Errno errno() {
    return errno;
  }

  /** The verifier's text, at most 16 MiB; empty if it said nothing. */
  public String log() {
    return log;
  }

  /** Whether the log is whole; if not, its beginning (since 6.4: its end) is there. */
  public boolean isComplete() {
    return complete;
  }

  /** What the verifier did not accept; empty if it said nothing. */
  public Optional<VerifierLog.Verdict> verdict() {
    return VerifierLog.parse(log);
  }

  private static String summary(String log, Errno errno) {
    return VerifierLog.parse(log)
        .map(VerifierLog.Verdict::message)
        .orElse(errno.description() + "; the verifier gave no reason");
  }
}
