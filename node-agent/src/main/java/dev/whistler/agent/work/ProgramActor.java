package dev.whistler.agent.work;

import dev.whistler.agent.work.Loader.Leftover;
import dev.whistler.agent.work.Loader.Pinned;
import dev.whistler.agent.work.Loader.Prepared;
import dev.whistler.agent.work.Loader.UnavailableException;
import dev.whistler.crds.NodeReason;
import dev.whistler.runtime.FailureReason;
import dev.whistler.runtime.ProgramState;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import dev.whistler.runtime.account.ProgramCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One program on this node. Nobody else adopts, loads, replaces, detaches or removes it, and it
 * waits for no other program.
 *
 * <p>What is wanted is told from outside and may change at any time. One thread at a time looks at
 * the difference between that and what is there, and acts; whoever comes meanwhile has it look
 * again. What an assignment needs is fetched without the lock of the kernel's side, so that a
 * program can be detached while an API server that does not answer is waited for.
 */
final class ProgramActor {

  private static final Logger LOG = Logger.getLogger(ProgramActor.class);

  /** Failures that another try with the same object on the same kernel cannot mend. */
  private static final Set<FailureReason> FINAL =
      EnumSet.of(
          FailureReason.BAD_OBJECT,
          FailureReason.UNSUPPORTED,
          FailureReason.POLICY_DENIED,
          FailureReason.VERIFIER_REJECTED,
          FailureReason.MAP_ENTRY_INVALID,
          FailureReason.AGENT_TOO_OLD,
          FailureReason.TOO_MUCH_MEMORY);

  /** A reader that has worked for so long begins with short waits again when it ends. */
  private static final Duration STEADY = Duration.ofMinutes(10);

  private static final WorkState UNTRIED = new WorkState.Pending("", "");

  /**
   * What all programs of a node share.
   *
   * @param loads how many may be loaded at a time: each holds its object in memory meanwhile
   * @param drain how long the last records of a program may take when it is unloaded
   * @param totals told of each revision that begins and ends
   * @param threads where steps run, each on a thread of its own
   */
  record Node(
      Loader loader,
      NodeBudget budget,
      Semaphore loads,
      Duration drain,
      Totals totals,
      Executor threads,
      Listener listener) {}

  /** Hears of what an actor has done, and wakes it later. Must not block. */
  interface Listener {
    /** Something of {@link #work} has changed. */
    void changed();

    /** Nothing is wanted of the program and nothing of it is in the kernel. */
    void gone(ProgramActor actor);

    /** Calls {@link #wake} after a time, unless the agent stops before. */
    Future<?> wakeAfter(Duration wait, ProgramActor actor);
  }

  /** What runs. */
  private record Held(RunningProgram program, Assignment assignment, Instant since) {}

  /**
   * What is told of the program.
   *
   * @param target what shall run, or what is being removed; null if that is not known yet
   * @param state of the target where it is not what runs
   */
  private record Standing(@Nullable Assignment target, WorkState state, @Nullable Held held) {}

  /** How a try to load an assignment ended. */
  private enum Outcome {
    /** It runs, or is verified. */
    DONE,
    REFUSED,
    LATER,
    /** It is not wanted any more. */
    DROPPED
  }

  private final String uid;
  private final Node node;
  private final @Nullable Pinned pinned;

  /** Held by whoever changes what is in the kernel. */
  private final ReentrantLock kernel = new ReentrantLock();

  // Guarded by this.
  private @Nullable List<Assignment> wanted;
  private @Nullable Assignment toVerify;
  private boolean active;
  private boolean due;
  private @Nullable Future<?> retry;
  private int failures;
  private int readersEnded;
  private long readingSince;

  // Guarded by the lock of the kernel's side.
  private boolean leftBehind;
  private boolean ended;

  // Of the one thread that is at work.
  private final Map<Assignment, WorkState> refused = new HashMap<>();
  private List<Assignment> tried = List.of();
  private Work.@Nullable Trial answered;

  private volatile Standing standing;

  /** Of the revision that is to be verified; null before it is asked for. */
  private volatile Work.@Nullable Trial trial;

  /** A program that nothing is known of but that it is wanted, which {@link #want} tells. */
  ProgramActor(String uid, Node node) {
    this.uid = uid;
    this.node = node;
    this.pinned = null;
    this.standing = new Standing(null, UNTRIED, null);
  }

