package dev.whistler.agent.report;

import dev.whistler.agent.work.Work;
import dev.whistler.agent.work.Work.Trouble;
import dev.whistler.crds.WhistlerNodeStatus;
import dev.whistler.crds.WhistlerNodeStatus.NodeProgram;
import dev.whistler.crds.WhistlerNodeStatus.Running;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.task.Guard;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the counts of all programs once a second, so that loss reaches the status and the log.
 * The log has one line when trouble of a program begins and one when it ends. What an agent before
 * this one said goes on, so that its restart does not look as if nothing were lost any more.
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

  /** By program's UID, until the program is looked at. */
  private final Map<String, Inherited> inherited = new ConcurrentHashMap<>();

  private final AtomicBoolean inherits = new AtomicBoolean(true);

  private record Inherited(Trouble trouble, long nanos) {}

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
                look(Instant.now(), System.nanoTime());
              } catch (RuntimeException e) {
                LOG.error("The counts of programs cannot be looked at (tried again).", e);
              }
            },
            INTERVAL.toMillis(),
            INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * What the node's status says. Only that of the first call is of an agent before this one; any
   * later one is our own.
   *
   * @param nanos now, by the clock of {@link System#nanoTime}
   */
  public void inherit(@Nullable WhistlerNodeStatus before, long nanos) {
    if (before == null || !inherits.compareAndSet(true, false)) {
      return;
    }
    for (NodeProgram program : before.programs()) {
      Running running = program.running();
      if (running == null) {
        continue;
      }
      String reason = running.reason();
      if (reason != null && LossTrack.REASONS.contains(reason)) {
        String message = Objects.requireNonNullElse(running.message(), "Records were lost.");
        inherited.put(program.uid(), new Inherited(new Trouble(reason, message), nanos));
      }
    }
  }

  /**
   * One look at all programs.
   *
   * @param now for people only
   * @param nanos the same moment by the clock of {@link System#nanoTime}
   */
  void look(Instant now, long nanos) {
    List<RunningProgram> all = programs.get();
    Map<String, Trouble> before = Map.copyOf(troubles);
    Set<String> uids = all.stream().map(it -> it.identity().uid()).collect(Collectors.toSet());
    watched.keySet().retainAll(uids);
    troubles.keySet().retainAll(uids);
    for (RunningProgram program : all) {
      look(program, now, nanos);
    }
    inherited.values().removeIf(it -> nanos - it.nanos >= LossTrack.QUIET.toNanos());
    if (!before.equals(troubles)) {
      changed.run();
    }
  }

  private void look(RunningProgram program, Instant now, long nanos) {
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
    Trouble before = troubles.get(uid);
    Inherited earlier = inherited.get(uid);
    if (earlier != null) {
      before = before == null ? earlier.trouble : before;
      one.track.inherit(earlier.trouble, earlier.nanos);
    }
    Optional<Trouble> found = one.track.look(program.counters(), now, nanos);
    found.ifPresentOrElse(it -> troubles.put(uid, it), () -> troubles.remove(uid));
    inherited.remove(uid);
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
                trouble(work.assignment().uid())
                    .map(
                        trouble ->
                            new Work.Current(
                                current.assignment(), current.since(), Optional.of(trouble))))
        .map(
            current ->
                new Work(work.assignment(), work.state(), Optional.of(current), work.trial()))
        .orElse(work);
  }

  private Optional<Trouble> trouble(String uid) {
    return Optional.ofNullable(troubles.get(uid))
        .or(() -> Optional.ofNullable(inherited.get(uid)).map(Inherited::trouble));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
