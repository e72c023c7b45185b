package dev.whistler.testbed.bench.runtime;

import com.sun.management.ThreadMXBean;
import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.ring.RingBufferReader;
import dev.whistler.bpf.ring.RingRecord;
import dev.whistler.bpf.sys.BootClock;
import dev.whistler.compiler.api.CompiledObject;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.decode.JsonBuffer;
import dev.whistler.runtime.decode.RingDecoder;
import dev.whistler.runtime.decode.WallClock;
import dev.whistler.runtime.decode.WideNumbers;
import dev.whistler.runtime.deliver.LineBatch;
import dev.whistler.runtime.schema.MapSchema;
import dev.whistler.runtime.schema.SchemaException;
import dev.whistler.runtime.schema.SchemaReader;
import dev.whistler.testbed.Repository;
import dev.whistler.testbed.bench.BenchmarkException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Our side, in this process: the reader of {@code bpf} and the decoder of {@code runtime}. */
public final class OurConsumer implements AutoCloseable {
  private static final int BATCH_BYTES = 64 << 10;
  private static final int LIVE_CHUNK = 2000;
  private static final int LIVE_ROOM = 160_000;
  private static final Duration LIVE_LIMIT = Duration.ofMinutes(1);

  private final LoadedObject object;
  private final BpfProgram program;
  private final BpfMap ring;
  private final BpfMap counts;
  private final RingBufferReader reader;
  private final RingDecoder decoder;
  private final WallClock clock = new WallClock(BootClock::nanos);
  private final LineBatch batch = new LineBatch(2 * BATCH_BYTES);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  // one value for all calls, as in C
  private final byte[] key = new byte[4];
  private final byte[] value = new byte[8];

  private long sum;
  private long records;
  private long bytes;
  private final AtomicLong consumed = new AtomicLong();

  /** Compiles and loads the program. */
  public OurConsumer(Repository repository) {
    CompiledObject compiled = Samples.compile(repository);
    object = BpfObject.open(compiled.elf()).load();
    try {
      program = object.program(Samples.PROGRAM);
      ring = object.map(Samples.RING);
      counts = object.map(Samples.COUNTS);
      decoder = decoder(compiled.schema());
      reader = RingBufferReader.open(ring);
    } catch (RuntimeException | Error e) {
      object.close();
      throw e;
    }
  }

  private RingDecoder decoder(String schema) {
    try {
      MapSchema map =
          SchemaReader.read(schema.getBytes(StandardCharsets.UTF_8))
              .map(Samples.RING)
              .orElseThrow(() -> new BenchmarkException("The schema lacks the ring."));
      return new RingDecoder(
          map,
          new Identity("node-1", Samples.RING, "bench", 1),
          "1e10c516-a2bd-4e9c-886d-c9ccbd848a8f",
          1,
          clock,
          WideNumbers.NUMBER);
    } catch (SchemaException e) {
      throw new BenchmarkException("The schema is not read: " + e.getMessage());
    }
  }

  /** The loaded program, for measurements of its runs. */
  public BpfProgram program() {
    return program;
  }

  /** Takes records and reads one field of each. */
  public Drained consume(int count) {
    return drain(this::add, count);
  }

  /** Takes records and writes each as a line of JSON, as the pump of a running program does. */
  public Drained json(int count) {
    return drain(this::write, count);
  }

  private void add(RingRecord record) {
    sum += record.getInt(0);
    records++;
  }

  private void write(RingRecord record) {
    if (!decoder.decode(record.memory(), record.offset(), record.length(), record.position())) {
      throw new BenchmarkException("A record of the benchmark was not decoded.");
    }
    JsonBuffer line = decoder.line();
    batch.add(0, line.array(), 0, line.length());
    if (batch.length() >= BATCH_BYTES) {
      flush();
    }
    records++;
  }

  private void flush() {
    bytes += batch.length();
    batch.clear();
  }

  private Drained drain(RingBufferReader.Handler handler, int count) {
    long before = attempts();
    records = 0;
    bytes = 0;
    produce(count);
    clock.refresh();
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    int taken = reader.consume(handler, Integer.MAX_VALUE);
    long nanos = System.nanoTime() - start;
    allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
    flush();
    return new Drained(nanos, taken, bytes, attempts() - before - taken, allocated);
  }

  /** Looks up a number in a map, again and again: the price of a system call. */
  public Drained call(int count) {
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      sum += attempts();
    }
    long nanos = System.nanoTime() - start;
    allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
    return new Drained(nanos, count, 0, 0, allocated);
  }

  /**
   * One thread produces while there is room for what it makes at once, this one consumes.
   *
   * @param count records, a multiple of 2,000
   */
  public Drained live(int count) {
    long before = attempts();
    records = 0;
    consumed.set(0);
    long start = System.nanoTime();
    Thread producer = Thread.ofPlatform().daemon().start(() -> produceWhereRoom(count));
    while (records < count && System.nanoTime() - start < LIVE_LIMIT.toNanos()) {
      int ignored = reader.poll(this::addLive, Duration.ofMillis(100));
    }
    long nanos = System.nanoTime() - start;
    producer.interrupt();
    try {
      producer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Drained(nanos, records, 0, attempts() - before - records, 0);
  }

  private void produceWhereRoom(int count) {
    for (int made = 0; made < count; made += LIVE_CHUNK) {
      while (made - consumed.getOpaque() > LIVE_ROOM - LIVE_CHUNK) {
        if (Thread.interrupted()) {
          return;
        }
        Thread.yield();
      }
      produce(LIVE_CHUNK);
    }
  }

  private void addLive(RingRecord record) {
    add(record);
    consumed.setOpaque(records);
  }

  private void produce(int count) {
    var ignored = program.testRun(Samples.runs(count));
  }

  private long attempts() {
    if (!counts.lookup(key, value)) {
      throw new BenchmarkException("The counter of the benchmark is gone.");
    }
    return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** The sum of what was read, so that the JVM has to read it. */
  public long sum() {
    return sum;
  }

  @Override
  public void close() {
    reader.close();
    object.close();
  }
}
