package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.sys.DetachedMount;
import dev.whistler.runtime.account.ProgramCounters;
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
@Timeout(1800)
class UpdateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int UPDATES = Integer.getInteger("whistler.updates", 20);
  private static final int OVERLAPS = 10;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String LIBC = "/lib/x86_64-linux-gnu/libc.so.6";

  @TempDir Path directory;

  /** Sources of events, by the way in which the kernel lets their programs be exchanged. */
  enum Kind {
    TRACEPOINT(
        "tracepoint/syscalls/sys_enter_kill",
        "{'kind':'tracepoint','category':'syscalls','event':'sys_enter_kill'}"),
    RAW_TRACEPOINT("raw_tracepoint/sys_enter", "{'kind':'raw-tracepoint','event':'sys_enter'}"),
    UPROBE(
        "uprobe.multi/" + LIBC + ":kill",
        "{'kind':'uprobe-multi','path':'" + LIBC + "','pattern':'kill'}"),
    XDP("(:type :xdp)", "XDP_PASS"),
    TCX("(:type :tc :section \"tcx/egress\")", "TC_ACT_OK"),
    CGROUP("(:type :cgroup-skb :section \"cgroup_skb/egress\")", "1");

    private final String section;
    private final String rest;

    Kind(String section, String rest) {
      this.section = section;
      this.rest = rest;
    }

    boolean ofPackets() {
      return section.startsWith("(");
    }

    String section() {
      return section;
    }

    String attach() {
      return rest;
    }

    byte[] object(int ringBytes) {
      return ofPackets() ? packets(ringBytes) : KillsObject.build(ringBytes, section, rest);
    }

    /** Reports packets whose payload is one of {@link PacketSender}. */
    private byte[] packets(int ringBytes) {
      String report =
          """
          (when (= (%s) %d)
            (with-ringbuf (n notes (sizeof note))
              (setf (note-number n) (%s) (note-pid n) (%s))))
          """;
      String body =
          this == CGROUP
              // a cgroup's packets begin with the IP header
              ? "(let ((x (make-payload))) (skb-load-bytes (ctx-ptr) 28 x 16)"
                  + report.formatted(
                      "payload-magic x", PacketSender.MAGIC, "payload-number x", "payload-id x")
                  + ")"
              : "(with-packet (d e :min-len 58)"
                  + report.formatted(
                      "load u32 d 42", PacketSender.MAGIC, "load u64 d 50", "load u32 d 46")
                  + ")";
      return Sources.compile(
          """
          (defstruct payload (magic u32) (id u32) (number u64))
          (defstruct note (number u64) (pid u32))
          (defmap notes :type :ringbuf :max-entries %d)
          (defprog p %s %s %s)
          """
              .formatted(ringBytes, section, body, rest));
    }

    List<AttachTarget> targets() {
      return switch (this) {
        case TRACEPOINT, RAW_TRACEPOINT, UPROBE -> List.of();
        case XDP, TCX -> List.of(new AttachTarget("p", new AttachTarget.Interface("lo")));
        case CGROUP -> List.of(new AttachTarget("p", new AttachTarget.Cgroup(Cgroups.ROOT)));
      };
    }

    void assume() {
      switch (this) {
        case TRACEPOINT, RAW_TRACEPOINT, XDP -> {}
        case UPROBE -> {
          assumeTrue(Files.exists(Path.of(LIBC)), "no libc at " + LIBC);
          Probe probe = Features.link(LinkFeature.UPROBE_MULTI);
          assumeTrue(probe.isSupported(), probe.reason());
        }
        case TCX -> {
          Probe probe = Features.link(LinkFeature.TCX);
          assumeTrue(probe.isSupported(), probe.reason());
        }
        case CGROUP -> assumeTrue(Cgroups.areMounted(), "no cgroup v2 mounted");
      }
    }
  }

  private RunRequest request(byte[] object, long revision, List<MapEntries> wanted) {
    // An emulated machine may need seconds for what a sink holds when its revision ends.
    return RunRequest.of(object, new Identity("node-1", "kills", "uid-update", revision))
        .withLimits(Limits.DEFAULT.withSinkPatience(SOON))
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
    kind.assume();
    byte[] object = kind.object(1 << 22);
    OwnThread.inNamespaces(
        () -> {
          replaceUnderLoad(kind, object);
          return null;
        });
  }

  private void replaceUnderLoad(Kind kind, byte[] object) throws Exception {
    int calls = 4_000; // what a shell needs some ten milliseconds for, as long as an update
    long each = (long) UPDATES * calls;
    try (NumberedLines lines = new NumberedLines(directory.resolve("lines-" + kind));
        Producer one = kind.ofPackets() ? new PacketSender(1) : new Killer();
        Producer two = kind.ofPackets() ? new PacketSender(2) : new Killer()) {
      List<MapEntries> wanted =
          one instanceof Killer a && two instanceof Killer b ? wanted(a, b) : List.of();
      RunningProgram program = Runtime.start(into(lines, kind, object, 1, wanted));
      for (int revision = 2; revision <= UPDATES + 1; revision++) {
        one.begin(calls);
        two.begin(calls);
        Updated updated = Runtime.update(program, into(lines, kind, object, revision, wanted));
        one.await();
        two.await();
        assertThat(updated.maps()).allSatisfy(map -> assertThat(map.reason()).isEmpty());
        assertThat(updated.ended()).isEqualTo(ProgramCounters.NONE);
        program = updated.program();
      }
      RingCounters ring = program.stop(SOON).rings().getFirst();
      program.close();
      lines.finish();
      System.out.printf("%s, %d updates: %s; %s%n", kind, UPDATES, ring, lines);
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(ring.lost()).isZero();
      assertThat(ring.produced()).isEqualTo(2L * each);
      assertThat(lines.repeated()).isZero();
      assertThat(lines.withoutGaps()).isTrue();
      assertThat(lines.distinct()).isEqualTo(2L * each);
      assertThat(lines.revisions()).as("revisions with events").isGreaterThan(UPDATES / 2);
    }
  }

  private RunRequest into(
      NumberedLines lines, Kind kind, byte[] object, long revision, List<MapEntries> wanted) {
    return request(object, revision, wanted)
        .withAttach(kind.targets())
        .withSinks(List.of(new SinkSpec.File(lines.path())));
  }

  /**
   * The kernel cannot exchange the program of a BTF tracepoint: none is missed, some come twice.
   */
  @Test
  void revisionsOfABtfTracepointOverlapAndAreToldApart() throws Exception {
    byte[] object = KillsObject.buildForBtfTracepoint(1 << 20);
    int calls = 4_000;
    try (Killer one = new Killer();
        Killer two = new Killer()) {
      List<MapEntries> wanted = wanted(one, two);
      RunningProgram program = Runtime.start(request(object, 1, wanted));
      long seen = 0;
      long overlapping = 0;
      for (int revision = 2; revision <= OVERLAPS + 1; revision++) {
        one.begin(calls);
        two.begin(calls);
        Updated updated = Runtime.update(program, request(object, revision, wanted));
        one.await();
        two.await();
        RingCounters old = updated.earlier().rings().getFirst();
        assertThat(old.balanced()).as(old.toString()).isTrue();
        assertThat(old.sinks()).allSatisfy(sink -> assertThat(sink.lost()).isEmpty());
        assertThat(updated.maps())
            .filteredOn(map -> map.map().equals("notes"))
            .allSatisfy(map -> assertThat(map.reason()).startsWith("both revisions run"));
        seen += old.produced();
        program = updated.program();
      }
      RingCounters last = program.stop(SOON).rings().getFirst();
      program.close();
      seen += last.produced();
      overlapping = seen - 2L * OVERLAPS * calls;
      Delivered delivered = delivered();
      System.out.printf(
          "BTF tracepoint, %d updates: %d events seen by both; %s%n",
          OVERLAPS, overlapping, delivered);
      assertThat(overlapping).as("events seen by both").isNotNegative();
      assertThat(delivered.distinct()).isEqualTo(seen);
      assertThat(delivered.revisions).as("revisions with events").hasSizeGreaterThan(OVERLAPS / 2);
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
      assertThat(updated.ended()).isEqualTo(new ProgramCounters(updated.earlier().rings()));
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
