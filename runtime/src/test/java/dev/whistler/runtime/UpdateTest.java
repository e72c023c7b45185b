package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import dev.whistler.runtime.maps.MapEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One revision after another takes over while both cores produce numbered events: none is missing
 * and none comes twice. {@code -Dwhistler.updates=1000} for the long form.
 */
@Timeout(600)
class UpdateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int UPDATES = Integer.getInteger("whistler.updates", 50);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String LIBC = "/lib/x86_64-linux-gnu/libc.so.6";

  @TempDir Path directory;

  /** Each sees every kill(2) call of a process. */
  enum Kind {
    TRACEPOINT(
        "tracepoint/syscalls/sys_enter_kill",
        "{'kind':'tracepoint','category':'syscalls','event':'sys_enter_kill'}"),
    UPROBE(
        "uprobe.multi/" + LIBC + ":kill",
        "{'kind':'uprobe-multi','path':'" + LIBC + "','pattern':'kill'}");

    private final String section;
    private final String attach;

    Kind(String section, String attach) {
      this.section = section;
      this.attach = attach;
    }

    String section() {
      return section;
    }

    String attach() {
      return attach;
    }

    byte[] object(int ringBytes) {
      return KillsObject.build(ringBytes, section, attach);
    }
  }

  private RunRequest request(byte[] object, long revision, List<MapEntries> wanted) {
    return RunRequest.of(object, new Identity("node-1", "kills", "uid-update", revision))
        .withMaps(wanted)
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))));
  }

  private static List<MapEntries> wanted(Killer... killers) {
    List<MapEntries> entries = new ArrayList<>();
    for (Killer killer : killers) {
      entries.addAll(KillsObject.wanted(killer.pid()));
    }
    return entries;
  }

  @ParameterizedTest
  @EnumSource
  void noneIsMissingAndNoneComesTwice(Kind kind) throws Exception {
    assumeTrue(Files.exists(Path.of(LIBC)), "no libc at " + LIBC);
    byte[] object = kind.object(1 << 22);
    int calls = 4_000; // what a shell needs some ten milliseconds for, as long as an update
    int each = UPDATES * calls;
    try (Killer one = new Killer();
        Killer two = new Killer()) {
      List<MapEntries> wanted = wanted(one, two);
      RunningProgram program = Runtime.start(request(object, 1, wanted));
      for (int revision = 2; revision <= UPDATES + 1; revision++) {
        one.begin(calls);
        two.begin(calls);
        Updated updated = Runtime.update(program, request(object, revision, wanted));
        one.await();
        two.await();
        assertThat(updated.maps()).allSatisfy(map -> assertThat(map.reason()).isEmpty());
        program = updated.program();
      }
      RingCounters ring = program.stop(SOON).rings().getFirst();
      program.close();
      Delivered delivered = delivered();
      System.out.printf("%s, %d updates: %s; by revision %s%n", kind, UPDATES, ring, delivered);
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(ring.lost()).isZero();
      assertThat(ring.produced()).isEqualTo(2L * each);
      assertThat(delivered.repeated).isZero();
      assertThat(delivered.distinct()).isEqualTo(2L * each);
      assertThat(delivered.revisions).as("revisions with events").hasSizeGreaterThan(UPDATES / 2);
    }
  }

  /** What came into the sink. */
  private static final class Delivered {
    private final Map<Long, Set<Long>> numbers = new HashMap<>();
    private final Set<Long> revisions = new HashSet<>();
    private long repeated;

    void add(JsonNode line) {
      long pid = line.at("/data/pid").asLong();
      revisions.add(line.at("/revision").asLong());
      if (!numbers
          .computeIfAbsent(pid, _ -> new HashSet<>())
          .add(line.at("/data/number").asLong())) {
        repeated++;
      }
    }

    long distinct() {
      return numbers.values().stream().mapToLong(Set::size).sum();
    }

    @Override
    public String toString() {
      return distinct()
          + " distinct, "
          + repeated
          + " repeated, "
          + revisions.size()
          + " revisions";
    }
  }

  private Delivered delivered() throws IOException {
    Delivered delivered = new Delivered();
    try (var lines = Files.lines(directory.resolve("out.json"))) {
      for (String line : (Iterable<String>) lines::iterator) {
        delivered.add(JSON.readTree(line));
      }
    }
    return delivered;
  }

  @Test
  void aRingOfAnotherSizeBeginsAnewAndTheOldOneIsReadToItsEnd() throws Exception {
    try (Killer killer = new Killer()) {
      List<MapEntries> wanted = wanted(killer);
      RunningProgram first = Runtime.start(request(Kind.TRACEPOINT.object(1 << 20), 1, wanted));
      killer.kill(1000);
      Updated updated = Runtime.update(first, request(Kind.TRACEPOINT.object(1 << 19), 2, wanted));
      killer.kill(500);
      assertThat(updated.maps())
          .anySatisfy(
              map -> {
                assertThat(map.map()).isEqualTo("notes");
                assertThat(map.reason()).isEqualTo("the size of ring notes differs");
              });
      assertThat(updated.earlier().rings().getFirst().decoded()).isEqualTo(1000);
      RingCounters ring = updated.program().stop(SOON).rings().getFirst();
      updated.program().close();
      assertThat(ring.produced()).isEqualTo(500);
      assertThat(ring.balanced()).isTrue();
      // the map of wanted processes, which numbers the events, was carried over
      assertThat(delivered().distinct()).isEqualTo(1500);
    }
  }

  @Test
  void anUpdateThatFailsLeavesTheProgramAsItWas() throws Exception {
    try (Killer killer = new Killer()) {
      List<MapEntries> wanted = wanted(killer);
      byte[] object = Kind.TRACEPOINT.object(1 << 20);
      byte[] elsewhere = KillsObject.buildForUnknownEvent(1 << 20);
      try (RunningProgram program = Runtime.start(request(object, 1, wanted))) {
        assertThatThrownBy(() -> Runtime.update(program, request(elsewhere, 2, wanted)))
            .isInstanceOf(StartException.class)
            .hasMessageContaining("no_such_event");
        killer.kill(100);
        assertThat(program.stop(SOON).rings().getFirst().produced()).isEqualTo(100);
      }
    }
  }

  @Test
  void whatIsPinnedIsAdoptedAndThenUpdated() throws Exception {
    byte[] object = Kind.TRACEPOINT.object(1 << 20);
    try (Killer killer = new Killer();
        DetachedMount bpffs = DetachedMount.of("bpf")) {
      Path pins = bpffs.path().resolve("whistler");
      Files.createDirectory(
          pins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      List<MapEntries> wanted = wanted(killer);
      Runtime.start(request(object, 1, wanted).withPinDirectory(pins)).leave(SOON);
      killer.kill(100);
      RunningProgram adopted = Runtime.start(request(object, 1, wanted).withPinDirectory(pins));
      killer.kill(100);
      RunningProgram second =
          Runtime.update(adopted, request(object, 2, wanted).withPinDirectory(pins)).program();
      killer.kill(100);
      second.leave(SOON);
      killer.kill(100);
      RunningProgram last = Runtime.start(request(object, 2, wanted).withPinDirectory(pins));
      RingCounters ring = last.stop(SOON).rings().getFirst();
      last.close();
      assertThat(ring.produced()).isEqualTo(400);
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(delivered().distinct()).isEqualTo(400);
    }
  }
}
