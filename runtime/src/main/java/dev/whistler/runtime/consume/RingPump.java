package dev.whistler.runtime.consume;

import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.ring.RingRecord;
import dev.whistler.runtime.RecordListener;
import dev.whistler.runtime.account.ProgramCounters;
import dev.whistler.runtime.account.RingAccount;
import dev.whistler.runtime.account.RingCounters;
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
import java.util.function.Consumer;

/**
 * Reads the rings of one program on a platform thread of its own ({@code epoll_wait} would pin a
 * carrier), decodes, counts, and hands lines to the sinks in batches.
 */
public final class RingPump implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration DRAIN_POLL = Duration.ofMillis(5);
  private static final int BATCH_BYTES = 64 << 10;

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

  private long decodedTotal;
  private volatile long drainUntilNanos;
  private volatile boolean draining;

  /**
   * @param maxRecords records delivered at most, those after it count as filtered; 0: no limit
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
      Consumer<Throwable> failure) {
    this.rings = List.copyOf(rings);
    this.deliveries = List.copyOf(deliveries);
    this.kernel = kernel;
    this.clock = clock;
    this.listener = listener;
    this.maxRecords = maxRecords;
    this.lossLines = new LossLines(this.rings, this.deliveries, kernel);
    reader = RingBufferReader.open(rings.stream().map(RingSource::map).toList());
    thread = Thread.ofPlatform().daemon().name("rings-" + name).unstarted(() -> run(failure));
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
    } catch (RuntimeException | Error e) {
      failure.accept(e);
    } finally {
      drained.countDown();
    }
  }

  private void step(Duration wait) {
    clock.refresh();
    reader.poll(this::record, wait);
    flush();
    lossLines.write();
  }

  private void record(RingRecord record) {
    RingSource ring = rings.get(record.ring());
    RingDecoder decoder = ring.decoder();
    RingAccount account = ring.account();
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
        delivery.offer(batch);
      }
      batch.clear();
    }
  }

  private boolean isEmpty() {
    for (int ring = 0; ring < rings.size(); ring++) {
      if (reader.consumerPosition(ring) != reader.producerPosition(ring)) {
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
    drainUntilNanos = System.nanoTime() + limit.toNanos();
    draining = true;
    reader.wake();
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
      counters.add(
          new RingCounters(
              ring.account().ring(),
              counts.produced(),
              counts.lost(),
              ring.account().decodedTotal(),
              ring.account().undecodableTotal(),
              reader.pendingRecords(number),
              deliveries.stream().map(d -> d.account().counters(number)).toList()));
    }
    return new ProgramCounters(counters);
  }

  /** Stops reading at once. */
  @Override
  public void close() {
    reader.close();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
