package dev.whistler.runtime;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.adopt.PinnedAccount;
import dev.whistler.runtime.adopt.ProgramPins;
import dev.whistler.runtime.consume.RingPump;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.load.Attachments;
import dev.whistler.runtime.load.PlaceWatch;
import dev.whistler.runtime.load.Quiescence;
import dev.whistler.runtime.load.Resources;
import dev.whistler.runtime.maps.MapAccess;
import dev.whistler.runtime.maps.ProgramMaps;
import dev.whistler.runtime.schema.ObjectSchema;
import dev.whistler.runtime.schema.ProgramSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program from its attachment to its release. */
final class LiveProgram implements RunningProgram {
  /** How long programs that may sleep have at least for submitting and counting. */
  private static final Duration SLEEPERS = Duration.ofMillis(200);

  private final Identity identity;
  private final ObjectSchema schema;
  private final MapAccess maps;
  private final Attachments attachments;
  private final Map<String, BpfMap> loadedMaps;
  private final Resources kernel;
  private final List<Delivery> deliveries;
  private final @Nullable RingPump pump;
  private final StateHolder state;
  private final @Nullable ProgramPins pins;
  private final @Nullable PinnedAccount account;
  private final @Nullable String notAdopted;
  private final PlaceWatch watch;
  private final Tally tally;

  /** Held by whoever stops, leaves or replaces it, for as long as that takes. */
  private final ReentrantLock life = new ReentrantLock();

  private @Nullable ProgramCounters finalCounters;
  private boolean closed;

  /**
   * @param attachments what stops producing when closed
   * @param loadedMaps by symbol, owned by {@code kernel}
   * @param kernel everything else in the kernel
   * @param pump reads the rings; null where there are none
   * @param tally what the kernel counts beside the rings
   * @param pins where it is pinned; null where it ends with this process
   * @param account what is pinned of its counts, owned by {@code kernel}
   * @param notAdopted why pins that were there were replaced; null where none were
   */
  LiveProgram(
      Identity identity,
      ObjectSchema schema,
      MapAccess maps,
      Attachments attachments,
      Map<String, BpfMap> loadedMaps,
      Resources kernel,
      List<Delivery> deliveries,
      @Nullable RingPump pump,
      StateHolder state,
      Tally tally,
      @Nullable ProgramPins pins,
      @Nullable PinnedAccount account,
      @Nullable String notAdopted) {
    this.identity = identity;
    this.schema = schema;
    this.maps = maps;
    this.attachments = attachments;
    this.loadedMaps = Map.copyOf(loadedMaps);
    this.kernel = kernel;
    this.deliveries = List.copyOf(deliveries);
    this.pump = pump;
    this.state = state;
    this.tally = tally;
    this.pins = pins;
    this.account = account;
    this.notAdopted = notAdopted;
    this.watch = new PlaceWatch(attachments, state::placeGone);
  }

  /** The state with those who want to hear of its changes. */
  static final class StateHolder {
    static final String READER_RUNS =
        "The reader of the rings did not end when it was told to, so the counts are not final; a"
            + " listener that does not return holds it up, or this machine has no time for it.";

    private final List<Consumer<ProgramState>> listeners = new CopyOnWriteArrayList<>();
    private final Queue<ProgramState> untold = new ArrayDeque<>();
    private volatile ProgramState state = new ProgramState.Running(Instant.now());
    private boolean telling;
    private final TreeMap<Integer, String> sinkProblems = new TreeMap<>();
    private ProgramState.@Nullable Degraded placeGone;
    private ProgramState.@Nullable Degraded left;

    ProgramState get() {
      return state;
    }

    void listen(Consumer<ProgramState> listener) {
      listeners.add(listener);
    }

    void set(ProgramState next) {
      synchronized (this) {
        change(next);
      }
      tell();
    }

    private void change(ProgramState next) {
      state = next;
      untold.add(next);
    }

    /**
     * Listeners hear of the states in the order in which they come, one at a time, and may call us:
     * whoever comes while one of them is at work leaves his state to that thread.
     */
    private void tell() {
      while (true) {
        ProgramState next;
        synchronized (this) {
          next = telling ? null : untold.poll();
          if (next == null) {
            return;
          }
          telling = true;
        }
        try {
          for (Consumer<ProgramState> listener : listeners) {
            listener.accept(next);
          }
        } finally {
          synchronized (this) {
            telling = false;
          }
        }
      }
    }

    /** A program that is being stopped, or that has failed, is neither degraded nor well again. */
    private void setIfRunning(ProgramState next) {
      switch (state) {
        case ProgramState.Running _, ProgramState.Degraded _ -> change(next);
        case ProgramState.Stopping _, ProgramState.Stopped _, ProgramState.Failed _ -> {}
      }
    }

