package dev.whistler.runtime;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program from its attachment to its release. */
final class LiveProgram implements RunningProgram {
  /** How long programs that may sleep have for counting what they have submitted. */
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
  private final @Nullable String notAdopted;
  private final PlaceWatch watch;
  private final Tally tally;

  private @Nullable ProgramCounters finalCounters;
  private boolean closed;

  /**
   * @param attachments what stops producing when closed
   * @param loadedMaps by symbol, owned by {@code kernel}
   * @param kernel everything else in the kernel
   * @param pump reads the rings; null where there are none
   * @param tally what the kernel counts beside the rings
   * @param pins where it is pinned; null where it ends with this process
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
    this.notAdopted = notAdopted;
    this.watch = new PlaceWatch(attachments, state::placeGone);
  }

  /** The state with those who want to hear of its changes. */
  static final class StateHolder {
    static final String READER_RUNS =
        "The reader of the rings did not end when it was told to, so the counts are not final; a"
            + " listener that does not return holds it up, or this machine has no time for it.";

    private final List<Consumer<ProgramState>> listeners = new CopyOnWriteArrayList<>();
    private volatile ProgramState state = new ProgramState.Running(Instant.now());
    private volatile @Nullable String placeGone;

    ProgramState get() {
      return state;
    }

    void listen(Consumer<ProgramState> listener) {
      listeners.add(listener);
    }

    void set(ProgramState next) {
      state = next;
      listeners.forEach(listener -> listener.accept(next));
    }

    /** A sink fails (a sentence), or works again (null). */
    void sink(@Nullable String problem) {
      switch (state) {
        case ProgramState.Running _, ProgramState.Degraded _ -> {
          String place = placeGone;
          set(
              problem != null
                  ? new ProgramState.Degraded(FailureReason.SINK_UNAVAILABLE, problem)
                  : place == null
                      ? new ProgramState.Running(Instant.now())
                      : new ProgramState.Degraded(FailureReason.ATTACH_FAILED, place));
        }
        case ProgramState.Stopping _, ProgramState.Stopped _, ProgramState.Failed _ -> {}
      }
    }

    /** A place at which a program was attached is gone, for good. */
    void placeGone(String sentence) {
      placeGone = sentence;
      switch (state) {
        case ProgramState.Running _, ProgramState.Degraded _ ->
            set(new ProgramState.Degraded(FailureReason.ATTACH_FAILED, sentence));
        case ProgramState.Stopping _, ProgramState.Stopped _, ProgramState.Failed _ -> {}
      }
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
  public synchronized ProgramCounters stop(Duration drain) {
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
    unpin();
    attachments.close();
    Quiescence.await();
    if (!endReader(pump == null || pump.end(left(end)), end)) {
      state.readerRuns();
    }
    ProgramCounters counters = counters();
    finalCounters = counters;
    if (pump != null) {
      pump.close();
    }
    return counters;
  }

  /**
   * The rest of the end of a reader: it has ended before the sinks stop, and only then are counts
   * final.
   */
  private boolean endReader(boolean ended, long end) {
    deliveries.forEach(Delivery::closeQueue);
    for (Delivery delivery : deliveries) {
      delivery.stop(left(end));
    }
    if (ended && pump != null && schema.programs().stream().anyMatch(ProgramSchema::sleepable)) {
      pump.awaitCounted(SLEEPERS);
    }
    return ended;
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
   * @return final counts, and the words for the next reader
   */
  synchronized Ended end(boolean handsOver, Duration drain) {
    closed = true;
    long end = System.nanoTime() + drain.toNanos();
    watch.close();
    Quiescence.await();
    boolean ended = pump == null || (handsOver ? pump.endForNext(left(end)) : pump.end(left(end)));
    if (!endReader(ended, end)) {
      state.readerRuns();
      throw new IllegalStateException(StateHolder.READER_RUNS);
    }
    ProgramCounters counters = counters();
    finalCounters = counters;
    long[] words = pump == null ? new long[0] : pump.handOver();
    if (pump != null) {
      pump.close();
    }
    kernel.close();
    state.set(new ProgramState.Stopped(Instant.now()));
    return new Ended(counters, words);
  }

  @SuppressWarnings("ArrayRecordComponent") // handed over once and never compared
  record Ended(ProgramCounters counters, long[] words) {}

  private void unpin() {
    if (pins == null) {
      return;
    }
    try {
      pins.remove();
    } catch (StartException e) {
      throw new IllegalStateException(e.getMessage(), e);
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
  public synchronized void leave(Duration drain) {
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
  public synchronized void close() {
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
