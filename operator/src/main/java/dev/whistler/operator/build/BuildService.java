package dev.whistler.operator.build;

import dev.whistler.compiler.api.Budget;
import dev.whistler.compiler.kernel.KernelDescription;
import dev.whistler.crds.WhistlerArtifactSpec;
import dev.whistler.operator.cache.WeighedCache;
import dev.whistler.operator.model.Reason;
import dev.whistler.operator.model.StoredArtifact;
import dev.whistler.operator.profile.KernelKnowledge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Builds programs on threads of its own and remembers what became of them; nobody waits for it. Who
 * asks learns what is known, and is told when there is more. Each compilation has a deadline of its
 * own: at first a short one, which nearly all keep, so that a program that does not delays the
 * others by no more than that. It then goes on beside them, and what runs out of its whole time is
 * tried again after a while only. Safe for use by several threads.
 */
public final class BuildService implements AutoCloseable {
  /** A compilation takes a few milliseconds. */
  static final Duration SHORT = Duration.ofSeconds(1);

  /** Programs in the queue, each with up to 128 KiB of text. */
  static final int MAX_QUEUED = 512;

  private static final Duration NO_ROOM = Duration.ofSeconds(5);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final long SETBACK_BYTES = 4 << 20;

  private final Settings settings;
  private final ProgramBuilder builder;
  private final Function<String, KernelKnowledge> kernels;
  private final Function<String, Optional<WhistlerArtifactSpec>> artifacts;
  private final BuildCache cache;
  private final WeighedCache<Attempt, Setback> setbacks =
      new WeighedCache<>(SETBACK_BYTES, Setback::bytes);
  private final BuildQueue queue;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final List<Thread> workers = new ArrayList<>();
  private final LongAdder hits = new LongAdder();
  private final LongAdder adopted = new LongAdder();
  private final LongAdder built = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder outOfTime = new LongAdder();
  private final LongAdder defects = new LongAdder();
  private final LongAdder nanosCompiling = new LongAdder();
  private volatile boolean closed;

  /**
   * Bounds.
   *
   * @param workers compilations at once, at least 2: one is always left for what is quick
   * @param timeLimit longest compilation for one kernel
   * @param cacheBytes of what is remembered, about
   */
  public record Settings(int workers, Duration timeLimit, long cacheBytes) {
    public Settings {
      if (workers < 2) {
        throw new IllegalArgumentException(
            "whistler.build-workers is "
                + workers
                + "; it takes at least 2, so that a program"
                + " that compiles for long does not keep all others waiting");
      }
    }
  }

  /**
   * What was done since the start.
   *
   * @param hits outcomes that were known
   * @param adopted builds that were taken from artifacts
   * @param built compilations that yielded an object
   * @param refused compilations that ended in errors of the source or for lack of something
   * @param outOfTime compilations that ran out of their whole time
   * @param defects failures of the operator itself
   * @param queued programs that wait or are in work now
   * @param cacheBytes bytes of what is remembered now
   * @param compiling time spent in all compilations
   */
  public record Counts(
      long hits,
      long adopted,
      long built,
      long refused,
      long outOfTime,
      long defects,
      int queued,
      long cacheBytes,
      Duration compiling) {
    /** All compilations that came to an end. */
    public long compilations() {
      return built + refused + outOfTime + defects;
    }
  }

  private record Attempt(String buildDigest, String kernel) {}

  /**
   * A service that works as soon as it is started.
   *
   * @param kernels what is known of a kernel by its name; the same name never stands for two
   *     kernels
   * @param artifacts fetches an artifact by name, if it is there and the API server answers
   */
  public BuildService(
      Settings settings,
      ProgramBuilder builder,
      Function<String, KernelKnowledge> kernels,
      Function<String, Optional<WhistlerArtifactSpec>> artifacts) {
    this.settings = settings;
    this.builder = builder;
    this.kernels = kernels;
    this.artifacts = artifacts;
    this.cache = new BuildCache(settings.cacheBytes());
    this.queue = new BuildQueue(MAX_QUEUED, settings.workers() - 1, System::nanoTime);
  }