    /** The sink of that number fails (a sentence), or works again (null); others may still fail. */
    void sink(int sink, @Nullable String problem) {
      synchronized (this) {
        if (problem == null) {
          sinkProblems.remove(sink);
        } else {
          sinkProblems.put(sink, problem);
        }
        sinksChanged();
      }
      tell();
    }

    private void sinksChanged() {
      ProgramState.@Nullable Degraded lasting = placeGone != null ? placeGone : left;
      if (!sinkProblems.isEmpty()) {
        setIfRunning(
            new ProgramState.Degraded(
                FailureReason.SINK_UNAVAILABLE, sinkProblems.firstEntry().getValue()));
      } else {
        setIfRunning(lasting != null ? lasting : new ProgramState.Running(Instant.now()));
      }
    }

    /** A place at which a program was attached is gone, for good. */
    void placeGone(String sentence) {
      synchronized (this) {
        placeGone = new ProgramState.Degraded(FailureReason.ATTACH_FAILED, sentence);
        setIfRunning(placeGone);
      }
      tell();
    }

    /** Something of the revision that was replaced could not be taken away. */
    void leftBehind(Exception fault) {
      synchronized (this) {
        left =
            new ProgramState.Degraded(
                FailureReason.INTERNAL,
                "This revision runs, but something of the one before it is left: "
                    + fault.getMessage()
                    + "; it goes at the next start or update.");
        setIfRunning(left);
      }
      tell();
    }

    /** The reader of the rings is beyond its bound. */
    void readerRuns() {
      set(new ProgramState.Failed(FailureReason.INTERNAL, READER_RUNS));
    }

    void failed(Throwable fault) {
      set(
          new ProgramState.Failed(
              FailureReason.INTERNAL,
              "Reading the rings ended with a fault of this program: "
                  + fault
                  + "; please report it."));
    }
  }

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public ObjectSchema schema() {
    return schema;
  }

  @Override
  public ProgramState state() {
    return state.get();
  }

  @Override
  public void onStateChange(Consumer<ProgramState> listener) {
    state.listen(listener);
  }

  @Override
  public synchronized ProgramCounters counters() {
    if (finalCounters != null) {
      return finalCounters;
    }
    return new ProgramCounters(
        pump == null ? List.of() : pump.counters(), tally.programs(), tally.maps());
  }

  @Override
  public List<RingAccount.UndecodableRecord> undecodable() {
    return pump == null ? List.of() : pump.undecodable();
  }

  @Override
  public ProgramMaps maps() {
    return maps;
  }

  @Override
  public ProgramCounters stop(Duration drain) {
    life.lock();
    try {
      return stopOwned(drain);
    } finally {
      life.unlock();
    }
  }

  private synchronized ProgramCounters stopOwned(Duration drain) {
    ProgramCounters done = finalCounters;
    if (done != null) {
      return done;
    }
    long end = System.nanoTime() + drain.toNanos();
    boolean failed = state.get() instanceof ProgramState.Failed;
    if (!failed) {
      state.set(new ProgramState.Stopping());
    }
    watch.close();
    RuntimeException fault = unpin();
    attachments.close();
    if (!endReader(false, end, LiveProgram::raise)) {
      state.readerRuns();
    }
    ProgramCounters counters = counters();
    finalCounters = counters;
    if (pump != null) {
      pump.close();
    }
    if (pins != null) {
      pins.close();
    }
    if (fault != null) {
      throw fault;
    }
    return counters;
  }

  /**
   * Ends the reader of programs that nothing runs any more: what they are about to submit is waited
   * for, the reader has ended before the sinks stop, and only then are counts final.
   *
   * @param handsOver whether another reader goes on with the rings; else they are read to their end
   * @param faults told if the wait failed, which ends nothing
   * @return whether the reader has ended
   */
  private boolean endReader(boolean handsOver, long end, Consumer<Exception> faults) {
    guarded(faults, Quiescence::await);
    // One that is kept from its memory must not cost the sinks all of their time.
    boolean sleepersEnded =
        !maySleep() || Quiescence.awaitSleepers(longer(left(end).dividedBy(2), SLEEPERS));
    boolean ended = pump == null || (handsOver ? pump.endForNext(left(end)) : pump.end(left(end)));
    deliveries.forEach(Delivery::closeQueue);
    for (Delivery delivery : deliveries) {
      delivery.stop(left(end));
    }
    if (ended && pump != null && !sleepersEnded) {
      pump.awaitCounted(SLEEPERS);
    }
    return ended;
  }

