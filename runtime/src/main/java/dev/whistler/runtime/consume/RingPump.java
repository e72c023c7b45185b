package dev.whistler.runtime.consume;

import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.ring.RingRecord;
import dev.whistler.bpf.sys.SystemCallException;
import dev.whistler.runtime.RecordListener;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.decode.JsonBuffer;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.LineBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
  private static final int ACCOUNTED_BATCH = 4096;

  /** Records between two looks at the clock's age; a power of two. */
  private static final int CLOCK_BATCH = 1024;

  private final List<RingSource> rings;
  private final List<Delivery> deliveries;
  private final KernelCounters kernel;
  private final WallClock clock;
  private final RecordListener listener;
  private final long maxRecords;
  private final RingBufferReader reader;
  private final LossLines lossLines;
  private final LineBatch batch = new LineBatch(BATCH_BYTES);
  private final CountDownLatch drained = new CountDownLatch(1);
  private final Thread thread;

  private final RingRoom room;
  private final @Nullable Retention retention;

  private int readInStep;
  private long decodedTotal;
  private volatile long drainUntilNanos;
  private volatile boolean draining;

  /**
   * @param maxRecords records delivered at most, those after it count as filtered; 0: no limit
   * @param checkpoint where progress is kept for a process that takes over; null: records are gone
   *     from the ring once they are in the queues
   * @param patience how long sinks may hold up records in a ring that is nearly full
   * @param failure told if reading ends by itself, which is a fault of ours
   */
  public RingPump(
      String name,
      List<RingSource> rings,
      List<Delivery> deliveries,
      KernelCounters kernel,
      WallClock clock,
      RecordListener listener,
      long maxRecords,
      @Nullable Checkpoint checkpoint,
      Duration patience,
      Consumer<Throwable> failure) {
    this.rings = List.copyOf(rings);
    this.deliveries = List.copyOf(deliveries);
    this.kernel = kernel;
    this.clock = clock;
    this.listener = listener;
    this.maxRecords = maxRecords;
    this.lossLines = new LossLines(this.rings, this.deliveries, kernel);
    List<BpfMap> maps = rings.stream().map(RingSource::map).toList();
    reader = checkpoint == null ? RingBufferReader.open(maps) : RingBufferReader.retaining(maps);
    room = new RingRoom(this.rings, reader, this.deliveries);
    retention =
        checkpoint == null
            ? null
            : new Retention(
                checkpoint, reader, room, this.deliveries, lossLines, rings.size(), patience);
    thread = Thread.ofPlatform().daemon().name("rings-" + name).unstarted(() -> run(failure));
  }

  /**
   * Goes on where the rings and, if there is one, the account say that the last reader was; before
   * {@link #start}.
   */
  public void takeOver() {
    reader.resume();
    if (retention != null) {
      retention.takeOver();
    }
    rings.forEach(ring -> decodedTotal += ring.account().decodedTotal());
  }

  /**
   * Goes on with the counts of a reader of the same rings that has ended; before {@link #start}.
   *
   * @param words as {@link #handOver} gave them
   */
  public void goOn(long[] words) {
    reader.resume();
    Checkpoint.restore(words, rings, sinks(), lossLines.kernelTold());
    lossLines.goOn();
    if (retention != null) {
      retention.goOn();
    }
    rings.forEach(ring -> decodedTotal += ring.account().decodedTotal());
  }

  /**
   * The counts for whoever reads the same rings next; after {@link #drain}, once the sinks have
   * stopped too.
   */
  public long[] handOver() {
    long[] positions = new long[rings.size()];
    for (int ring = 0; ring < positions.length; ring++) {
      positions[ring] = reader.cursor(ring);
      if (retention != null) {
        reader.release(ring, positions[ring]);
      }
    }
    return Checkpoint.words(rings, sinks(), positions, lossLines.kernelTold());
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
      while (!reader.isClosed() && !draining) {
        step(POLL);
      }
      while (!reader.isClosed() && !isEmpty() && System.nanoTime() - drainUntilNanos < 0) {
        step(DRAIN_POLL);
      }
      lossLines.writeAll();
      settle(drainUntilNanos);
    } catch (RuntimeException | Error e) {
      // Being closed in the middle of a step takes the ring's memory away.
      if (!reader.isClosed()) {
        failure.accept(e);
      }
    } finally {
      drained.countDown();
    }
  }

  private void step(Duration wait) {
    readInStep = 0;
    if (retention == null || retention.isSettled()) {
      reader.poll(this::record, wait, batch());
    } else {
      // While records are retained, the kernel announces nothing new.
      LockSupport.parkNanos(SETTLE_NANOS);
      reader.consume(this::record, batch());
    }
    flush();
    clock.refresh();
    lossLines.write();
    settle(System.nanoTime() + SETTLE_NANOS);
  }

  /** After the wait for a record and not before it: the wall clock may be set meanwhile. */
  private void refreshClock() {
    if ((readInStep++ & (CLOCK_BATCH - 1)) == 0) {
      clock.refresh();
    }
  }

  /**
   * Between accounts, few records: a reader that is killed again and again while it catches up gets
   * on by what it has accounted for.
   */
  private int batch() {
    return retention == null ? Integer.MAX_VALUE : ACCOUNTED_BATCH;
  }

  private void settle(long until) {
    if (retention != null) {
      retention.settle(until);
    }
  }

  private void record(RingRecord record) {
    RingSource ring = rings.get(record.ring());
    RingDecoder decoder = ring.decoder();
    RingAccount account = ring.account();
    refreshClock();
    if (!decoder.decode(record.memory(), record.offset(), record.length(), record.position())) {
      byte[] first = new byte[Math.min(record.length(), RingAccount.SAMPLE_BYTES)];
      record.copy(0, first, 0, first.length);
      account.undecodable(record.position(), record.length(), first);
      return;
    }
    account.decoded();
    decodedTotal++;
    if (maxRecords != 0 && decodedTotal > maxRecords) {
      deliveries.forEach(delivery -> delivery.account().filtered(record.ring(), 1));
    } else {
      JsonBuffer line = decoder.line();
      batch.add(record.ring(), line.array(), 0, line.length());
      if (batch.length() >= BATCH_BYTES) {
        flush();
      }
    }
    listener.decoded(account.ring(), decodedTotal);
  }

  private void flush() {
    if (!batch.isEmpty()) {
      for (Delivery delivery : deliveries) {
        delivery.offer(batch, room::mayWaitWithoutHarm);
      }
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
   * Reads what is in the rings and hands it to the sinks' queues, then reads no more.
   *
   * @return whether the rings are empty now
   */
  public boolean drain(Duration limit) {
    long now = System.nanoTime();
    drainUntilNanos = now + limit.toNanos();
    // The other half is for counting what a slow sink has lost.
    room.endAt(now + limit.toNanos() / 2);
    draining = true;
    try {
      reader.wake();
    } catch (SystemCallException _) {
      // The reader looks at the end of its wait, within a second.
    }
    try {
      // a sink's patience may hold the last batch up for a moment
      return drained.await(limit.toMillis() + 1000, TimeUnit.MILLISECONDS) && isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Counts as of now. */
  public ProgramCounters counters() {
    List<RingCounters> counters = new ArrayList<>();
    for (int i = 0; i < rings.size(); i++) {
      RingSource ring = rings.get(i);
      int number = i;
      KernelCounters.Counts counts = kernel.read(ring.statsIndex());
      long inRing = reader.pendingRecords(number);
      long read = ring.account().decodedTotal() + ring.account().undecodableTotal();
      counters.add(
          new RingCounters(
              ring.account().ring(),
              ring.isCounted() ? counts.produced() : read + inRing,
              counts.lost(),
              ring.account().decodedTotal(),
              ring.account().undecodableTotal(),
              inRing,
              deliveries.stream().map(d -> d.account().counters(number)).toList()));
    }
    return new ProgramCounters(counters);
  }

  /** The first undecodable records of each ring that this reader met. */
  public List<RingAccount.UndecodableRecord> undecodable() {
    return rings.stream().flatMap(ring -> ring.account().samples().stream()).toList();
  }

  /** Stops reading at once. */
  @Override
  public void close() {
    reader.close();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
