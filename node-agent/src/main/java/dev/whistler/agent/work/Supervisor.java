package dev.whistler.agent.work;

import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.StartException;
import dev.whistler.task.Guard;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Makes what runs on this node equal to what is assigned to it.
 *
 * <p>Each program that is wanted or in the kernel has one actor that owns it; here is only who they
 * are and what they are told. A new revision replaces the old one without a gap; if the new one
 * does not start, the old one stays, and if nothing runs, the newest revision that can. Programs
 * that are pinned stay in the kernel when this ends, for the next agent of the node.
 */
public final class Supervisor implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Supervisor.class);

  /** A container has 30 s to end. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(25);

  private static final Duration LONGEST_LAST_DRAIN = Duration.ofSeconds(20);

  /** Each holds an object of some MiB in memory, and a verifier at work a CPU. */
  private static final int LOADS = 16;

  private static final Comparator<Work> BY_NAME =
      Comparator.comparing((Work work) -> work.assignment().program())
          .thenComparing(work -> work.assignment().uid());

  private final Loader loader;
  private final Duration drain;
  private final Runnable changed;
  private final ScheduledExecutorService timer;
  private final Executor threads;
  private final ProgramActor.Node node;
  private final Totals totals = new Totals();
  private final Map<String, ProgramActor> actors = new ConcurrentHashMap<>();

  // Guarded by this.
  private boolean closed;

  /**
   * @param drain how long the last records of a program may take when it is unloaded
   * @param changed called after every change of {@link #works}, on any thread; must not block
   */
  public Supervisor(Loader loader, NodeBudget budget, Duration drain, Runnable changed) {
    this(
        loader,
        budget,
        drain,
        changed,
        Guard.scheduler("whistler-retry"),
        Guard.threads("whistler-work"));
  }

  /**
   * @param timer for what is to be tried again
   * @param threads a thread for each task
   */
  Supervisor(
      Loader loader,
      NodeBudget budget,
      Duration drain,
      Runnable changed,
      ScheduledExecutorService timer,
      Executor threads) {
    this.loader = loader;
    this.drain = drain;
    this.changed = changed;
    this.timer = timer;
    this.threads = threads;
    this.node =
        new ProgramActor.Node(
            loader, budget, new Semaphore(LOADS), drain, totals, threads, new ActorListener());
  }

  private final class ActorListener implements ProgramActor.Listener {
    @Override
    public void changed() {
      changed.run();
    }

    @Override
    public void gone(ProgramActor actor) {
      forget(actor);
      changed.run();
      actors.values().forEach(ProgramActor::roomHasCome);
    }

    @Override
    public Future<?> wakeAfter(Duration wait, ProgramActor actor) {
      try {
        return timer.schedule(actor::wake, wait.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closing) {
        return CompletableFuture.completedFuture(null);
      }
    }
  }

  private synchronized void forget(ProgramActor actor) {
    if (actor.unwanted() && actors.remove(actor.uid(), actor)) {
      totals.gone(actor.uid());
    }
  }

  /**
   * Goes on with what earlier agents left in the kernel, whether or not somebody says that it is
   * wanted; {@link #assign} says so in the end. To be called once, before it.
   *
   * @throws StartException if it cannot be told what they left; nothing has begun then
   */
  public void begin() throws StartException {
    List<Loader.Leftover> leftovers = loader.leftovers();
    synchronized (this) {
      if (closed) {
        return;
      }
      for (Loader.Leftover leftover : leftovers) {
        ProgramActor actor = new ProgramActor(leftover, node);
        actors.put(leftover.uid(), actor);
        actor.wake();
      }
    }
  }

  /** What should run from now on, at most one entry per program; all else is unloaded. */
  public synchronized void assign(Collection<Candidates> wanted) {
    if (closed) {
      return;
    }
    Set<String> uids = new HashSet<>();
    for (Candidates program : wanted) {
      uids.add(program.target().uid());
    }
    // First what makes room.
    actors.forEach(
        (uid, actor) -> {
          if (!uids.contains(uid)) {
            actor.want(List.of(), Optional.empty());
          }
        });
    for (Candidates program : wanted) {
      actors
          .computeIfAbsent(program.target().uid(), uid -> new ProgramActor(uid, node))
          .want(program.ranked(), program.verify());
    }
    changed.run();
  }

  /** Where each program stands, ordered by name. */
  public List<Work> works() {
    return actors.values().stream()
        .map(ProgramActor::standing)
        .flatMap(Optional::stream)
        .sorted(BY_NAME)
        .toList();
  }

  /** What is in the kernel, by UID of the program. */
  public Map<String, Assignment> there() {
    Map<String, Assignment> there = new HashMap<>();
    actors.forEach((uid, actor) -> actor.there().ifPresent(it -> there.put(uid, it)));
    return there;
  }

  /** What each program has counted, over all of its revisions. */
  public List<Totals.Total> totals() {
    return totals.read();
  }

  /** The programs that are loaded, for what befalls each of them. */
  public List<RunningProgram> programs() {
    return actors.values().stream().map(ProgramActor::program).flatMap(Optional::stream).toList();
  }

  /**
   * Lets go of what is pinned and unloads everything else, all side by side; nothing is loaded any
   * more. What is not done within 25 s goes with the process.
   */
  @Override
  public void close() {
    if (!end()) {
      LOG.warnf("Not all programs were unloaded within %d s.", CLOSE_LIMIT.toSeconds());
    }
  }

  /** As {@link #close}; whether all was done within the limit. */
  boolean end() {
    List<ProgramActor> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(actors.values());
    }
    timer.shutdownNow();
    Duration last = drain.compareTo(LONGEST_LAST_DRAIN) < 0 ? drain : LONGEST_LAST_DRAIN;
    CountDownLatch ended = new CountDownLatch(all.size());
    for (ProgramActor actor : all) {
      threads.execute(
          () -> {
            try {
              actor.end(last);
            } finally {
              ended.countDown();
            }
          });
    }
    try {
      return ended.await(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