  /** A program that an earlier agent left; whether it is wanted is not known yet. */
  ProgramActor(Leftover leftover, Node node) {
    this.uid = leftover.uid();
    this.node = node;
    this.pinned = leftover.pinned().orElse(null);
    this.leftBehind = true;
    this.standing = new Standing(pinned == null ? null : pinned.assignment(), UNTRIED, null);
  }

  String uid() {
    return uid;
  }

  /**
   * What shall run from now on; returns at once.
   *
   * @param ranked the best first; empty if nothing shall run
   * @param verify what is only tried
   */
  void want(List<Assignment> ranked, Optional<Assignment> verify) {
    boolean detachBeside;
    synchronized (this) {
      Assignment tried = verify.orElse(null);
      boolean sameTrial = Objects.equals(tried, toVerify);
      boolean sameRun = ranked.equals(wanted);
      if (sameTrial && sameRun) {
        return;
      }
      if (!sameTrial) {
        toVerify = tried;
        trial = tried == null ? null : new Work.Trial(tried, UNTRIED);
      }
      if (!sameRun) {
        wanted = List.copyOf(ranked);
        if (!ranked.isEmpty()) {
          standing = new Standing(ranked.getFirst(), UNTRIED, standing.held());
        }
      }
      detachBeside = ranked.isEmpty() && active;
    }
    if (detachBeside) {
      // What is under way may be a fetch, which no detaching waits for.
      node.threads().execute(this::unload);
    }
    wake();
  }

  /** Whether nothing is wanted of it, and nothing was found out to the contrary. */
  synchronized boolean unwanted() {
    return isNotToRun() && toVerify == null;
  }

  private synchronized boolean isNotToRun() {
    return wanted != null && wanted.isEmpty();
  }

  /** Looks again at what there is to do, on a thread of its own; returns at once. */
  void wake() {
    synchronized (this) {
      due = true;
      if (active) {
        return;
      }
      active = true;
    }
    node.threads().execute(this::work);
  }

  /** Tries again at once what there was no room for. */
  void roomHasCome() {
    if (standing.state() instanceof WorkState.Failed(String reason, String _)
        && reason.equals(NodeReason.NODE_FULL)) {
      wake();
    }
  }

