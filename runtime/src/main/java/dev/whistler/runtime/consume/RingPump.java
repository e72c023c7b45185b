package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.ring.RingRecord;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.runtime.RecordListener;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.account.SinkCounters;
import dev.whistler.runtime.decode.JsonBuffer;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.LineBatch;
import dev.whistler.runtime.reader.ReaderThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rings of one program on a platform thread of its own ({@code epoll_wait} would pin a
 * carrier), decodes, counts, and hands lines to the sinks in batches.
 */
public final class RingPump implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration DRAIN_POLL = Duration.ofMillis(5);
  private static final int BATCH_BYTES = 64 << 10;
  private static final long SETTLE_NANOS = 1_000_000;

  /**
   * Records of a ring between two looks at whether to end. Where progress is accounted for, also
   * between two accounts: a reader that is killed again and again while it catches up gets on.
   */
  private static final int BATCH_RECORDS = 4096;

  /** Producers are told of less room than this only at the end of a batch. */
  private static final int MIN_RELEASE_BYTES = 2048;

  /** Records between two looks at the clock's age; a power of two. */
  private static final int CLOCK_BATCH = 1024;

  /** What the reader may take beyond its limit: one batch of each ring, on a busy machine. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** How often counts are read again that the reader has overtaken meanwhile. */
  private static final int ATTEMPTS = 8;

  private final List<RingSource> rings;
  private final List<Delivery> deliveries;
  private final KernelCounters kernel;
  private final WallClock clock;
  private final RecordListener listener;
  private final long maxRecords;
  private final RingBufferReader reader;
  private final BackPressure backPressure;
  private final LossLines lossLines;
  private final LineBatch batch = new LineBatch(BATCH_BYTES);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ReaderThread thread;
  private final @Nullable Retention retention;
  private final Pacing pacing;

  /** End of the last record of each ring that is counted; the reading thread's. */
  private final long[] positions;

  private int readInStep;
  private long decodedTotal;
  private volatile ReaderReport report;

  /**
   * @param misses what the programs missed so far
   * @param maxRecords records delivered at most, those after it count as filtered; 0: no limit
   * @param checkpoint where progress is kept for a process that takes over; null: records are gone
   *     from the ring once they are in the queues
   * @param patience how long sinks may hold up records in a ring that is nearly full
   * @param pause between two reads at most, where few records come
   * @param failure told if reading ends by itself, which is a fault of ours
   */
  public RingPump(
      String name,
      List<RingSource> rings,
      List<Delivery> deliveries,
      KernelCounters kernel,
      Supplier<List<ProgramMisses>> misses,
      WallClock clock,
      RecordListener listener,
      long maxRecords,
      @Nullable Checkpoint checkpoint,
      Duration patience,
      Duration pause,
      Consumer<Throwable> failure) {
    this.rings = List.copyOf(rings);
    this.deliveries = List.copyOf(deliveries);
    this.kernel = kernel;
    this.clock = clock;
    this.listener = listener;
    this.maxRecords = maxRecords;
    // Room is given back here, after the report of what was read from it.
    reader = RingBufferReader.retaining(rings.stream().map(RingSource::map).toList());
    backPressure = new BackPressure(new RingRoom(this.rings, reader), this.deliveries, patience);
    lossLines = new LossLines(this.rings, this.deliveries, backPressure, kernel, misses);
    retention =
        checkpoint == null
            ? null
            : new Retention(checkpoint, reader, backPressure, lossLines, rings.size());
    pacing = new Pacing(this.rings, reader, pause);
    positions = new long[rings.size()];
    report = begin();
    thread = new ReaderThread("rings-" + name, () -> run(failure));
  }

  /**
   * Goes on where the rings and, if there is one, the account say that the last reader was; before
   * {@link #start}.
   */
  public void takeOver() {
    reader.resume();
    if (retention != null) {
      goOnFrom(retention.restore());
      lossLines.goOn();
    } else {
      begin();
    }
  }

  /**
   * Goes on with the counts of a reader of the same rings that has ended; before {@link #start}.
   *
   * @param words as {@link #handOver} gave them
   */
  public void goOn(long[] words) {
    reader.resume();
    goOnFrom(Checkpoint.restore(words, rings, sinks(), lossLines.kernelTold()));
    lossLines.goOn();
    if (retention != null) {
      retention.goOn();
    }
  }

  private void goOnFrom(long[] from) {
    for (int ring = 0; ring < positions.length; ring++) {
      reader.release(ring, from[ring]);
    }
    begin();
    rings.forEach(ring -> decodedTotal += ring.account().decodedTotal());
  }

  private ReaderReport begin() {
    for (int ring = 0; ring < positions.length; ring++) {
      positions[ring] = reader.cursor(ring);
    }
    return publish();
  }

  /** Tells others how far reading has come. */
  private ReaderReport publish() {
    List<ReaderReport.Ring> counted = new ArrayList<>(positions.length);
    for (int ring = 0; ring < positions.length; ring++) {
      RingAccount account = rings.get(ring).account();
      counted.add(
          new ReaderReport.Ring(
              positions[ring], account.decodedTotal(), account.undecodableTotal()));
    }
    ReaderReport now = new ReaderReport(counted);
    report = now;
    return now;
  }

  /**
   * The counts for whoever reads the same rings next; after {@link #end}, once the sinks have
   * stopped too. The account has them before the room is given back, since it may be the next
   * reader's, too.
   */
  public long[] handOver() {
    long[] last = report.rings().stream().mapToLong(ReaderReport.Ring::position).toArray();
    if (retention != null) {
      retention.handOver(last);
    }
    return Checkpoint.words(rings, sinks(), last, lossLines.kernelTold());
  }

  /**
   * Goes back to what the account says, as whoever takes over will; after {@link #end}, once the
   * sinks have stopped too.
   */
  public void leave() {
    if (retention != null) {
      System.arraycopy(retention.restore(), 0, positions, 0, positions.length);
      publish();
    }
  }

  private List<SinkAccount> sinks() {
    return deliveries.stream().map(Delivery::account).toList();
  }

  /** Begins to read. */
  public void start() {
    thread.start();
  }

  private void run(Consumer<Throwable> failure) {
    try {
      while (backPressure.isReading()) {
        step(POLL);
      }
      while (backPressure.mayRead() && !isEmpty()) {
        step(DRAIN_POLL);
      }
      lossLines.writeAll();
      settle(System.nanoTime() + backPressure.readNanos());
    } catch (RuntimeException | Error e) {
      failure.accept(e);
      backPressure.end(Duration.ZERO, Duration.ZERO);
      flush();
    } finally {
      publish();
      ended.countDown();
    }
  }

  private void step(Duration wait) {
    readInStep = 0;
    if (retention == null || retention.isSettled()) {
      pause();
      reader.poll(this::record, wait, BATCH_RECORDS);
    } else {
      // While records are retained, the kernel announces nothing new.
      LockSupport.parkNanos(SETTLE_NANOS);
      reader.consume(this::record, BATCH_RECORDS);
    }
    flush();
    // Beyond the last record there may be discarded ones.
    begin();
    releaseUnlessRetained();
    clock.refresh();
    lossLines.write();
    settle(System.nanoTime() + SETTLE_NANOS);
  }

  /** An end that comes meanwhile waits for it. */
  private void pause() {
    long nanos = pacing.nanos();
    if (nanos > 0 && backPressure.isReading()) {
      LockSupport.parkNanos(nanos);
    }
  }

  /** After the wait for a record and not before it: the wall clock may be set meanwhile. */
  private void refreshClock() {
    if ((readInStep++ & (CLOCK_BATCH - 1)) == 0) {
      clock.refresh();
    }
  }

  private void settle(long untilNanos) {
    if (retention != null) {
      retention.settle(untilNanos);
    }
  }

  private void releaseUnlessRetained() {
    if (retention == null) {
      for (int ring = 0; ring < positions.length; ring++) {
        reader.release(ring, positions[ring]);
      }
    }
  }

  private void record(RingRecord record) {
    RingSource ring = rings.get(record.ring());
    RingDecoder decoder = ring.decoder();
    RingAccount account = ring.account();
    refreshClock();
    if (decoder.decode(record.memory(), record.offset(), record.length(), record.position())) {
      account.decoded();
      decodedTotal++;
      positions[record.ring()] = record.end();
      deliver(record.ring(), decoder.line());
      listener.decoded(account.ring(), decodedTotal);
    } else {
      byte[] first = new byte[Math.min(record.length(), RingAccount.SAMPLE_BYTES)];
      record.copy(0, first, 0, first.length);
      account.undecodable(record.position(), record.length(), first);
      positions[record.ring()] = record.end();
    }
    if (batch.length() >= BATCH_BYTES || holdsMuch(record)) {
      flush();
      publish();
      releaseUnlessRetained();
    }
  }

  private void deliver(int ring, JsonBuffer line) {
    if (maxRecords != 0 && decodedTotal > maxRecords) {
      deliveries.forEach(delivery -> delivery.account().filtered(ring, 1));
    } else {
      batch.add(ring, line.array(), 0, line.length());
    }
  }

  /** Whether an eighth of the ring waits to be given back to the producers. */
  private boolean holdsMuch(RingRecord record) {
    return retention == null
        && record.end() - reader.consumerPosition(record.ring())
            >= Math.max(rings.get(record.ring()).map().maxEntries() / 8, MIN_RELEASE_BYTES);
  }

  private void flush() {
    if (!batch.isEmpty()) {
      // before the sinks count it: nobody sees more delivered than decoded
      publish();
      backPressure.offer(batch);
      batch.clear();
    }
  }

  private boolean isEmpty() {
    for (int ring = 0; ring < rings.size(); ring++) {
      if (reader.cursor(ring) != reader.producerPosition(ring)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads what is in the rings and hands it to the sinks' queues, then reads no more. Half of the
   * time may be spent on waiting for sinks, the rest is for counting what they did not take. When
   * this returns true, the thread has ended, and {@link #counters} says what it said last.
   *
   * @return false if the thread did not end, which is a fault of ours or of the listener
   */
  public boolean end(Duration limit) {
    return end(limit.dividedBy(2), limit);
  }

  /** The same for a reader whose rings another one goes on with: it only hands on what it holds. */
  public boolean endForNext(Duration limit) {
    return end(limit.dividedBy(2), Duration.ZERO);
  }

  private boolean end(Duration wait, Duration read) {
    backPressure.end(wait, read);
    try {
      reader.wake();
    } catch (SystemCallException _) {
      // The reader looks at the end of its wait, within a second.
    }
    return thread.thread().getState() == Thread.State.NEW
        || awaitEnd((wait.compareTo(read) < 0 ? read : wait).plus(GRACE));
  }

  /** To its end also where this thread is interrupted: the counts are not final before. */
  private boolean awaitEnd(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return ended.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Counts as of the reader's last report. Read against the stream, sinks first: while events flow,
   * a later term may lag behind an earlier one, and no record is counted twice.
   */
  public List<RingCounters> counters() {
    List<RingCounters> counters = new ArrayList<>();
    for (int ring = 0; ring < rings.size(); ring++) {
      counters.add(counters(ring));
    }
    return counters;
  }

  private RingCounters counters(int ring) {
    RingSource source = rings.get(ring);
    boolean running = ended.getCount() > 0;
    List<SinkCounters> sinks = deliveries.stream().map(d -> d.account().counters(ring)).toList();
    ReaderReport.Ring read = report.rings().get(ring);
    OptionalLong pending = reader.pendingRecords(ring, read.position());
    for (int attempt = 1; pending.isEmpty() && attempt < ATTEMPTS; attempt++) {
      read = report.rings().get(ring);
      pending = reader.pendingRecords(ring, read.position());
    }
    KernelCounters.Counts counts = kernel.read(source.statsIndex());
    long inRing = pending.orElse(Math.max(0, counts.produced() - read.read()));
    long decoded = read.decoded();
    return new RingCounters(
        source.account().ring(),
        source.isCounted() ? counts.produced() : read.read() + inRing,
        counts.lost(),
        source.isCounted(),
        decoded,
        read.undecodable(),
        inRing,
        running ? sinks.stream().map(sink -> sink.within(decoded)).toList() : sinks);
  }

  /**
   * Waits until every record that was read or is in a ring is counted as produced, which happens
   * after its submission: in a program that sleeps perhaps much later. After {@link #end}.
   */
  public void awaitCounted(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() - until < 0 && counters().stream().anyMatch(RingPump::isBehind)) {
      LockSupport.parkNanos(SETTLE_NANOS);
    }
  }

  private static boolean isBehind(RingCounters ring) {
    return ring.produced() - ring.decoded() - ring.undecodable() - ring.inRing() < 0;
  }

  /** The first undecodable records of each ring that this reader met. */
  public List<RingAccount.UndecodableRecord> undecodable() {
    return rings.stream().flatMap(ring -> ring.account().samples().stream()).toList();
  }

  /** Stops reading at once. */
  @Override
  public void close() {
    if (end(Duration.ZERO)) {
      reader.close();
    } else {
      // It would wait for the record that is being handled.
      Thread.ofPlatform().daemon().name("close-" + thread.thread().getName()).start(reader::close);
    }
  }
}