  /** Starts the workers. */
  public synchronized BuildService start() {
    for (int number = workers.size() + 1; number <= settings.workers(); number++) {
      workers.add(Thread.ofPlatform().daemon().name("build-" + number).start(this::work));
    }
    return this;
  }

  /**
   * Tells of each program, by name, of which more is known than before, from now on; the listener
   * must not block.
   */
  public void onProgress(Consumer<String> listener) {
    listeners.add(listener);
  }

  /**
   * What is known of a program's builds. What is not known is built as soon as there is a worker,
   * and what was asked for of this program before and is not among it no longer is.
   *
   * @param stored artifacts of the program; what one of them holds already is not built again
   */
  public ProgramBuilds outcomes(
      Priority priority,
      SourceUnit unit,
      Collection<String> kernels,
      Collection<StoredArtifact> stored) {
    BuildQueue.Request request = request(unit, stored);
    Map<String, BuildOutcome> outcomes = new HashMap<>();
    List<String> missing = new ArrayList<>();
    boolean slow = false;
    Optional<Duration> askAgain = Optional.empty();
    long now = System.nanoTime();
    for (String kernel : kernels) {
      Optional<BuildOutcome> known = known(request.digest(), kernel);
      if (known.isPresent()) {
        outcomes.put(kernel, known.get());
        continue;
      }
      Optional<Setback> setback = setbacks.get(new Attempt(request.digest(), kernel));
      outcomes.put(kernel, setback.map(Setback::outcome).orElse(new BuildOutcome.Queued()));
      slow |= setback.isPresent();
      Duration left = setback.map(it -> it.left(now)).orElse(Duration.ZERO);
      if (left.isPositive()) {
        askAgain = Optional.of(askAgain.filter(it -> it.compareTo(left) < 0).orElse(left));
      } else {
        missing.add(kernel);
      }
    }
    Optional<Duration> queuedFor = queue.want(priority, request, missing, slow);
    boolean turnedAway = !missing.isEmpty() && queuedFor.isEmpty();
    return new ProgramBuilds(outcomes, queuedFor, turnedAway ? Optional.of(NO_ROOM) : askAgain);
  }

  private static BuildQueue.Request request(SourceUnit unit, Collection<StoredArtifact> stored) {
    String digest = unit.digest();
    return new BuildQueue.Request(
        unit,
        digest,
        stored.stream()
            .filter(artifact -> artifact.buildDigest().filter(digest::equals).isPresent())
            .sorted(Comparator.comparing(StoredArtifact::name))
            .toList());
  }

  private Optional<BuildOutcome> known(String buildDigest, String kernel) {
    // A profile is parsed only where its kernel is new to the program.
    Optional<BuildOutcome> taken = cache.taken(buildDigest, kernel);
    if (taken.isPresent()) {
      hits.increment();
      return taken;
    }
    return switch (kernels.apply(kernel)) {
      case KernelKnowledge.Known known -> {
        Optional<BuildOutcome> found = cache.find(buildDigest, kernel, known.kernel());
        found.ifPresent(outcome -> hits.increment());
        yield found;
      }
      case KernelKnowledge.Awaited awaited -> Optional.of(new BuildOutcome.Awaiting());
      case KernelKnowledge.Malformed malformed ->
          Optional.of(new BuildOutcome.Impossible(Reason.MALFORMED_PROFILE, malformed.message()));
    };
  }

  /** Drops what is to be built of a program that is gone. */
  public void forget(String program) {
    queue.forget(program);
  }

  /** What was done so far. */
  public Counts counts() {
    return new Counts(
        hits.sum(),
        adopted.sum(),
        built.sum(),
        refused.sum(),
        outOfTime.sum(),
        defects.sum(),
        queue.length(),
        cache.bytes(),
        Duration.ofNanos(nanosCompiling.sum()));
  }

  private void work() {
    while (!closed) {
      BuildQueue.Job job;
      try {
        job = queue.take();
      } catch (InterruptedException e) {
        // Only close interrupts.
        return;
      }
      boolean again = false;
      try {
        again = perform(job);
      } catch (Throwable e) {
        setBack(job, defect(job, e));
      }
      boolean isLast = queue.done(job, again);
      if (isLast || job.isSlow()) {
        tell(job);
      }
    }
  }