  private void work() {
    while (true) {
      synchronized (this) {
        if (!due) {
          active = false;
          return;
        }
        due = false;
        cancelRetry();
      }
      try {
        step();
      } catch (RuntimeException | Error e) {
        surprise(e);
      }
      node.listener().changed();
    }
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel(false);
      retry = null;
    }
  }

  /** Whatever it is, it is this program's failure, and is tried again. */
  private void surprise(Throwable thrown) {
    LOG.errorf(thrown, "Program %s failed in the agent", uid);
    String message = message(thrown);
    update(
        now ->
            new Standing(
                now.target(),
                now.state() instanceof WorkState.Unloading
                    ? new WorkState.Unloading(FailureReason.INTERNAL.text(), message)
                    : new WorkState.Failed(FailureReason.INTERNAL.text(), message),
                now.held()));
    again();
  }

  private void step() {
    List<Assignment> ranked;
    synchronized (this) {
      ranked = wanted;
    }
    if (ranked == null) {
      adopt();
    } else if (ranked.isEmpty()) {
      unload();
    } else {
      bring(ranked);
    }
    verify();
  }

  /** Reads the rings of what is pinned before the API server says whether it is wanted. */
  private void adopt() {
    if (pinned == null) {
      return;
    }
    kernel.lock();
    try {
      if (ended || standing.held() != null) {
        return;
      }
      node.budget().reserve(uid, pinned.mapBytes());
      RunningProgram adopted = node.loader().adopt(pinned);
      node.budget().keep(uid);
      runs(new Loader.Started(adopted, ProgramCounters.NONE), pinned.assignment());
      LOG.infof("%s goes on as it was pinned", named(pinned.assignment()));
    } catch (StartException e) {
      LOG.warnf(
          "%s is pinned and cannot be adopted as it is (%s): %s",
          named(pinned.assignment()), e.reason().text(), e.getMessage());
      said(pinned.assignment(), new WorkState.Pending(e.reason().text(), message(e)));
      if (!FINAL.contains(e.reason())) {
        again();
      }
    } finally {
      node.budget().giveBack(uid);
      kernel.unlock();
    }
  }

  private void bring(List<Assignment> ranked) {
    if (!ranked.equals(tried)) {
      tried = ranked;
      refused.keySet().retainAll(ranked);
      succeeded();
    }
    removeEnded();
    Assignment target = ranked.getFirst();
    boolean later = false;
    for (Assignment candidate : ranked) {
      Held held = standing.held();
      if (held != null && (!candidate.equals(target) || candidate.equals(held.assignment()))) {
        break;
      }
      if (refused.containsKey(candidate)) {
        continue;
      }
      switch (load(candidate, target)) {
        case DONE -> {
          if (!candidate.equals(target)) {
            LOG.warnf("%s runs in place of revision %d", named(candidate), target.revision());
          }
        }
        case LATER -> later = true;
        case REFUSED -> {}
        case DROPPED -> {
          return;
        }
      }
    }
    WorkState refusal = refused.get(target);
    if (refusal != null) {
      said(target, refusal);
    }
    Held held = standing.held();
    if (held == null && !later) {
      // What an earlier agent left has nobody to read it if no revision of it can run here.
      if (!removeLeftover()) {
        again();
      }
    } else if (held == null || (!held.assignment().equals(target) && refusal == null)) {
      again();
    }
  }

  /**
   * @param target of which the state is told
   */
  private Outcome load(Assignment candidate, Assignment target) {
    Tried tried = tried(candidate, this::started);
    if (tried.outcome() == Outcome.REFUSED) {
      refused.put(candidate, tried.state());
    }
    if (tried.isFailure() && candidate.equals(target)) {
      said(target, tried.state());
    }
    return tried.outcome();
  }

  /**
   * How a try ended.
   *
   * @param state of the candidate after it, if it failed
   */
  private record Tried(Outcome outcome, WorkState state) {
    boolean isFailure() {
      return outcome == Outcome.REFUSED || outcome == Outcome.LATER;
    }
  }

  /** What is done with an assignment that is ready; false if it is not wanted any more. */
  private interface Attempt {
    boolean done(Assignment candidate, Prepared prepared) throws StartException;
  }

  private Tried tried(Assignment candidate, Attempt attempt) {
    node.loads().acquireUninterruptibly();
    try {
      node.budget().requirePlace(uid);
      boolean done = attempt.done(candidate, node.loader().prepare(candidate));
      return new Tried(done ? Outcome.DONE : Outcome.DROPPED, UNTRIED);
    } catch (UnavailableException e) {
      LOG.warnf("%s: %s", named(candidate), e.getMessage());
      return new Tried(
          Outcome.LATER, new WorkState.Pending(NodeReason.ARTIFACT_UNAVAILABLE, message(e)));
    } catch (StartException e) {
      LOG.warnf("%s does not run (%s): %s", named(candidate), e.reason().text(), e.getMessage());
      return new Tried(
          FINAL.contains(e.reason()) ? Outcome.REFUSED : Outcome.LATER,
          new WorkState.Failed(e.reason().text(), message(e)));
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "%s failed in the agent", named(candidate));
      return new Tried(
          Outcome.LATER, new WorkState.Failed(FailureReason.INTERNAL.text(), message(e)));
    } finally {
      node.loads().release();
    }
  }

  /** Tries what is to be verified, until there is an answer that stays. */
  private void verify() {
    Work.Trial asked;
    synchronized (this) {
      asked = trial;
    }
    if (asked == null || asked.equals(answered)) {
      return;
    }
    Assignment candidate = asked.assignment();
    tell(candidate, new WorkState.Verifying());
    Tried tried = tried(candidate, this::verified);
    switch (tried.outcome()) {
      case DONE -> {
        LOG.infof("%s is accepted by this kernel's verifier", named(candidate));
        answer(candidate, new WorkState.Verified());
      }
      case REFUSED -> answer(candidate, tried.state());
      case LATER -> {
        tell(candidate, tried.state());
        again();
      }
      case DROPPED -> {}
    }
  }

  private void answer(Assignment candidate, WorkState state) {
    answered = new Work.Trial(candidate, state);
    tell(candidate, state);
  }

  private void tell(Assignment candidate, WorkState state) {
    synchronized (this) {
      if (candidate.equals(toVerify)) {
        trial = new Work.Trial(candidate, state);
      }
    }
    node.listener().changed();
  }

  /** False if it is not asked for any more. */
  private boolean verified(Assignment candidate, Prepared prepared) throws StartException {
    kernel.lock();
    try {
      if (ended || !isToVerify(candidate)) {
        return false;
      }
      node.budget().reserve(uid, prepared.mapBytes());
      try {
        prepared.verify();
        return true;
      } finally {
        node.budget().giveBack(uid);
      }
    } finally {
      kernel.unlock();
    }
  }

  private synchronized boolean isToVerify(Assignment candidate) {
    return candidate.equals(toVerify);
  }

  /** False if it is not wanted any more. */
  private boolean started(Assignment candidate, Prepared prepared) throws StartException {
    kernel.lock();
    try {
      if (ended || !isWanted(candidate)) {
        return false;
      }
      node.budget().reserve(uid, prepared.mapBytes());
      try {
        Held held = standing.held();
        Loader.Started started = prepared.start(held == null ? null : held.program());
        node.budget().keep(uid);
        succeeded();
        leftBehind = false;
        runs(started, candidate);
        LOG.infof("%s runs", named(candidate));
        return true;
      } finally {
        node.budget().giveBack(uid);
      }
    } finally {
      kernel.unlock();
    }
  }

  private synchronized boolean isWanted(Assignment candidate) {
    return wanted != null && wanted.contains(candidate);
  }

  private void runs(Loader.Started started, Assignment assignment) {
    RunningProgram program = started.program();
    Held held = new Held(program, assignment, Instant.now());
    synchronized (this) {
      readingSince = System.nanoTime();
    }
    update(now -> new Standing(now.target(), now.state(), held));
    program.onStateChange(
        state -> {
          if (state instanceof ProgramState.Failed) {
            readerEnded();
          }
          node.listener().changed();
        });
    node.totals().begins(program, started.ended());
    node.listener().changed();
  }

  /** Starts it again, the later the more often that happens. */
  private synchronized void readerEnded() {
    if (System.nanoTime() - readingSince > STEADY.toNanos()) {
      readersEnded = 0;
    }
    readersEnded++;
    if (!due) {
      cancelRetry();
      retry = node.listener().wakeAfter(Backoff.after(readersEnded), this);
    }
  }

  /** Makes room for the next start if what runs has ended by itself. */
  private void removeEnded() {
    kernel.lock();
    try {
      Held held = standing.held();
      if (ended || held == null || !(held.program().state() instanceof ProgramState.Failed)) {
        return;
      }
      WorkState its = of(held.program().state());
      stop(held);
      node.budget().release(uid);
      update(now -> new Standing(now.target(), its, null));
    } finally {
      kernel.unlock();
    }
  }

  /** The next try of what may yet come to run. */
  private void again() {
    synchronized (this) {
      failures++;
      if (!due) {
        cancelRetry();
        retry = node.listener().wakeAfter(Backoff.after(failures), this);
      }
    }
  }

  private synchronized void succeeded() {
    failures = 0;
  }

  /** Detaches, drains and removes the program if nothing is wanted of it. */
  private void unload() {
    boolean gone = false;
    kernel.lock();
    try {
      if (ended || !isNotToRun()) {
        return;
      }
      Held held = standing.held();
      if (held != null) {
        unloading(held.assignment(), "", "");
        stop(held);
        node.budget().release(uid);
      } else if (leftBehind && standing.target() != null) {
        unloading(standing.target(), "", "");
      }
      gone = removeLeftover();
    } finally {
      kernel.unlock();
    }
    if (!gone) {
      again();
    } else if (unwanted()) {
      node.listener().gone(this);
    } else {
      forgetTarget();
    }
  }

  /** Nothing of it is in the kernel and nothing shall run: there is only what is tried. */
  private synchronized void forgetTarget() {
    if (isNotToRun()) {
      standing = new Standing(null, UNTRIED, null);
    }
  }

  private void unloading(Assignment assignment, String reason, String why) {
    update(now -> new Standing(assignment, new WorkState.Unloading(reason, why), null));
    node.listener().changed();
  }

  private void stop(Held held) {
    RunningProgram program = held.program();
    // Whatever happens now, what is pinned of it may be left.
    leftBehind = leftBehind || program.isPinned();
    try (program) {
      node.totals().ends(program);
      ProgramCounters counters = program.stop(node.drain());
      node.totals().ended(program.identity(), counters);
      LOG.infof("%s unloaded: %s", named(held.assignment()), counters.toJson());
    } catch (RuntimeException | Error e) {
      node.totals().endedUnseen(program.identity());
      LOG.errorf(e, "%s did not end as it should", named(held.assignment()));
    }
  }

  /** Whether nothing of the program is pinned any more. */
  private boolean removeLeftover() {
    kernel.lock();
    try {
      if (leftBehind && !ended) {
        node.loader().remove(uid);
        leftBehind = false;
      }
      return true;
    } catch (StartException e) {
      LOG.warnf("The pinned program %s cannot be removed: %s", uid, e.getMessage());
      Assignment last = standing.target();
      if (last != null && isNotToRun()) {
        unloading(last, e.reason().text(), message(e));
      }
      return false;
    } finally {
      kernel.unlock();
    }
  }

  /**
   * Lets go of what is pinned and unloads everything else; nothing is done any more from then on.
   *
   * @param drain how long the last records may take
   */
  void end(Duration drain) {
    kernel.lock();
    try {
      ended = true;
      Held held = standing.held();
      if (held == null) {
        return;
      }
      update(now -> new Standing(now.target(), now.state(), null));
      if (held.program().isPinned()) {
        held.program().leave(drain);
        LOG.infof("%s stays in the kernel for the next agent", named(held.assignment()));
      } else {
        stop(held);
      }
    } finally {
      kernel.unlock();
    }
  }

  /** Where it stands; empty if nothing is known of it but that it is there. */
  Optional<Work> standing() {
    Standing now = standing;
    Optional<Work.Trial> tries = Optional.ofNullable(trial);
    Assignment target = now.target();
    if (target == null) {
      return tries.map(only -> new Work(only.assignment(), only.state(), Optional.empty()));
    }
    Held held = now.held();
    if (held == null) {
      return Optional.of(new Work(target, now.state(), Optional.empty(), tries));
    }
    ProgramState its = held.program().state();
    WorkState state = held.assignment().equals(target) ? of(its) : now.state();
    return Optional.of(new Work(target, state, running(held, its), tries));
  }

  private static Optional<Work.Current> running(Held held, ProgramState its) {
    return switch (its) {
      case ProgramState.Running _ ->
          Optional.of(new Work.Current(held.assignment(), held.since(), Optional.empty()));
      case ProgramState.Degraded(FailureReason reason, String message) ->
          Optional.of(
              new Work.Current(
                  held.assignment(),
                  held.since(),
                  Optional.of(new Work.Trouble(reason.text(), message))));
      case ProgramState.Failed _, ProgramState.Stopping _, ProgramState.Stopped _ ->
          Optional.empty();
    };
  }

  private static WorkState of(ProgramState its) {
    return switch (its) {
      case ProgramState.Running _, ProgramState.Degraded _ -> new WorkState.Running();
      case ProgramState.Failed(FailureReason reason, String message) ->
          new WorkState.Failed(reason.text(), message + " It is started again.");
      case ProgramState.Stopping _ -> new WorkState.Pending("Stopping", "");
      case ProgramState.Stopped _ -> new WorkState.Pending("Stopped", "");
    };
  }

  /** What is in the kernel; of what an earlier agent left, until it is said what is wanted. */
  Optional<Assignment> there() {
    Held held = standing.held();
    if (held != null) {
      return Optional.of(held.assignment());
    }
    synchronized (this) {
      return wanted == null
          ? Optional.ofNullable(pinned).map(Pinned::assignment)
          : Optional.empty();
    }
  }

  /** What is loaded, for its counters. */
  Optional<RunningProgram> program() {
    return Optional.ofNullable(standing.held()).map(Held::program);
  }

  private void said(Assignment target, WorkState state) {
    update(
        now ->
            Objects.equals(target, now.target()) ? new Standing(target, state, now.held()) : now);
    node.listener().changed();
  }

  private synchronized void update(UnaryOperator<Standing> change) {
    standing = change.apply(standing);
  }

  private static String named(Assignment assignment) {
    return assignment.program() + " revision " + assignment.revision();
  }

  private static String message(Throwable e) {
    return ClusterHints.of(
        Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName()));
  }
}
