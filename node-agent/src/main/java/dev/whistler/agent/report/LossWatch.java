package dev.whistler.agent.report;

import dev.whistler.agent.work.Work;
import dev.whistler.agent.work.Work.Trouble;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.task.Guard;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Looks at the counts of all programs once a second, so that loss reaches the status and the log.
 * The log has one line when trouble of a program begins and one when it ends.
 */
public final class LossWatch implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LossWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Supplier<List<RunningProgram>> programs;
  private final Runnable changed;
  private final ScheduledExecutorService worker = Guard.scheduler("whistler-losses");

  // Touched by one thread only, but for what was found.
  private final Map<String, Watched> watched = new HashMap<>();
  private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

  private static final class Watched {
    private final LossTrack track = new LossTrack();
    private RunningProgram program;
    private boolean sinkFails;

    Watched(RunningProgram program) {
      this.program = program;
    }
  }

  /**
   * @param programs those loaded at the time of the call
   * @param changed called when what {@link #with} says has changed; must not block
   */
  public LossWatch(Supplier<List<RunningProgram>> programs, Runnable changed) {
    this.programs = programs;
    this.changed = changed;
  }

  public void start() {
    var _ =
        worker.scheduleWithFixedDelay(
            () -> {
              try {
                look(Instant.now());
              } catch (RuntimeException e) {
                LOG.error("The counts of programs cannot be looked at (tried again).", e);
              }
            },
            INTERVAL.toMillis(),
            INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** One look at all programs. */
  void look(Instant now) {
    List<RunningProgram> all = programs.get();
    Map<String, Trouble> before = Map.copyOf(troubles);
    Set<String> uids = all.stream().map(it -> it.identity().uid()).collect(Collectors.toSet());
    watched.keySet().retainAll(uids);
    troubles.keySet().retainAll(uids);
    for (RunningProgram program : all) {
      look(program, now);
    }
    if (!before.equals(troubles)) {
      changed.run();
    }
  }

  private void look(RunningProgram program, Instant now) {
    String uid = program.identity().uid();
    Watched one = watched.get(uid);
    if (one == null || one.program != program) {
      if (one == null) {
        one = new Watched(program);
        watched.put(uid, one);
      }
      one.program = program;
      one.track.startFrom(program.counters());
    }
    Optional<Trouble> found = one.track.look(program.counters(), now);
    Trouble before = troubles.remove(uid);
    found.ifPresent(it -> troubles.put(uid, it));
    tellLoss(program, Optional.ofNullable(before), found);
    tellSink(program, one);
  }

  private static void tellLoss(
      RunningProgram program, Optional<Trouble> before, Optional<Trouble> found) {
    String reasonBefore = before.map(Trouble::reason).orElse("");
    String reason = found.map(Trouble::reason).orElse("");
    if (reason.equals(reasonBefore)) {
      return;
    }
    found.ifPresentOrElse(
        it -> LOG.warnf("%s: %s", program.identity().program(), it.message()),
        () ->
            LOG.infof(
                "%s: nothing was lost for %d minutes",
                program.identity().program(), LossTrack.QUIET.toMinutes()));
  }

  private static void tellSink(RunningProgram program, Watched one) {
    if (program.state() instanceof ProgramState.Degraded(FailureReason reason, String message)
        && reason == FailureReason.SINK_UNAVAILABLE) {
      if (!one.sinkFails) {
        LOG.warnf("%s: %s", program.identity().program(), message);
      }
      one.sinkFails = true;
    } else {
      if (one.sinkFails) {
        LOG.infof("%s: all sinks accept records again", program.identity().program());
      }
      one.sinkFails = false;
    }
  }

  /** The same with its loss, where nothing worse is wrong with what runs. */
  public Work with(Work work) {
    return work.running()
        .filter(current -> current.trouble().isEmpty())
        .flatMap(
            current ->
                Optional.ofNullable(troubles.get(work.assignment().uid()))
                    .map(
                        trouble ->
                            new Work.Current(
                                current.assignment(), current.since(), Optional.of(trouble))))
        .map(
            current ->
                new Work(work.assignment(), work.state(), Optional.of(current), work.trial()))
        .orElse(work);
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
