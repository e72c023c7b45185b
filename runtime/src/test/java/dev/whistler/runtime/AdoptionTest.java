package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.map.MapSpec;
import dev.whistler.bpf.map.MapType;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.bpf.sys.ObjectCalls;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are pinned go on without us, and are taken over. */
@Timeout(60)
class AdoptionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final byte[] OBJECT = KillsObject.build(1 << 20);

  @TempDir Path directory;
  private final DetachedMount bpffs = DetachedMount.of("bpf");
  private final Path pins = bpffs.path().resolve("whistler");

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectory(
        pins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @AfterEach
  void unmount() {
    bpffs.close();
  }

  private static Identity identity(long revision) {
    return new Identity("node-1", "kills", "uid-1", revision);
  }

  private List<SinkSpec> sinks() {
    return List.of(new SinkSpec.File(directory.resolve("out.json")));
  }

  private RunRequest request(Killer killer, long revision) {
    return RunRequest.of(OBJECT, identity(revision))
        .withMaps(KillsObject.wanted(killer.pid()))
        .withSinks(sinks())
        .withPinDirectory(pins);
  }

  /** Starts the program and lets go of it: what stays in the kernel. */
  private HeldObjects pinned(Killer killer) throws StartException {
    HeldObjects before = HeldObjects.now();
    RunningProgram program = Runtime.start(request(killer, 1));
    HeldObjects left = HeldObjects.now().since(before);
    assertThat(left.programs()).isNotEmpty();
    assertThat(left.maps()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(left.links()).isNotEmpty();
    program.leave(SOON);
    return left;
  }

  /** The numbers of the events in the sink. */
  private TreeSet<Long> delivered() throws IOException {
    TreeSet<Long> numbers = new TreeSet<>();
    for (String line : Files.readAllLines(directory.resolve("out.json"))) {
      numbers.add(JSON.readTree(line).at("/data/number").asLong());
    }
    return numbers;
  }

  @Test
  void nothingIsLostWhileNobodyReads() throws Exception {
    try (Killer killer = new Killer()) {
      Runtime.start(request(killer, 1)).leave(SOON);
      killer.kill(3000); // nobody reads
      RunningProgram second = Runtime.start(request(killer, 1));
      killer.kill(1000);
      RingCounters ring = second.stop(SOON).rings().getFirst();
      second.close();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.produced()).isEqualTo(4000);
      assertThat(ring.sinks().getFirst().delivered()).isEqualTo(4000);
      assertThat(delivered()).hasSize(4000).last().isEqualTo(3999L);
      assertThat(Runtime.pinned(pins)).isEmpty();
    }
  }

  /** An agent that cannot ask what is wanted reads on by what is pinned alone. */
  @Test
  void whatIsPinnedGoesOnWithoutItsObject() throws Exception {
    try (Killer killer = new Killer()) {
      byte[] note = "what the agent knows".getBytes(StandardCharsets.UTF_8);
      Runtime.start(request(killer, 1).withNote(note)).leave(SOON);
      killer.kill(3000); // nobody reads
      assertThat(Runtime.note(pins, "uid-1")).contains(note);
      assertThat(Runtime.note(pins, "uid-2")).isEmpty();
      RunningProgram second = Runtime.adopt(pins, identity(1), sinks());
      killer.kill(1000);
      assertThat(second.notAdopted()).isEmpty();
      RunningProgram third = Runtime.update(second, request(killer, 2)).program();
      killer.kill(500);
      assertThat(Runtime.note(pins, "uid-1")).as("a new revision has its own note").isEmpty();
      RingCounters ring = third.stop(SOON).rings().getFirst();
      third.close();
      assertThat(ring.balanced()).isTrue();
      assertThat(ring.sinks().getFirst().delivered()).isEqualTo(4500);
      assertThat(delivered()).hasSize(4500).last().isEqualTo(4499L);
      assertThat(Runtime.pinned(pins)).isEmpty();
    }
  }

  @Test
  void whatCannotGoOnWithoutItsObjectStaysAsItIs() throws Exception {
    HeldObjects before = HeldObjects.now();
    assertThatThrownBy(() -> Runtime.adopt(pins, identity(1), sinks()))
        .isInstanceOfSatisfying(
            StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNSUPPORTED));
    assertThat(Runtime.pinned(pins)).as("nothing is made of nothing").isEmpty();
    try (Killer killer = new Killer()) {
      Runtime.start(request(killer, 1)).leave(SOON);
      assertThatThrownBy(() -> Runtime.adopt(pins, identity(2), sinks()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("its revision is 1");
      RunningProgram owner = Runtime.start(request(killer, 1));
      assertThatThrownBy(() -> Runtime.adopt(pins, identity(1), sinks()))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE));
      killer.kill(100);
      RingCounters ring = owner.stop(SOON).rings().getFirst();
      owner.close();
      assertThat(ring.sinks().getFirst().delivered()).isEqualTo(100);
    }
    assertThat(HeldObjects.now().since(before).programs()).isEmpty();
  }

  @Test
  void aReaderThatEndsAtAnyMomentLosesNothing() throws Exception {
    int rounds = 20;
    try (Killer killer = new Killer()) {
      killer.begin(rounds * 1000);
      // The shell may begin before the program is attached; what counts is what was produced.
      RunningProgram program = Runtime.start(request(killer, 1));
      for (int i = 0; i < rounds; i++) {
        Thread.sleep(i);
        program.leave(Duration.ZERO);
        program = Runtime.start(request(killer, 1));
      }
      killer.await();
      RingCounters ring = program.stop(SOON).rings().getFirst();
      program.close();
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(ring.lost()).isZero();
      assertThat(ring.decoded()).isEqualTo(ring.produced());
      // at least once: numbers may come twice, none is missing
      assertThat(delivered()).hasSize((int) ring.produced());
    }
  }

  @Test
  void whatASinkLostIsToldOnceThoughTheReaderChanges() throws Exception {
    Path sink = directory.resolve("out.json");
    try (Killer killer = new Killer()) {
      RunningProgram first =
          Runtime.start(
              request(killer, 1)
                  .withSinks(List.of(new SinkSpec.File("out", Path.of("/dev/full")))));
      killer.kill(10);
      await().until(() -> first.counters().rings().getFirst().sinks().getFirst().lostTotal() == 10);
      first.leave(SOON);
      RunRequest again = request(killer, 1).withSinks(List.of(new SinkSpec.File("out", sink)));
      try (RunningProgram second = Runtime.start(again)) {
        killer.kill(10);
        RingCounters ring = second.stop(SOON).rings().getFirst();
        assertThat(ring.sinks().getFirst().delivered()).isEqualTo(10);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
      }
      assertThat(Files.readAllLines(sink))
          .as("the former reader told of the loss to a sink that took nothing")
          .hasSize(10)
          .noneMatch(line -> line.contains("whistler.loss"));
    }
  }

  @Test
  void anotherRevisionReplacesTheOld() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      HeldObjects first = pinned(killer);
      killer.kill(5); // nobody reads
      HeldObjects second;
      try (RunningProgram program = Runtime.start(request(killer, 2))) {
        assertThat(program.notAdopted()).hasValue("Its pins are of revision 1.");
        second = HeldObjects.now().since(before);
        killer.kill(10);
        RingCounters ring = program.stop(SOON).rings().getFirst();
        assertThat(ring.produced()).as("as an update, it goes on with the ring").isEqualTo(15);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
      }
      assertThat(delivered()).hasSize(15);
      assertThat(Runtime.pinned(pins)).isEmpty();
      first.assertGone();
      second.assertGone();
    }
  }

  @Test
  void otherSinksGetWhatNobodyHasReadAndCountsOfTheirOwn() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      Runtime.start(request(killer, 1)).leave(SOON);
      killer.kill(5); // nobody reads
      Path other = directory.resolve("other.json");
      RunRequest next = request(killer, 2).withSinks(List.of(new SinkSpec.File("other", other)));
      try (RunningProgram program = Runtime.start(next)) {
        killer.kill(10);
        RingCounters ring = program.stop(SOON).rings().getFirst();
        assertThat(ring.produced()).isEqualTo(10);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
      }
      assertThat(Files.readAllLines(other)).hasSize(15);
      assertThat(HeldObjects.now()).isEqualTo(before);
    }
  }

  @Test
  void orphansAreFoundAndRemoved() throws Exception {
    try (Killer killer = new Killer()) {
      HeldObjects left = pinned(killer);
      assertThat(Runtime.pinned(pins)).containsExactly("uid-1");
      Runtime.remove(pins, "uid-1");
      assertThat(Runtime.pinned(pins)).isEmpty();
      left.assertGone();
    }
  }

  @Test
  void foreignPinsAreRefused() throws Exception {
    try (Killer killer = new Killer();
        BpfMap foreign = BpfMap.create(MapSpec.of("foreign", MapType.ARRAY, 4, 64, 1))) {
      Runtime.start(request(killer, 1)).leave(SOON);
      Path ring = pins.resolve("uid-1/map-0");
      Files.delete(ring);
      ObjectCalls.pin(foreign.fd(), ring.toString());
      assertThatThrownBy(() -> Runtime.start(request(killer, 1)))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED));
      Runtime.remove(pins, "uid-1");
    }
  }

  @Test
  void aDirectoryThatOthersCanWriteIsRefused() throws Exception {
    Files.setPosixFilePermissions(pins, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (Killer killer = new Killer()) {
      assertThatThrownBy(() -> Runtime.start(request(killer, 1)))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED));
    }
  }

  @Test
  void aDirectoryOnAnotherFileSystemIsRefusedAndNothingStays() throws Exception {
    Path plain = Files.createDirectory(directory.resolve("pins"));
    try (Killer killer = new Killer()) {
      HeldObjects before = HeldObjects.now();
      assertThatThrownBy(() -> Runtime.start(request(killer, 1).withPinDirectory(plain)))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("BPF file system");
      assertThat(plain).isEmptyDirectory();
      assertThat(HeldObjects.now()).isEqualTo(before);
    }
  }
}
