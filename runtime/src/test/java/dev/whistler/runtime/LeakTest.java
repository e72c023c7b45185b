package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Nothing stays behind, neither after many whole lives of programs nor after a failure at any
 * system call. {@code -Dwhistler.cycles=2000} for the long form.
 */
@Timeout(1800)
@Isolated("faults hit the whole process, and its descriptors are counted")
class LeakTest {
  private static final int CYCLES = Integer.getInteger("whistler.cycles", 200);
  private static final Identity IDENTITY = new Identity("node-1", "kills", "uid-leak", 1);
  private static final long SELF = ProcessHandle.current().pid();
  private static final String NAME = "leak" + SELF;
  private static final Path LIBC = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private RunRequest request(byte[] object) {
    return RunRequest.of(object, IDENTITY)
        .withMaps(KillsObject.wanted(1))
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
  }

  /** Descriptors of this process by what they are of; those of the JVM's own files left out. */
  private static Map<String, Integer> descriptors() {
    Map<String, Integer> counts = new TreeMap<>();
    for (String number : Objects.requireNonNull(new File("/proc/self/fd").list())) {
      try {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
        if (target.startsWith("anon_inode:") || target.contains("out.json")) {
          counts.merge(target, 1, Integer::sum);
        }
      } catch (NoSuchFileException closed) {
        // By another thread, since the list was read.
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    return counts;
  }

  /** Programs of every kind that this kernel and this machine can attach. */
  private static Map<String, RunRequest> kinds() {
    Map<String, RunRequest> kinds = new LinkedHashMap<>();
    AttachTarget.Place lo = new AttachTarget.Interface("lo");
    kinds.put(
        "tracepoint", tiny(":tracepoint :section \"tracepoint/sched/sched_process_wait\"", "0"));
    kinds.put(
        "raw tracepoint", tiny(":raw-tracepoint :section \"raw_tp/sched_process_wait\"", "0"));
    kinds.put("BTF tracepoint", tiny(":tp-btf :section \"tp_btf/sched_process_wait\"", "0"));
    kinds.put("uprobe", tiny(":kprobe :section \"uprobe/" + LIBC + ":getpgid\"", "0"));
    kinds.put("uprobe_multi", tiny(":kprobe :section \"uprobe.multi/" + LIBC + ":getpgid\"", "0"));
    kinds.put("kprobe", tiny(":kprobe :section \"kprobe/__x64_sys_getpgid\"", "0"));
    kinds.put("perf event", tiny(":perf-event", "0"));
    kinds.put("XDP", tiny(":xdp", "XDP_PASS", lo));
    kinds.put("tcx", tiny(":tc :section \"tcx/ingress\"", "TC_ACT_OK", lo));
    kinds.put("sk_lookup", tiny(":sk-lookup", "1"));
    if (Cgroups.areMounted()) {
      AttachTarget.Place group = new AttachTarget.Cgroup(Cgroups.ROOT);
      kinds.put("cgroup", tiny(":cgroup-skb :section \"cgroup_skb/egress\"", "1", group));
      kinds.put(
          "cgroup address", tiny(":cgroup-sock-addr :section \"cgroup/connect4\"", "1", group));
    }
    return kinds;
  }

  /** A program with a name that nobody else on the machine uses. */
  private static RunRequest tiny(String type, String result, AttachTarget.Place... places) {
    byte[] object =
        Sources.compile(
            """
            (defstruct note (at u64))
            (defmap %s-r :type :ringbuf :max-entries 4096)
            (defprog %s (:type %s)
              (with-ringbuf (e %s-r (sizeof note)) (setf (note-at e) (ktime-get-ns)))
              %s)
            """
                .formatted(NAME, NAME, type, NAME, result));
    return RunRequest.of(object, IDENTITY)
        .withAttach(List.of(places).stream().map(p -> new AttachTarget(NAME, p)).toList());
  }

  /** What of ours the machine holds. */
  private record Held(long programs, long maps, long links, long mappings) {
    static Held now() {
      Set<Integer> programs = new HashSet<>();
      for (int id : BpfProgram.ids()) {
        try (BpfProgram program = BpfProgram.open(id)) {
          if (program != null && program.name().equals(NAME)) {
            programs.add(id);
          }
        }
      }
      long maps = 0;
      for (int id : BpfMap.ids()) {
        try (BpfMap map = BpfMap.open(id)) {
          maps += map != null && map.name().startsWith(NAME) ? 1 : 0;
        }
      }
      long links = 0;
      for (int id : BpfLink.ids()) {
        try (BpfLink link = BpfLink.open(id)) {
          links += link != null && programs.contains(link.info().programId()) ? 1 : 0;
        }
      }
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
        long mappings = lines.filter(line -> line.contains("bpf-map")).count();
        return new Held(programs.size(), maps, links, mappings);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void manyLivesOfAllKindsLeaveNothing() throws Exception {
    OwnThread.inNamespaces(
        () -> {
          Map<String, RunRequest> kinds = possible();
          Map<String, Integer> before = settled();
          Held held = Held.now();
          assertThat(held.programs() + held.maps() + held.links()).isZero();
          long heap = heapBytes();
          int done = 0;
          while (done < CYCLES) {
            for (RunRequest kind : kinds.values()) {
              live(kind);
              done++;
            }
          }
          await().atMost(PATIENCE).untilAsserted(() -> assertThat(descriptors()).isEqualTo(before));
          await().atMost(PATIENCE).untilAsserted(() -> assertThat(Held.now()).isEqualTo(held));
          long grown = heapBytes() - heap;
          System.out.printf(
              "%d lives of %s; descriptors: %s; heap grown by %d KiB%n",
              done, kinds.keySet(), before, grown >> 10);
          assertThat(grown).as("bytes of heap").isLessThan(16 << 20);
          return null;
        });
  }

  /** Those that run here, each tried once, so that what is opened once for all is open. */
  private static Map<String, RunRequest> possible() throws StartException {
    Map<String, RunRequest> possible = new LinkedHashMap<>();
    for (Map.Entry<String, RunRequest> kind : kinds().entrySet()) {
      try {
        live(kind.getValue());
        possible.put(kind.getKey(), kind.getValue());
      } catch (StartException e) {
        if (e.reason() != FailureReason.UNSUPPORTED) {
          throw e;
        }
        System.out.println("no " + kind.getKey() + ": " + e.getMessage());
      }
    }
    assertThat(possible.keySet()).contains("tracepoint", "raw tracepoint", "XDP");
    return possible;
  }

  private static long heapBytes() {
    System.gc();
    java.lang.Runtime runtime = java.lang.Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Loads, attaches, replaces and ends a program. */
  private static void live(RunRequest request) throws StartException {
    RunningProgram first = Runtime.start(request);
    RunningProgram program;
    try {
      program = Runtime.update(first, request).program();
    } catch (StartException | RuntimeException e) {
      first.close();
      throw e;
    }
    program.stop(Duration.ofSeconds(1));
    program.close();
  }

  @Test
  void eachSystemCallOfAStartMayFailAndNothingIsLeft() throws Exception {
    byte[] object = KillsObject.build(1 << 16);
    Runtime.start(request(object)).close();
    Map<String, Integer> before = settled();
    int failures =
        failEach(
            () -> Runtime.start(request(object))::close,
            () -> assertThat(descriptors()).isEqualTo(before));
    System.out.println(failures + " system calls of a start made to fail, nothing left");
    assertThat(failures).isGreaterThan(20);
  }

  @Test
  void eachSystemCallOfAnUpdateMayFailAndTheProgramGoesOn() throws Exception {
    byte[] object = KillsObject.build(1 << 16);
    RunRequest request = request(object).withMaps(KillsObject.wanted(SELF));
    AtomicReference<RunningProgram> current = new AtomicReference<>(Runtime.start(request));
    SelfKiller killer = SelfKiller.paced(Long.MAX_VALUE);
    Map<String, Integer> before = programsOf(descriptors());
    int[] events = {0};
    int failures =
        failEach(
            () -> {
              current.set(Runtime.update(current.get(), request).program());
              return () -> {};
            },
            () -> {
              killer.begin(1);
              killer.await();
              events[0]++;
              assertThat(current.get().counters().rings().getFirst().produced())
                  .isEqualTo(events[0]);
              assertThat(programsOf(descriptors())).isEqualTo(before);
            });
    RingCounters ring = current.get().stop(Duration.ofSeconds(20)).rings().getFirst();
    current.get().close();
    System.out.println(failures + " system calls of an update made to fail: " + ring);
    assertThat(ring.balanced()).as(ring.toString()).isTrue();
    assertThat(ring.produced()).isEqualTo(events[0]);
    assertThat(failures).isGreaterThan(15);
  }

  @Test
  void eachSystemCallOfAnAdoptionMayFailAndTheNextOneSucceeds() throws Exception {
    byte[] object = KillsObject.build(1 << 16);
    try (DetachedMount bpffs = DetachedMount.of("bpf")) {
      Path pins = bpffs.path().resolve("whistler");
      Files.createDirectory(
          pins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      RunRequest request =
          request(object).withMaps(KillsObject.wanted(SELF)).withPinDirectory(pins);
      SelfKiller killer = SelfKiller.paced(Long.MAX_VALUE);
      Runtime.start(request).leave(Duration.ofSeconds(20));
      Map<String, Integer> before = settled();
      int[] events = {0};
      int failures =
          failEach(
              () -> {
                RunningProgram adopted = Runtime.start(request);
                return () -> adopted.leave(Duration.ofSeconds(20));
              },
              () -> {
                killer.begin(1);
                killer.await();
                events[0]++;
                assertThat(descriptors()).isEqualTo(before);
              });
      try (RunningProgram last = Runtime.start(request)) {
        RingCounters ring = last.stop(Duration.ofSeconds(20)).rings().getFirst();
        System.out.println(failures + " system calls of an adoption made to fail: " + ring);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
        assertThat(ring.produced()).isEqualTo(events[0]);
        assertThat(ring.decoded()).isEqualTo(events[0]);
      }
      assertThat(failures).isGreaterThan(15);
    }
  }

  /** Programs, maps and links among the descriptors. */
  private static Map<String, Integer> programsOf(Map<String, Integer> descriptors) {
    Map<String, Integer> kept = new TreeMap<>(descriptors);
    kept.keySet().removeIf(name -> !name.contains("bpf"));
    return kept;
  }

  /**
   * Runs a step again and again, each time with another of its system calls failing, until one run
   * has fewer calls than that.
   *
   * @param step returns what ends it, which is done without failures
   * @param check what must hold after each failure
   * @return how many runs failed
   */
  private static int failEach(Callable<AutoCloseable> step, Runnable check) throws Exception {
    int failures = 0;
    boolean reached = true;
    for (int target = 0; reached; target++) {
      AtomicInteger calls = new AtomicInteger();
      int wanted = target;
      String[] hit = {""};
      Thread self = Thread.currentThread();
      AutoCloseable end = () -> {};
      try (AutoCloseable _ =
          Faults.install(
              action -> {
                // What the reader of the rings calls comes at any time, and reading a counter of an
                // array that is there cannot fail.
                if (Thread.currentThread() == self
                    && !action.startsWith("look up")
                    && calls.getAndIncrement() == wanted) {
                  hit[0] = action;
                  return Errno.EIO.number();
                }
                return 0;
              })) {
        end = step.call();
      } catch (StartException e) {
        assertThat(e.getMessage()).as(hit[0]).endsWith(".");
        failures++;
      }
      end.close();
      reached = calls.get() > wanted;
      String at = "failing call " + target + ": " + hit[0];
      await(at).atMost(PATIENCE).untilAsserted(check::run);
    }
    return failures;
  }

  /** The descriptors once the sink's writer has closed its file, which it does in its own time. */
  private static Map<String, Integer> settled() {
    await().until(() -> descriptors().keySet().stream().noneMatch(f -> f.contains("out.json")));
    return descriptors();
  }
}
