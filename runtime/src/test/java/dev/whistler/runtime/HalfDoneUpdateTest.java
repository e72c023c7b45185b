package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.bpf.link.BpfLink;
import dev.whistler.bpf.map.BpfMap;
import dev.whistler.bpf.pin.PinDirectory;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import dev.whistler.runtime.account.RingCounters;
import dev.whistler.runtime.deliver.SinkSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** States between two revisions: as a killed process leaves them, and as a failure would. */
@Timeout(120)
@Isolated("faults hit the whole process")
class HalfDoneUpdateTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String UID = "uid-half";
  private static final byte[] OBJECT = KillsObject.build(1 << 20);

  @TempDir Path directory;
  private final PinDirectory bpffs = PinDirectory.privateToProcess();
  private final PinDirectory root = bpffs.directory("whistler");

  @AfterEach
  void unmount() {
    bpffs.close();
  }

  private RunRequest request(Killer killer, long revision) {
    return RunRequest.of(OBJECT, new Identity("node-1", "kills", UID, revision))
        .withMaps(KillsObject.wanted(killer.pid()))
        .withSinks(List.of(new SinkSpec.File(directory.resolve("out.json"))))
        .withPinDirectory(root.path());
  }

  private RunRequest packets(UpdateTest.Kind kind, long revision) {
    return RunRequest.of(kind.object(1 << 16), new Identity("node-1", "kills", UID, revision))
        .withAttach(kind.targets())
        .withSinks(List.of(new SinkSpec.File(directory.resolve("packets.json"))))
        .withPinDirectory(root.path());
  }

  /** The pin of the program array in front of the program. */
  private BpfMap slot(PinDirectory pins) {
    for (String name : pins.names()) {
      if (name.startsWith("map-")) {
        BpfMap map = pins.map(name).orElseThrow();
        if (map.name().equals("whistler_slot")) {
          return map;
        }
        map.close();
      }
    }
    throw new IllegalStateException("no slot among " + pins.names());
  }

  /** A program of the same kind that another unit loaded. */
  private BpfProgram another(Killer killer) throws StartException {
    PinDirectory elsewhere = bpffs.directory("elsewhere");
    Runtime.start(request(killer, 1).withPinDirectory(elsewhere.path())).leave(SOON);
    BpfProgram program = elsewhere.directory(UID).program("prog-0").orElseThrow();
    Runtime.remove(elsewhere.path(), UID);
    return program;
  }

  @Test
  void aSlotThatAnIntendedRevisionHoldsIsGivenBack() throws Exception {
    try (Killer killer = new Killer();
        BpfProgram next = another(killer)) {
      Runtime.start(request(killer, 1)).leave(SOON);
      PinDirectory half = root.directory(UID + "_next");
      half.pin(next, "prog-0");
      try (BpfMap slot = slot(root.directory(UID))) {
        slot.update(new byte[4], next.fd());
      }
      try (RunningProgram adopted = Runtime.start(request(killer, 1))) {
        assertThat(adopted.notAdopted()).isEmpty();
        killer.kill(10);
        assertThat(adopted.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
      }
      assertThat(root.names()).isEmpty();
    }
  }

  @Test
  void anOrphanThatNamesWhatWasIntendedIsUndoneBeforeItGoes() throws Exception {
    try (Killer killer = new Killer();
        BpfProgram next = another(killer)) {
      Runtime.start(request(killer, 1)).leave(SOON);
      root.directory(UID + "_next").pin(next, "prog-0");
      try (BpfMap slot = slot(root.directory(UID))) {
        slot.update(new byte[4], next.fd());
      }
      assertThat(Runtime.pinned(root.path())).containsExactly(UID, UID + "_next");
      Runtime.remove(root.path(), UID + "_next");
      killer.kill(10);
      try (RunningProgram adopted = Runtime.start(request(killer, 1))) {
        assertThat(adopted.notAdopted()).isEmpty();
        assertThat(adopted.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
      }
    }
  }

  @Test
  void aSlotThatHoldsAForeignProgramIsNotAdopted() throws Exception {
    try (Killer killer = new Killer();
        BpfProgram foreign = another(killer)) {
      Runtime.start(request(killer, 1)).leave(SOON);
      try (BpfMap slot = slot(root.directory(UID))) {
        slot.update(new byte[4], foreign.fd());
      }
      assertThatThrownBy(() -> Runtime.start(request(killer, 1)))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.TAMPERED))
          .hasMessageContaining("which is not among them");
      Runtime.remove(root.path(), UID);
    }
  }

  /** As the version before this one left it: links exchanged, the new pins whole, not in place. */
  @Test
  void aWholeRevisionBesideTakesItsPlace() throws Exception {
    OwnThread.inNamespaces(
        () -> {
          Runtime.start(packets(UpdateTest.Kind.XDP, 1)).leave(SOON);
          RunningProgram first = Runtime.start(packets(UpdateTest.Kind.XDP, 1));
          try (AutoCloseable _ =
              Faults.install(
                  action ->
                      action.startsWith("exchange /")
                              || (action.startsWith("remove ") && action.endsWith("_next/manifest"))
                          ? Errno.EIO.number()
                          : 0)) {
            assertThatThrownBy(() -> Runtime.update(first, packets(UpdateTest.Kind.XDP, 2)))
                .isInstanceOf(StartException.class);
          }
          // The failed update could not take its pins away, and gave the place back.
          assertThat(root.names()).containsExactly(UID, UID + "_next");
          first.leave(SOON);
          try (BpfLink link = root.directory(UID).link("link-0").orElseThrow();
              BpfProgram second = root.directory(UID + "_next").program("prog-0").orElseThrow()) {
            link.update(second);
          }
          assertThat(Runtime.pinned(root.path())).containsExactly(UID);
          try (RunningProgram second = Runtime.start(packets(UpdateTest.Kind.XDP, 2));
              PacketSender sender = new PacketSender(1)) {
            assertThat(second.notAdopted()).isEmpty();
            sender.begin(10);
            sender.await();
            assertThat(second.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
          }
          assertThat(root.names()).isEmpty();
          return null;
        });
  }

  @Test
  void aKernelThatCannotExchangeDirectoriesRenamesThem() throws Exception {
    try (Killer killer = new Killer();
        AutoCloseable _ =
            Faults.install(action -> action.startsWith("exchange /") ? Errno.EINVAL.number() : 0)) {
      RunningProgram first = Runtime.start(request(killer, 1));
      killer.kill(10);
      RunningProgram second = Runtime.update(first, request(killer, 2)).program();
      killer.kill(10);
      assertThat(root.names()).containsExactly(UID);
      second.leave(SOON);
      // What a process leaves that ends between the first and the second rename, and after it.
      root.rename(UID, UID + "_former");
      try (RunningProgram adopted = Runtime.start(request(killer, 2))) {
        assertThat(adopted.notAdopted()).isEmpty();
        killer.kill(10);
        RingCounters ring = adopted.stop(SOON).rings().getFirst();
        assertThat(ring.produced()).isEqualTo(30);
        assertThat(ring.balanced()).as(ring.toString()).isTrue();
      }
      assertThat(root.names()).isEmpty();
    }
  }

  @Test
  void theSecondOwnerIsToldWhoTheFirstIs() throws Exception {
    try (Killer killer = new Killer();
        RunningProgram first = Runtime.start(request(killer, 1))) {
      long begin = System.nanoTime();
      assertThatThrownBy(() -> Runtime.start(request(killer, 1)))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE))
          .hasMessageContaining("this process (" + ProcessHandle.current().pid() + ")");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
      assertThatThrownBy(() -> Runtime.remove(root.path(), UID))
          .isInstanceOfSatisfying(
              StartException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.IN_USE));
      killer.kill(10);
      assertThat(first.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
    }
    assertThat(root.names()).isEmpty();
  }

  /**
   * Whatever call fails: either the old revision goes on, or the new one runs; counts stay exact.
   */
  @Test
  void anUpdateThatFailsAtAnyCallIsUndoneOrDone() throws Exception {
    try (Killer killer = new Killer()) {
      RunningProgram program = Runtime.start(request(killer, 1));
      long revision = 1;
      int events = 0;
      boolean wentThrough = false;
      for (int failing = 1; !wentThrough; failing++) {
        AtomicInteger calls = new AtomicInteger();
        int last = failing;
        AtomicInteger hit = new AtomicInteger();
        try (AutoCloseable _ =
            Faults.install(
                action -> {
                  boolean here = calls.incrementAndGet() == last;
                  hit.addAndGet(here ? 1 : 0);
                  return here ? Errno.EIO.number() : 0;
                })) {
          program = Runtime.update(program, request(killer, revision + 1)).program();
          revision++;
        } catch (StartException e) {
          // undone
        }
        wentThrough = hit.get() == 0;
        killer.kill(10);
        events += 10;
        long produced = program.counters().rings().getFirst().produced();
        assertThat(produced).as("after a failure at call " + failing).isEqualTo(events);
        assertThat(program.identity().revision()).isEqualTo(revision);
        assertThat(program.state()).isNotInstanceOf(ProgramState.Failed.class);
      }
      RingCounters ring = program.stop(SOON).rings().getFirst();
      program.close();
      assertThat(ring.balanced()).as(ring.toString()).isTrue();
      assertThat(ring.produced()).isEqualTo(events);
      assertThat(root.names()).isEmpty();
    }
  }

  @Test
  void aStopBesideAnUpdateWaitsForIt() throws Exception {
    try (Killer killer = new Killer()) {
      RunningProgram first = Runtime.start(request(killer, 1));
      CountDownLatch half = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      CompletableFuture<Updated> update = new CompletableFuture<>();
      try (AutoCloseable _ =
          Faults.install(
              action -> {
                if (action.startsWith("exchange /")) {
                  half.countDown();
                  awaitQuietly(goOn);
                }
                return 0;
              })) {
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    update.complete(Runtime.update(first, request(killer, 2)));
                  } catch (StartException | RuntimeException e) {
                    update.completeExceptionally(e);
                  }
                });
        assertThat(half.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> first.stop(SOON));
        goOn.countDown();
        stop.get(30, TimeUnit.SECONDS);
        try (RunningProgram second = update.get(30, TimeUnit.SECONDS).program()) {
          killer.kill(10);
          assertThat(second.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
        }
      }
      assertThat(root.names()).isEmpty();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An interface takes one XDP program by a link: pins of an unknown version must let it go. */
  @Test
  void pinsOfAnotherVersionDoNotKeepAPlaceThatTakesOneProgram() throws Exception {
    OwnThread.inNamespaces(
        () -> {
          Runtime.start(packets(UpdateTest.Kind.XDP, 1)).leave(SOON);
          replaceManifest();
          try (RunningProgram fresh = Runtime.start(packets(UpdateTest.Kind.XDP, 1));
              PacketSender sender = new PacketSender(1)) {
            assertThat(fresh.notAdopted())
                .hasValueSatisfying(why -> assertThat(why).contains("version 9"));
            sender.begin(10);
            sender.await();
            assertThat(fresh.stop(SOON).rings().getFirst().produced()).isEqualTo(10);
          }
          assertThat(root.names()).isEmpty();
          return null;
        });
  }

  private void replaceManifest() throws IOException {
    OtherVersionTest.replaceManifest(
        root.directory(UID),
        """
        {"version":9,"uid":"%s","revision":1,"objectDigest":"00"}\
        """
            .formatted(UID));
  }
}
