package dev.whistler.cli;

import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.ProgramCounters;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/** Tells once when something fails while a program runs, and whether records were lost by it. */
final class SinkWatch {
  private static final String STDOUT = "stdout";
  private static final String STDOUT_FAILS = "The sink '" + STDOUT + "' ";

  private final PrintWriter err;
  private final Runnable end;
  private final Set<String> told = new HashSet<>();
  private boolean nobodyReads;

  /**
   * @param end ends the run, when nobody reads standard output any more
   */
  SinkWatch(PrintWriter err, Runnable end) {
    this.err = err;
    this.end = end;
  }

  synchronized void accept(ProgramState state) {
    if (state instanceof ProgramState.Degraded(FailureReason reason, String message)) {
      if (message.startsWith(STDOUT_FAILS) && StandardOutput.isPipe()) {
        nobodyReads = true;
        end.run();
      } else if (told.add(reason == FailureReason.SINK_UNAVAILABLE ? sink(message) : message)) {
        err.println("whistler: " + message);
      }
    }
  }

  /** A sink may fail for one reason after the other; it is told once. */
  private static String sink(String message) {
    return message.substring(0, message.indexOf(':') + 1);
  }

  /** The exit code: not 0 if records did not reach a sink because it failed. */
  synchronized int exitCode(ProgramCounters counters) {
    TreeMap<String, Long> lost = new TreeMap<>();
    counters.rings().stream()
        .flatMap(ring -> ring.sinks().stream())
        .forEach(
            sink ->
                lost.merge(
                    sink.sink(), sink.lost().getOrDefault(LossReason.SINK_FAILED, 0L), Long::sum));
    if (nobodyReads) {
      lost.remove(STDOUT);
    }
    lost.values().removeIf(count -> count == 0);
    if (!lost.isEmpty() && told.isEmpty()) {
      lost.forEach(
          (sink, count) ->
              err.println(
                  "whistler: the sink '" + sink + "' failed; " + count + " records are lost"));
    }
    return lost.isEmpty() ? 0 : CommandFailure.MACHINE;
  }
}
