package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.link.Clsact;
import dev.whistler.bpf.link.Tcx;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.bpf.sys.NetworkDevice;
import dev.whistler.runtime.UpdateKills.Kind;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process is killed before each system call of an update, and of leaving, in turn. Whoever takes
 * over runs the revision that is asked of him, the old one or the new one, with exact counts; after
 * that nothing is left. {@code -Dwhistler.update.kills=1} takes every call of every kind, {@code
 * -Dwhistler.update.kinds=UPROBE,XDP} of these alone. The short form takes two kinds at every
 * fourth call from the first on that changes what is pinned, before which all leave the same, and
 * the others at one.
 */
@Timeout(1800)
@Isolated("faults hit the whole process")
class UpdateKillTest {
  private static final boolean EVERY = Integer.getInteger("whistler.update.kills", 0) > 0;

  private static final Set<Kind> CLOSELY = Set.of(Kind.TRACEPOINT, Kind.XDP);
  private static final int CLOSE_DISTANCE = 4;
  private static final Set<Kind> ASKED = asked(System.getProperty("whistler.update.kinds", ""));
  private static final int EVENTS = 200;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long SELF = ProcessHandle.current().pid();
  private static final Pattern RECORD =
      Pattern.compile("\"revision\":(\\d+).*\"number\":(\\d+)[,}]");

  @TempDir Path directory;
  @AutoClose private final SharedPins shared = SharedPins.create();
  private final Path pins = shared.path();

  /** Processes that are starting, for the kills to come. */
  private final Deque<KilledProcess> ready = new ArrayDeque<>();

  private int sinks;

  UpdateKillTest() throws IOException {}