  private boolean maySleep() {
    return pump != null && schema.programs().stream().anyMatch(ProgramSchema::sleepable);
  }

  private static void raise(Exception fault) {
    throw fault instanceof RuntimeException e ? e : new IllegalStateException(fault);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A step with which no stop and no other update overlaps. */
  @FunctionalInterface
  interface Exclusive<T> {
    T run() throws StartException;
  }

  <T> T exclusively(Exclusive<T> step) throws StartException {
    life.lock();
    try {
      return step.run();
    } finally {
      life.unlock();
    }
  }

  /** What it has pinned; null where it ends with this process. */
  @Nullable ProgramPins pins() {
    return pins;
  }

  /** What is pinned of its counts; null if nothing is, or if it is of no use to others. */
  @Nullable PinnedAccount account() {
    return account;
  }

  /** What is attached, to be taken over. */
  Attachments attachments() {
    return attachments;
  }

  /** Its maps by symbol; they stay this program's. */
  Map<String, BpfMap> loadedMaps() {
    return loadedMaps;
  }

  List<String> sinkNames() {
    return deliveries.stream().map(delivery -> delivery.account().sink()).toList();
  }

  /** Whether it can be replaced: it runs, and nobody stopped it. */
  synchronized boolean isLive() {
    return !closed && finalCounters == null;
  }

  /**
   * Ends reading after another revision has taken the places over, and releases what is this
   * revision's own.
   *
   * @param handsOver whether another reader goes on with the rings; else they are read to their end
   * @param drain how long to read and deliver what is there
   * @param faults told what could not be released
   * @return final counts, and the words for the next reader
   */
  synchronized Ended end(boolean handsOver, Duration drain, Consumer<Exception> faults) {
    closed = true;
    long end = System.nanoTime() + drain.toNanos();
    watch.close();
    boolean ended = endReader(handsOver, end, faults);
    guarded(faults, () -> finalCounters = counters());
    ProgramCounters counted =
        finalCounters == null ? new ProgramCounters(List.of()) : finalCounters;
    finalCounters = counted;
    if (!ended) {
      guarded(faults, kernel::close);
      state.readerRuns();
      return new Ended(counted, new long[0], false);
    }
    long[] words = pump == null ? new long[0] : pump.handOver();
    if (pump != null) {
      guarded(faults, pump::close);
    }
    guarded(faults, kernel::close);
    state.set(new ProgramState.Stopped(Instant.now()));
    return new Ended(counted, words, true);
  }

  /** What fails at the end of a program whose places another one has keeps nothing from ending. */
  private static void guarded(Consumer<Exception> faults, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      faults.accept(e);
    }
  }

  /**
   * How it ended.
   *
   * @param words for the next reader of its rings
   * @param readerEnded false if its reader may still run, so that nobody may read the same rings
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once and never compared
  record Ended(ProgramCounters counters, long[] words, boolean readerEnded) {}

  /** What it cannot remove does not keep the program attached. */
  private @Nullable RuntimeException unpin() {
    try {
      if (pins != null) {
        pins.remove();
      }
      return null;
    } catch (StartException e) {
      return new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public boolean isPinned() {
    return pins != null;
  }

  @Override
  public List<String> warnings() {
    return attachments.warnings();
  }

  @Override
  public Optional<String> notAdopted() {
    return Optional.ofNullable(notAdopted);
  }

  @Override
  public void leave(Duration drain) {
    life.lock();
    try {
      leaveOwned(drain);
    } finally {
      life.unlock();
    }
  }

  private synchronized void leaveOwned(Duration drain) {
    if (pins == null) {
      throw new IllegalStateException("Program " + identity.program() + " is not pinned.");
    }
    if (closed) {
      return;
    }
    closed = true;
    boolean ended = pump == null || pump.end(drain);
    deliveries.forEach(Delivery::close);
    if (pump != null) {
      if (ended) {
        pump.leave();
      }
      finalCounters = counters();
      pump.close();
    }
    watch.close();
    attachments.close();
    kernel.close();
    pins.close();
    if (ended) {
      state.set(new ProgramState.Stopped(Instant.now()));
    } else {
      state.readerRuns();
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  @Override
  public void close() {
    life.lock();
    try {
      closeOwned();
    } finally {
      life.unlock();
    }
  }

  private synchronized void closeOwned() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      stop(Duration.ZERO);
    } finally {
      kernel.close();
    }
    if (!(state.get() instanceof ProgramState.Failed)) {
      state.set(new ProgramState.Stopped(Instant.now()));
    }
  }
}
