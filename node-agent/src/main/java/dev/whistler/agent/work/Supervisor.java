package dev.whistler.agent.work;

import dev.whistler.agent.work.Loader.UnavailableException;
import dev.whistler.crds.NodeReason;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes what runs on this node equal to what is assigned to it.
 *
 * <p>One thread does all loading and unloading, so that no two steps on a program overlap. A new
 * revision replaces the old one without a gap; if the new one does not start, the old one stays.
 * Programs that are pinned stay in the kernel when this ends, for the next agent of the node.
 */
public final class Supervisor implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Supervisor.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  /** Failures that another try with the same object on the same kernel cannot mend. */
  private static final Set<FailureReason> FINAL =
      EnumSet.of(
          FailureReason.BAD_OBJECT,
          FailureReason.UNSUPPORTED,
          FailureReason.POLICY_DENIED,
          FailureReason.VERIFIER_REJECTED,
          FailureReason.MAP_ENTRY_INVALID);

  private final Loader loader;
  private final Duration drain;
  private final Runnable changed;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("whistler-work").daemon().factory());

  // Touched by the worker's thread only, but for the snapshots.
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private volatile List<Work> works = List.of();
  private volatile List<RunningProgram> programs = List.of();

  /** What one program has on this node: what is wanted of it, and what runs. */
  private static final class Slot {
    @Nullable Assignment wanted;
    @Nullable Assignment current;
    @Nullable RunningProgram program;
    Instant since = Instant.EPOCH;
    Optional<Work.Trouble> trouble = Optional.empty();
    WorkState state = new WorkState.Pending("", "");
    boolean runs;
    int failures;
    boolean hopeless;
  }

  /**
   * @param drain how long the last records of a program may take when it is unloaded
   * @param changed called after every change of {@link #works}; must not block
   */
  public Supervisor(Loader loader, Duration drain, Runnable changed) {
    this.loader = loader;
    this.drain = drain;
    this.changed = changed;
  }

  /** What should run from now on, at most one assignment per program; all else is unloaded. */
  public void assign(Collection<Assignment> wanted) {
    List<Assignment> copy = List.copyOf(wanted);
    submit(() -> reconcile(copy));
  }

  /** Where each assignment stands. */
  public List<Work> works() {
    return works;
  }

  /** The programs that are loaded, for their counters. */
  public List<RunningProgram> programs() {
    return programs;
  }

  private void submit(Runnable step) {
    try {
      worker.execute(() -> told(step));
    } catch (RejectedExecutionException closing) {
      LOG.debug("Not done any more: the agent stops.", closing);
    }
  }

  /** The executor would keep a failure to itself. */
  private static void told(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("A step of the supervisor failed; those behind it go on.", e);
    }
  }

  private void reconcile(List<Assignment> wanted) {
    Set<String> names = new HashSet<>();
    for (Assignment assignment : wanted) {
      names.add(assignment.uid());
      Slot slot = slots.computeIfAbsent(assignment.uid(), uid -> new Slot());
      if (!assignment.equals(slot.wanted)) {
        slot.wanted = assignment;
        slot.failures = 0;
        slot.hopeless = false;
        bring(slot, assignment);
      }
    }
    slots
        .entrySet()
        .removeIf(
            entry -> {
              if (names.contains(entry.getKey())) {
                return false;
              }
              entry.getValue().wanted = null;
              told(() -> unload(entry.getValue()));
              return true;
            });
    // What an earlier agent left has nobody to read it if no revision of it can run here.
    Set<String> retained = new HashSet<>(names);
    slots.forEach(
        (uid, slot) -> {
          if (slot.hopeless) {
            retained.remove(uid);
          }
        });
    told(() -> loader.retain(retained));
    publish();
  }

  private void bring(Slot slot, Assignment assignment) {
    if (assignment.equals(slot.current) && slot.program != null) {
      look(slot, slot.program);
      return;
    }
    RunningProgram started;
    try {
      started = loader.load(assignment, slot.program);
    } catch (UnavailableException e) {
      LOG.warnf("%s revision %d: %s", assignment.program(), assignment.revision(), e.getMessage());
      slot.state = new WorkState.Pending(NodeReason.ARTIFACT_UNAVAILABLE, message(e));
      again(slot, assignment);
      return;
    } catch (StartException e) {
      LOG.warnf(
          "%s revision %d does not run (%s): %s",
          assignment.program(), assignment.revision(), e.reason().text(), e.getMessage());
      slot.state = new WorkState.Failed(e.reason().text(), message(e));
      if (!FINAL.contains(e.reason())) {
        again(slot, assignment);
      } else {
        slot.hopeless = slot.program == null;
      }
      return;
    } catch (RuntimeException e) {
      // Whatever it is, it is this program's failure and not that of those behind it.
      LOG.errorf(
          e, "%s revision %d failed in the agent", assignment.program(), assignment.revision());
      slot.state = new WorkState.Failed(FailureReason.INTERNAL.text(), message(e));
      again(slot, assignment);
      return;
    }
    LOG.infof("%s revision %d runs", assignment.program(), assignment.revision());
    slot.failures = 0;
    slot.program = started;
    slot.current = assignment;
    slot.since = Instant.now();
    started.onStateChange(state -> submit(() -> follow(slot, started)));
    look(slot, started);
  }

  private void again(Slot slot, Assignment assignment) {
    slot.failures++;
    Duration wait = Backoff.after(slot.failures);
    var _ =
        worker.schedule(
            () ->
                told(
                    () -> {
                      if (assignment.equals(slot.wanted) && !assignment.equals(slot.current)) {
                        bring(slot, assignment);
                        publish();
                      }
                    }),
            wait.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void follow(Slot slot, RunningProgram program) {
    if (slot.program == program) {
      look(slot, program);
      publish();
    }
  }

  /** Notes the state of what runs, and that of the wanted revision if it is this. */
  private static void look(Slot slot, RunningProgram program) {
    slot.trouble = Optional.empty();
    WorkState state =
        switch (program.state()) {
          case ProgramState.Running running -> new WorkState.Running();
          case ProgramState.Degraded(FailureReason reason, String message) -> {
            slot.trouble = Optional.of(new Work.Trouble(reason.text(), message));
            yield new WorkState.Running();
          }
          case ProgramState.Failed(FailureReason reason, String message) ->
              new WorkState.Failed(reason.text(), message);
          case ProgramState.Stopping stopping -> new WorkState.Pending("Stopping", "");
          case ProgramState.Stopped stopped -> new WorkState.Pending("Stopped", "");
        };
    slot.runs = state instanceof WorkState.Running;
    if (Objects.equals(slot.wanted, slot.current)) {
      slot.state = state;
    }
  }

  private static String message(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }

  private void unload(Slot slot) {
    RunningProgram program = slot.program;
    if (program == null) {
      return;
    }
    slot.program = null;
    slot.current = null;
    slot.runs = false;
    try (program) {
      String counters = program.stop(drain).toJson();
      LOG.infof(
          "%s revision %d unloaded: %s",
          program.identity().program(), program.identity().revision(), counters);
    }
  }

  private void publish() {
    works =
        slots.values().stream().filter(slot -> slot.wanted != null).map(Supervisor::work).toList();
    programs = slots.values().stream().map(slot -> slot.program).filter(Objects::nonNull).toList();
    changed.run();
  }

  private static Work work(Slot slot) {
    Optional<Work.Current> running =
        slot.runs && slot.current != null
            ? Optional.of(new Work.Current(slot.current, slot.since, slot.trouble))
            : Optional.empty();
    return new Work(Objects.requireNonNull(slot.wanted), slot.state, running);
  }

  private void letGo(Slot slot) {
    RunningProgram program = slot.program;
    if (program == null || !program.isPinned()) {
      unload(slot);
      return;
    }
    slot.program = null;
    slot.current = null;
    slot.runs = false;
    program.leave(drain);
    LOG.infof(
        "%s revision %d stays in the kernel for the next agent",
        program.identity().program(), program.identity().revision());
  }

  /**
   * Lets go of what is pinned, unloads everything else, and ends. What is not done within 30 s goes
   * with the process.
   */
  @Override
  public void close() {
    submit(
        () -> {
          // Side by side: one sink that stands still must not use up the time of all others.
          try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            slots.values().forEach(slot -> each.execute(() -> told(() -> letGo(slot))));
          }
          slots.clear();
          programs = List.of();
        });
    worker.shutdown();
    try {
      if (!worker.awaitTermination(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warnf("Programs were not unloaded within %d s.", CLOSE_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