  private static Set<Kind> asked(String names) {
    return names.isEmpty()
        ? EnumSet.allOf(Kind.class)
        : Stream.of(names.split(",")).map(Kind::valueOf).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void whoeverTakesOverAfterAKilledUpdateRunsWhatIsAsked(Kind kind) throws Exception {
    everyStep(kind, "update");
  }

  @ParameterizedTest
  @EnumSource
  void whoeverTakesOverAfterAKilledLeaveRunsWhatIsAsked(Kind kind) throws Exception {
    everyStep(kind, "leave");
  }

  private void everyStep(Kind kind, String what) throws Exception {
    assumeTrue(ASKED.contains(kind), "not among -Dwhistler.update.kinds");
    assumeTrue(kind.missing().isEmpty(), kind.missing());
    Path objects = Files.createDirectory(directory.resolve("objects"));
    Files.write(objects.resolve("1"), kind.object(1));
    Files.write(objects.resolve("2"), kind.object(2));
    OwnThread.inNamespaces(
        () -> {
          try (AutoCloseable _ =
              Faults.install(action -> kind.withoutLinks(action) ? Errno.EINVAL.number() : 0)) {
            // What calls there are shows a process that comes to the end.
            KilledProcess.Calls calls = kill(kind, what, objects, Integer.MAX_VALUE);
            assertThat(calls).isNotNull();
            int kills = 0;
            for (int step = first(calls); step <= calls.all(); step += distance(kind, calls)) {
              // The reader of the ring makes a call more or less, as it happens to be awake.
              KilledProcess.Calls unharmed = kill(kind, what, objects, step);
              assertThat(unharmed == null || unharmed.all() < step).isTrue();
              kills += unharmed == null ? 1 : 0;
            }
            System.out.printf(
                "%s of %s: killed before %d of %d system calls%n", what, kind, kills, calls.all());
          } finally {
            ready.forEach(KilledProcess::close);
          }
          return null;
        });
  }

  private static int first(KilledProcess.Calls calls) {
    return EVERY ? 1 : calls.pinning();
  }

  private static int distance(Kind kind, KilledProcess.Calls calls) {
    if (EVERY) {
      return 1;
    }
    return CLOSELY.contains(kind) ? CLOSE_DISTANCE : calls.all() - calls.pinning() + 1;
  }

  /** A process starts while the one before it has its turn. */
  private KilledProcess next(Kind kind, Path objects) throws IOException {
    while (ready.size() < 2) {
      ready.add(new KilledProcess(kind, objects, pins, directory.resolve("out-" + sinks++)));
    }
    return ready.remove();
  }

  /** Kills one process and takes over; returns what calls there were if it came to the end. */
  private KilledProcess.@Nullable Calls kill(Kind kind, String what, Path objects, int step)
      throws Exception {
    Path sink = directory.resolve("out-" + (sinks - ready.size()));
    int revision = step == Integer.MAX_VALUE ? 2 : 1 + step % 2;
    KilledProcess.Calls calls;
    String title =
        "%s of %s, killed before call %d, then revision %d".formatted(what, kind, step, revision);
    try (KilledProcess process = next(kind, objects);
        Producer producer = producer(kind)) {
      process.begin();
      producer.begin(EVENTS);
      producer.await();
      boolean gap = kind.hasNoLink() && what.equals("leave");
      if (!gap) {
        producer.begin(EVENTS);
      }
      calls = process.go(what, step);
      producer.await();
      if (calls != null && what.equals("update")) {
        process.end();
      }
      takeOver(kind, objects, sink, revision, producer, title, gap ? 2 * EVENTS : 3 * EVENTS);
    } catch (IOException | StartException | RuntimeException | AssertionError e) {
      throw new AssertionError(title, e);
    }
    Files.delete(sink);
    return calls;
  }

  private void takeOver(
      Kind kind, Path objects, Path sink, int revision, Producer producer, String title, int events)
      throws Exception {
    byte[] object = Files.readAllBytes(objects.resolve(Integer.toString(revision)));
    HeldObjects before = HeldObjects.now();
    HeldObjects held;
    try (RunningProgram program =
        Runtime.start(
            UpdateKills.request(kind, object, revision, pins, new SinkSpec.File(sink), SELF))) {
      assertThat(program.state()).as(title).isInstanceOf(ProgramState.Running.class);
      held = HeldObjects.now().since(before);
      producer.begin(EVENTS);
      producer.await();
      RingCounters ring = program.stop(SOON).rings().getFirst();
      assertThat(ring.balanced()).as(title + ": " + ring).isTrue();
      assertThat(ring.sinks().getFirst().lost()).as(title + ": " + ring).isEmpty();
      if (kind.isExact()) {
        if (kind != Kind.RESIZED) {
          assertThat(ring.produced() + ring.lost()).as(title + ": " + ring).isEqualTo(events);
        }
        assertDelivered(sink, revision, title, events);
      }
    }
    assertThat(Runtime.pinned(pins)).as(title).isEmpty();
    held.assertGone();
    if (kind == Kind.CLSACT) {
      assertThat(Clsact.filters(NetworkDevice.index("lo").orElseThrow(), Tcx.Direction.EGRESS))
          .as(title)
          .isEmpty();
    }
  }

  private static void assertDelivered(Path sink, int revision, String title, int events)
      throws IOException {
    Set<Long> numbers = new HashSet<>();
    Set<Long> ofRevision = new HashSet<>();
    for (String line : Files.readAllLines(sink)) {
      // A process that was killed may have left part of a line before the next one.
      Matcher record = RECORD.matcher(line.substring(Math.max(0, line.lastIndexOf("{\"time\""))));
      if (record.find()) {
        long number = Long.parseLong(record.group(2));
        numbers.add(number);
        if (Long.parseLong(record.group(1)) == revision) {
          ofRevision.add(number);
        }
      }
    }
    assertThat(numbers).as(title).hasSize(events);
    assertThat(ofRevision).as(title + ": the last events").contains((long) events - 1);
  }

  private static Producer producer(Kind kind) {
    if (kind.isOfPackets()) {
      return new PacketSender(1);
    }
    return kind.isOfCalls() ? SelfKiller.paced(20_000) : new NoEvents();
  }

  /** Of those whose events cannot be counted. */
  private static final class NoEvents implements Producer {
    @Override
    public void begin(int events) {}

    @Override
    public void await() {}

    @Override
    public void close() {}
  }
}
