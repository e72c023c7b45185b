package dev.whistler.runtime.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.bpf.tracefs.Tracefs;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationOptions;
import dev.whistler.compiler.api.CompilationOptions.Tier;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.RunRequest;
import dev.whistler.runtime.RunningProgram;
import dev.whistler.runtime.Runtime;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs in the kernel see what others do, and not what reads their rings. */
@Timeout(120)
class LeftOutTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Identity IDENTITY = new Identity("node-1", "seen", "uid-seen", 1);
  private static final int CALLS = 100;
  private static final int IDLE = 0;
  private static final int MASK_BYTES = 128;

  private static final String COMMON =
      """
      (defstruct note (thread u32) (next u32))
      (defmap notes :type :ringbuf :max-entries (* 1024 1024))
      (defmap wanted :type :hash :key-type u32 :value-type u32 :max-entries 16)
      """;

  private static final String SYSTEM_CALLS =
      COMMON
          + """
          (defprog p (:section "raw_tp/sys_enter")
            (let ((self u32 (get-current-pid-tgid)))
              (when (getmap wanted self)
                (with-ringbuf (e notes (sizeof note))
                  (setf (note-thread e) self))))
            0)
          """;

  private static final String SWITCHES =
      COMMON
          + """
          (deftracepoint sched/sched-switch prev-pid next-pid)
          (defprog p (:section "tracepoint/sched/sched_switch")
            (let ((from u32 (tp-prev-pid))
                  (to u32 (tp-next-pid)))
              (when (or (getmap wanted from) (getmap wanted to))
                (with-ringbuf (e notes (sizeof note))
                  (setf (note-thread e) from  (note-next e) to))))
            0)
          """;

  @TempDir Path directory;

  private static byte[] compile(String source) {
    CompilationOptions options =
        CompilationOptions.defaults().withTier(Tier.OBSERVE).withReaderLeftOut(true);
    String format;
    try (Tracefs tracefs = Tracefs.open()) {
      format = tracefs.format("sched", "sched_switch").orElseThrow();
    }
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText("test.lisp", source))
                .withKernel(
                    new SuppliedKernel(
                        Architecture.X86_64,
                        Map.of("sched/sched_switch", format),
                        null,
                        null,
                        null))
                .withOptions(options));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return result.object().orElseThrow().elf();
  }

  private List<SinkSpec> sinks() {
    return List.of(new SinkSpec.File(directory.resolve("out.json")));
  }

  /** A program that reports the work of these threads, if it does not leave it out. */
  private RunRequest request(String source, Worker... wanted) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    List<MapEntries.Entry> entries = new ArrayList<>();
    for (Worker worker : wanted) {
      entries.add(new MapEntries.Entry(json.numberNode(worker.id()), json.numberNode(1)));
    }
    return RunRequest.of(compile(source), IDENTITY)
        .withSinks(sinks())
        .withMaps(List.of(new MapEntries("wanted", MapEntries.Mode.SEED, entries)));
  }

  private List<JsonNode> notes() throws IOException {
    List<JsonNode> notes = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      JsonNode data = JSON.readTree(line).get("data");
      if (data != null) {
        notes.add(data);
      }
    }
    return notes;
  }

  private List<Integer> threads() throws IOException {
    return notes().stream().map(note -> note.get("thread").asInt()).toList();
  }

  private Path callOften() {
    for (int i = 0; i < CALLS; i++) {
      assertThat(Files.exists(directory)).isTrue();
    }
    return directory;
  }

  /** The work of both, in this order. */
  private void runBoth(String source, Worker reader, Worker other) throws Exception {
    try (RunningProgram program = Runtime.start(request(source, reader, other))) {
      reader.call(this::callOften);
      other.call(this::callOften);
      assertThat(program.stop(SOON).rings().getFirst().lost()).isZero();
    }
  }

  @Test
  void systemCallsOfAReaderAreLeftOut() throws Exception {
    try (Worker reader = Worker.reader();
        Worker other = Worker.other()) {
      runBoth(SYSTEM_CALLS, reader, other);
      assertThat(threads()).hasSizeGreaterThanOrEqualTo(CALLS).containsOnly(other.id());
    }
  }

  @Test
  void aProgramThatAsksForThemHasThem() throws Exception {
    try (Worker reader = Worker.reader();
        Worker other = Worker.other()) {
      runBoth(SYSTEM_CALLS.replace("sys_enter\"", "sys_enter\" :include-reader t"), reader, other);
      assertThat(threads()).contains(reader.id(), other.id());
    }
  }

  @Test
  void switchesAreLeftOutThatConcernNobodyElse() throws Exception {
    try (Worker reader = Worker.reader();
        Worker writer = Worker.reader();
        Worker other = Worker.other()) {
      int cpu = reader.call(LeftOutTest::cpu);
      for (Worker worker : List.of(reader, writer, other)) {
        worker.call(() -> pin(cpu));
      }
      RunRequest request = request(SWITCHES, reader, writer, other);
      AtomicBoolean spins = new AtomicBoolean(true);
      try (RunningProgram program = Runtime.start(request)) {
        // While nothing else runs there, both alternate with the idle task and with each other.
        FutureTask<?> beside = writer.begin(LeftOutTest::sleepOften);
        reader.begin(LeftOutTest::sleepOften).get(SOON.toSeconds(), TimeUnit.SECONDS);
        beside.get(SOON.toSeconds(), TimeUnit.SECONDS);
        FutureTask<?> spinning =
            other.begin(
                () -> {
                  while (spins.get()) {
                    Thread.onSpinWait();
                  }
                });
        try {
          await()
              .atMost(SOON)
              .until(
                  () -> {
                    reader.call(
                        () -> {
                          sleepOften();
                          return cpu;
                        });
                    return hasSwitch(other, reader) && hasSwitch(reader, other);
                  });
        } finally {
          spins.set(false);
        }
        spinning.get(SOON.toSeconds(), TimeUnit.SECONDS);
        program.stop(SOON);
      }
      Set<Integer> own = Set.of(reader.id(), writer.id(), IDLE);
      assertThat(notes())
          .noneMatch(
              note ->
                  own.contains(note.get("thread").asInt())
                      && own.contains(note.get("next").asInt()));
    }
  }

  private boolean hasSwitch(Worker from, Worker to) throws IOException {
    return notes().stream().anyMatch(note -> isSwitch(note, from.id(), to.id()));
  }

  private static boolean isSwitch(JsonNode note, int thread, int next) {
    return note.get("thread").asInt() == thread && note.get("next").asInt() == next;
  }

  private static void sleepOften() {
    for (int i = 0; i < CALLS; i++) {
      LockSupport.parkNanos(100_000);
    }
  }

  private static int cpu() throws Exception {
    return call("sched_getcpu", FunctionDescriptor.of(ValueLayout.JAVA_INT));
  }

  private static int pin(int cpu) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      mask.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (1 << cpu % 8));
      int result =
          call(
              "sched_setaffinity",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS),
              0,
              (long) MASK_BYTES,
              mask);
      assertThat(result).isZero();
      return cpu;
    }
  }

  private static int call(String name, FunctionDescriptor type, Object... arguments)
      throws Exception {
    Linker linker = Linker.nativeLinker();
    try {
      return (int)
          linker
              .downcallHandle(linker.defaultLookup().findOrThrow(name), type)
              .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** Whoever has an id now that an earlier process left behind is seen. */
  @Test
  void whatAnEarlierProcessLeftIsForgotten() throws Exception {
    try (DetachedMount bpffs = DetachedMount.of("bpf");
        Worker reader = Worker.reader();
        Worker other = Worker.other()) {
      Path pins = bpffs.path().resolve("whistler");
      Files.createDirectory(
          pins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      int id = other.id();
      byte[] stale = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(id).array();
      Runtime.start(request(SYSTEM_CALLS, reader, other).withPinDirectory(pins)).leave(SOON);
      try (BpfMap readers = pinnedReaders(pins.resolve(IDENTITY.uid()))) {
        assertThat(readers.count()).as("when the readers have ended").isZero();
        readers.update(stale, new byte[1]);
        try (RunningProgram program = Runtime.adopt(pins, IDENTITY, sinks())) {
          assertThat(readers.lookup(stale)).isNull();
          // the worker, the reader of the ring and the writer of the sink
          assertThat(readers.count()).isGreaterThanOrEqualTo(3);
          reader.call(this::callOften);
          other.call(this::callOften);
          program.stop(SOON);
        }
      }
      assertThat(threads()).hasSizeGreaterThanOrEqualTo(CALLS).containsOnly(id);
    }
  }

  private static BpfMap pinnedReaders(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("map-")).toList()) {
        BpfMap map = BpfMap.of(ObjectCalls.pinned(file.toString(), 0));
        if (ReaderThreads.MAP.startsWith(map.name())) {
          return map;
        }
        map.close();
      }
    }
    throw new AssertionError("no map of readers in " + directory);
  }
}