  private BuildOutcome defect(BuildQueue.Job job, Throwable cause) {
    defects.increment();
    return builder.defect(job.request().unit(), cause);
  }

  /** Whether the job is to be done again, as one that is slow. */
  private boolean perform(BuildQueue.Job job) {
    String digest = job.request().digest();
    // Another worker may have built it for a kernel that answers alike, or the profile is gone.
    if (!(kernels.apply(job.kernel()) instanceof KernelKnowledge.Known known)
        || cache.find(digest, job.kernel(), known.kernel()).isPresent()) {
      return false;
    }
    return !adopt(job, known.kernel()) && compile(job, known.kernel());
  }

  /** Takes what an artifact holds, if the kernel answers as its trace says. */
  private boolean adopt(BuildQueue.Job job, KernelDescription kernel) {
    for (StoredArtifact artifact : job.request().stored()) {
      boolean isTrue =
          artifact
              .trace()
              .flatMap(trace -> StoredBuild.trace(trace, artifact.answersDigest()))
              .filter(trace -> trace.matches(kernel))
              .isPresent();
      // What is known of it came without its object, and from whoever wrote it.
      Optional<TracedBuild> build =
          isTrue
              ? artifacts
                  .apply(artifact.name())
                  .flatMap(spec -> StoredBuild.read(artifact.name(), spec, job.request().unit()))
                  .filter(found -> found.isTrueOf(kernel))
              : Optional.empty();
      if (build.isPresent()) {
        adopted.increment();
        cache.put(job.request().digest(), job.kernel(), build.get());
        return true;
      }
    }
    return false;
  }

  private boolean compile(BuildQueue.Job job, KernelDescription kernel) {
    boolean isWhole = job.isSlow() || settings.timeLimit().compareTo(SHORT) <= 0;
    Deadline deadline = new Deadline(isWhole ? settings.timeLimit() : SHORT, job);
    TracedBuild build = builder.build(job.request().unit(), kernel, deadline);
    nanosCompiling.add(System.nanoTime() - deadline.began);
    if (!deadline.stopped) {
      (build.outcome() instanceof BuildOutcome.Built ? built : refused).increment();
      cache.put(job.request().digest(), job.kernel(), build);
      setbacks.remove(new Attempt(job.request().digest(), job.kernel()));
      return false;
    }
    if (job.isCancelled() || closed) {
      return false;
    }
    if (isWhole) {
      outOfTime.increment();
      setBack(job, build.outcome());
    }
    return !isWhole;
  }

  /** What ran out of time on a busy machine may not do so again. */
  private void setBack(BuildQueue.Job job, BuildOutcome outcome) {
    Attempt attempt = new Attempt(job.request().digest(), job.kernel());
    int attempts = setbacks.get(attempt).map(Setback::attempts).orElse(0) + 1;
    Duration delay = Setback.delay(attempts, ThreadLocalRandom.current().nextDouble());
    setbacks.put(attempt, new Setback(outcome, attempts, System.nanoTime() + delay.toNanos()));
  }

  private void tell(BuildQueue.Job job) {
    for (Consumer<String> listener : listeners) {
      try {
        listener.accept(job.request().program());
      } catch (RuntimeException e) {
        // The program is looked at again all the same, if later.
        var _ = defect(job, e);
      }
    }
  }

  /** The end of one compilation; says whether the compiler was told to stop. */
  private final class Deadline implements Budget {
    private final long began = System.nanoTime();
    private final long nanos;
    private final BuildQueue.Job job;
    private volatile boolean stopped;

    Deadline(Duration limit, BuildQueue.Job job) {
      this.nanos = limit.toNanos();
      this.job = job;
    }

    @Override
    public boolean exhausted() {
      boolean isOver = closed || job.isCancelled() || System.nanoTime() - began >= nanos;
      stopped |= isOver;
      return isOver;
    }
  }

  /** Ends the workers; one that the compiler does not give back in time is left to itself. */
  @Override
  public void close() {
    closed = true;
    List<Thread> ending;
    synchronized (this) {
      ending = List.copyOf(workers);
    }
    ending.forEach(Thread::interrupt);
    long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      for (Thread worker : ending) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left > 0) {
          worker.join(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
