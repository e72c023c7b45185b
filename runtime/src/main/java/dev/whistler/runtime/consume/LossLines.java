package dev.whistler.runtime.consume;

import dev.whistler.runtime.account.LossReason;
import dev.whistler.runtime.account.ProgramMisses;
import dev.whistler.runtime.account.SinkCounters;
import dev.whistler.runtime.decode.JsonBuffer;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.deliver.Delivery;
import dev.whistler.runtime.deliver.LineBatch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells the reader of the stream, in the stream, that records are missing: a {@code whistler.loss}
 * line with count and reason, at most once a second for each ring.
 */
final class LossLines {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** The ring was full, or its lock was not to be had. */
  private static final String NO_RESERVATION = "no-reservation";

  /** An event did not run the program. */
  private static final String MISSED = "missed";

  private final List<RingSource> rings;
  private final List<Delivery> deliveries;
  private final BackPressure backPressure;
  private final KernelCounters kernel;
  private final Supplier<List<ProgramMisses>> misses;
  private final Map<String, Long> missesTold = new HashMap<>();
  private final long[] kernelTold;
  private final List<Map<LossReason, long[]>> sinkTold = new ArrayList<>();
  private final LineBatch batch = new LineBatch(1024);
  private long writtenAt = System.nanoTime();

  LossLines(
      List<RingSource> rings,
      List<Delivery> deliveries,
      BackPressure backPressure,
      KernelCounters kernel,
      Supplier<List<ProgramMisses>> misses) {
    this.rings = rings;
    this.deliveries = deliveries;
    this.backPressure = backPressure;
    this.kernel = kernel;
    this.misses = misses;
    kernelTold = new long[rings.size()];
    deliveries.forEach(_ -> sinkTold.add(new EnumMap<>(LossReason.class)));
  }

  /** What the reader of the stream was told of each ring's loss in the kernel. */
  long[] kernelTold() {
    return kernelTold;
  }

  /** What the sinks' accounts say now was told by the reader before us. */
  void goOn() {
    misses.get().forEach(program -> missesTold.put(program.program(), program.missed().orElse(0)));
    for (int sink = 0; sink < deliveries.size(); sink++) {
      for (int ring = 0; ring < rings.size(); ring++) {
        Map<LossReason, long[]> told = sinkTold.get(sink);
        for (var loss : deliveries.get(sink).account().counters(ring).lost().entrySet()) {
          told.computeIfAbsent(loss.getKey(), _ -> new long[rings.size()])[ring] = loss.getValue();
        }
      }
    }
  }

  /** Writes what is new if the last lines are a second old. */
  void write() {
    if (System.nanoTime() - writtenAt >= INTERVAL_NANOS) {
      writeAll();
    }
  }

  /** Writes what is new. */
  void writeAll() {
    writtenAt = System.nanoTime();
    for (int ring = 0; ring < rings.size(); ring++) {
      long lost = kernel.read(rings.get(ring).statsIndex()).lost();
      if (lost != kernelTold[ring]) {
        line(ring, NO_RESERVATION, lost - kernelTold[ring]);
        kernelTold[ring] = lost;
      }
    }
    for (ProgramMisses program : misses.get()) {
      long missed = program.missed().orElse(0);
      long told = missesTold.getOrDefault(program.program(), 0L);
      if (missed > told) {
        // Misses are of a program and not of a ring: they are told in the first one.
        add(0, decoder -> decoder.missed(MISSED, missed - told, program.program()));
        missesTold.put(program.program(), missed);
      }
    }
    if (!batch.isEmpty()) {
      backPressure.offer(batch);
      batch.clear();
    }
    for (int sink = 0; sink < deliveries.size(); sink++) {
      tellOwnLoss(sink, sinkTold.get(sink));
    }
  }

  private void tellOwnLoss(int sink, Map<LossReason, long[]> told) {
    for (int ring = 0; ring < rings.size(); ring++) {
      SinkCounters counters = deliveries.get(sink).account().counters(ring);
      for (Map.Entry<LossReason, Long> loss : counters.lost().entrySet()) {
        long[] before = told.computeIfAbsent(loss.getKey(), _ -> new long[rings.size()]);
        if (loss.getValue() != before[ring]) {
          line(ring, loss.getKey().text(), loss.getValue() - before[ring]);
          before[ring] = loss.getValue();
        }
      }
    }
    if (!batch.isEmpty()) {
      backPressure.offer(sink, batch);
      batch.clear();
    }
  }

  private void line(int ring, String reason, long count) {
    add(ring, decoder -> decoder.loss(reason, count));
  }

  private void add(int ring, Consumer<RingDecoder> loss) {
    RingDecoder decoder = rings.get(ring).decoder();
    loss.accept(decoder);
    JsonBuffer line = decoder.line();
    batch.add(LineBatch.UNCOUNTED, line.array(), 0, line.length());
  }
}
