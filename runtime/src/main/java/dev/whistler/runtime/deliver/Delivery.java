package dev.whistler.runtime.deliver;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.SinkAccount;
import dev.whistler.runtime.reader.ReaderThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One sink with its queue and its writer. Every line handed in is in the end counted as delivered
 * or as lost with a reason.
 */
public final class Delivery implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** For a writer that waits for its turn to notice that nobody waits for it. */
  private static final Duration LAST_WAIT = Duration.ofMillis(50);

  /** A sink that has taken nothing for so long while a line waits for it stands still. */
  static final Duration STANDSTILL = Duration.ofSeconds(10);

  private final SinkQueue queue;
  private final SinkAccount account;
  private final Sink sink;
  private final SinkHealth health;
  private final Duration standstill;
  private final ReaderThread writer;

  private volatile long linesTaken;
  private volatile long chunksFailed;
  private volatile boolean abandoned;

  /** Since when lines wait for the sink and it takes none; 0 while none wait. */
  private volatile long waitingSince;

  /**
   * @param sink owned from now on
   * @param health told a sentence when the sink begins to fail, and null when it works again
   */
  Delivery(
      String name,
      Sink sink,
      int queueBytes,
      SinkAccount account,
      Consumer<@Nullable String> health) {
    this(name, sink, queueBytes, account, health, STANDSTILL);
  }

  Delivery(
      String name,
      Sink sink,
      int queueBytes,
      SinkAccount account,
      Consumer<@Nullable String> health,
      Duration standstill) {
    this.sink = sink;
    this.account = account;
    this.health = new SinkHealth(name, health);
    this.standstill = standstill;
    queue = new SinkQueue(queueBytes);
    StallWatch.add(this);
    // A write to a pipe that nobody reads would keep the carrier of a virtual thread from the
    // others.
    writer = new ReaderThread("sink-" + name, this::run);
    writer.start();
  }

  /**
   * Opens the destination and starts its writer.
   *
   * @throws IOException if the destination cannot be opened; the message names it
   */
  public static Delivery open(
      SinkSpec spec, int queueBytes, SinkAccount account, Consumer<@Nullable String> health)
      throws IOException {
    Sink sink =
        switch (spec) {
          case SinkSpec.Stdout _ -> new StreamSink(LineStream.STDOUT);
          case SinkSpec.File file -> file(file.path(), file.bounds());
        };
    return new Delivery(spec.name(), sink, queueBytes, account, health);
  }

  private static Sink file(Path path, @Nullable FileBounds bounds) throws IOException {
    boolean stream =
        bounds == null
            && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
            && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    return stream
        ? new StreamSink(LineStream.open(path))
        : new FileSink(RecordFile.open(path, bounds));
  }

  public SinkAccount account() {
    return account;
  }

  /** Hands in lines, in order. Waits for room as long as the patience says. */
  public void offer(LineBatch batch, Patience patience) {
    int line = 0;
    while (line < batch.lines) {
      line = queue.offer(batch, line, patience, this::accepted);
      if (line < batch.lines) {
        boolean tooLarge = !queue.fits(batch.size(line));
        LossReason noRoom = queue.isClosed() ? LossReason.STOPPED : patience.refusal();
        refuse(batch.rings[line], tooLarge ? LossReason.TOO_LARGE : noRoom);
        line++;
      }
    }
  }

  private void accepted(int ring) {
    if (ring >= 0) {
      account.queued(ring, 1);
    }
  }

  private void refuse(int ring, LossReason reason) {
    if (ring >= 0) {
      account.refused(ring, reason, 1);
    }
  }

  private void run() {
    try {
      while (true) {
        LineBatch batch = queue.take(IDLE);
        if (!batch.isEmpty()) {
          deliver(batch);
          queue.recycle(batch);
        } else if (queue.isClosed()) {
          return;
        }
      }
    } catch (InterruptedException _) {
      // what is still queued is counted by stop()
    } finally {
      // Here and not in stop(), which does not wait for ever: whoever writes last closes.
      StallWatch.remove(this);
      closeSink();
    }
  }

  private void closeSink() {
    try {
      sink.close();
    } catch (IOException e) {
      health.failing(sentence(e));
    }
  }

  private void deliver(LineBatch batch) throws InterruptedException {
    ByteBuffer bytes = ByteBuffer.wrap(batch.bytes, 0, batch.length);
    Duration pause = FIRST_PAUSE;
    int failures = 0;
    int done = 0;
    waitingSince = now();
    while (done < batch.lines && failures < ATTEMPTS && !abandoned) {
      bytes.limit(batch.ends[batch.portionEnd(done, sink.portionBytes()) - 1]);
      String problem = null;
      try {
        sink.write(bytes);
      } catch (IOException e) {
        problem = sentence(e);
      }
      int before = done;
      done = count(batch, done, bytes.position());
      if (done > before) {
        waitingSince = now();
        health.takes();
      }
      health.failing(problem);
      if (problem != null && ++failures < ATTEMPTS) {
        queue.pause(pause);
        pause = pause.multipliedBy(4);
      }
    }
    waitingSince = 0;
    if (done < batch.lines) {
      drop(batch, done);
    }
  }

  private static String sentence(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Never 0, which stands for no time. */
  private static long now() {
    return System.nanoTime() | 1;
  }

  /** Looks whether the sink stands still. Called every second, by a thread that is not to wait. */
  void look() {
    long since = waitingSince;
    if (since != 0 && now() - since > standstill.toNanos()) {
      health.stands(standstill);
    }
  }

  private synchronized void drop(LineBatch batch, int from) {
    chunksFailed = chunksFailed + 1;
    for (int line = from; line < batch.lines && queue.isCurrent(batch); line++) {
      if (batch.rings[line] >= 0) {
        account.dropped(
            batch.rings[line], abandoned ? LossReason.STOPPED : LossReason.SINK_FAILED, 1);
      }
    }
  }

  /** Counts the lines that are written to their end and returns the first that is not. */
  private synchronized int count(LineBatch batch, int from, int written) {
    boolean counts = queue.isCurrent(batch);
    int line = from;
    while (line < batch.lines && batch.ends[line] <= written) {
      if (batch.rings[line] >= 0 && counts) {
        account.delivered(batch.rings[line], 1);
      }
      line++;
    }
    if (line > from) {
      linesTaken = linesTaken + line - from;
    }
    return line;
  }

  /** Lines that the sink has taken to their end since it was opened. */
  public long linesTaken() {
    return linesTaken;
  }

  /** How often the sink failed for as many attempts to write as there are. */
  public long chunksFailed() {
    return chunksFailed;
  }

  /** Lines handed in that are neither delivered nor lost yet. */
  public long queuedLines() {
    long queued = 0;
    for (int ring = 0; ring < account.rings(); ring++) {
      queued += account.counters(ring).queued();
    }
    return queued;
  }

  /** Whether everything handed in so far is counted as delivered or lost. */
  public boolean isIdle() {
    return queuedLines() == 0;
  }

  /**
   * Delivers what is queued, then closes the sink. What is left at the end of the wait counts as
   * lost with the reason {@code stopped}.
   */
  public void stop(Duration wait) {
    queue.close();
    try {
      if (!writer.thread().join(wait)) {
        // A write that does not return is left behind: interrupting it would close the channel
        // for others, and a daemon does not keep the process alive.
        abandoned = true;
        sink.abandon();
        boolean ignored = writer.thread().join(LAST_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // From here on the writer, should it still be alive, counts nothing.
    giveUp(LossReason.STOPPED);
  }

  /**
   * Counts everything that the sink has not taken as lost, so that a sink that stands still does
   * not hold up the others. Called by who hands in lines, or once nobody does.
   */
  public synchronized void giveUp(LossReason reason) {
    queue.clear();
    for (int ring = 0; ring < account.rings(); ring++) {
      long left = account.counters(ring).queued();
      if (left > 0) {
        account.dropped(ring, reason, left);
      }
    }
  }

  /** No line is taken in any more; the writer ends when it has written what is queued. */
  public void closeQueue() {
    queue.close();
  }

  /** Stops at once. */
  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
