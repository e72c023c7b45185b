package dev.whistler.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whistler.bpf.feature.Features;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.feature.Probe;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What programs are attached to or pinned in can go, be replaced or be full. */
@Timeout(180)
@Isolated("faults hit the whole process")
class PlacesTest {
  private static final Identity IDENTITY = new Identity("node-1", "places", "uid-places", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path LIBC = Path.of("/lib/x86_64-linux-gnu/libc.so.6");

  @TempDir Path directory;

  private static RunRequest request(String program, AttachTarget.Place... places) {
    byte[] object =
        Sources.compile(
            "(defmap hits :type :array :key-type u32 :value-type u64 :max-entries 1)\n" + program);
    AttachTarget[] targets = new AttachTarget[places.length];
    for (int i = 0; i < places.length; i++) {
      targets[i] = new AttachTarget("p", places[i]);
    }
    return RunRequest.of(object, IDENTITY).withAttach(List.of(targets));
  }

  private static void assertGoneIsTold(RunningProgram program, String place) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(program.state())
                    .isInstanceOfSatisfying(
                        ProgramState.Degraded.class,
                        state -> {
                          assertThat(state.reason()).isEqualTo(FailureReason.ATTACH_FAILED);
                          assertThat(state.message()).contains("gone or was replaced (p " + place);
                        }));
  }

  @Test
  void anInterfaceThatGoesIsToldAndTheProgramCanBeStopped() throws Exception {
    String xdp = "(defprog p (:type :xdp) (incf (getmap hits 0)) XDP_PASS)";
    OwnThread.inNamespaces(
        () -> {
          try {
            OwnThread.command("ip", "link", "add", "w0", "type", "veth", "peer", "name", "w1");
          } catch (IllegalStateException e) {
            assumeTrue(false, "no veth devices here: " + e.getMessage());
          }
          try (RunningProgram program =
              Runtime.start(request(xdp, new AttachTarget.Interface("w0")))) {
            assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
            OwnThread.command("ip", "link", "del", "w0");
            assertGoneIsTold(program, "xdp");
          }
          return null;
        });
  }

  @Test
  void aCgroupThatGoesIsTold() throws Exception {
    Path group = Cgroups.create("gone");
    String filter =
        "(defprog p (:type :cgroup-skb :section \"cgroup_skb/egress\") (incf (getmap hits 0)) 1)";
    try (RunningProgram program = Runtime.start(request(filter, new AttachTarget.Cgroup(group)))) {
      assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
      Files.delete(group);
      assertGoneIsTold(program, "CGROUP");
    } finally {
      Files.deleteIfExists(group);
    }
  }

  @Test
  void aBinaryThatIsReplacedIsToldAndAnUpdateGoesIntoTheNewOne() throws Exception {
    assumeTrue(Files.exists(LIBC), "no libc at " + LIBC);
    Probe multi = Features.link(LinkFeature.UPROBE_MULTI);
    assumeTrue(multi.isSupported(), multi.reason());
    Path library = Files.copy(LIBC, directory.resolve("lib.so"));
    RunRequest request =
        request(
            "(defprog p (:type :kprobe :section \"uprobe.multi/"
                + library
                + ":getpid\") (incf (getmap hits 0)) 0)");
    RunningProgram program = Runtime.start(request);
    try {
      Path next = Files.copy(LIBC, directory.resolve("next.so"));
      Files.move(next, library, StandardCopyOption.REPLACE_EXISTING);
      assertGoneIsTold(program, library.toString());
      program = Runtime.update(program, request).program();
      Thread.sleep(2_500); // longer than between two looks
      assertThat(program.state()).isInstanceOf(ProgramState.Running.class);
    } finally {
      program.close();
    }
  }

  private interface Spoiling {
    AutoCloseable spoil(Path bpffs) throws Exception;
  }

  private void assertPinningFails(Spoiling spoiling, FailureReason reason, String why)
      throws Exception {
    OwnThread.inNamespaces(
        () -> {
          Path bpffs = Files.createDirectory(directory.resolve("bpf"));
          OwnThread.mountBpf(bpffs);
          Path pins =
              Files.createDirectory(
                  bpffs.resolve("whistler"),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rwx------")));
          RunRequest request =
              request(
                      "(defprog p (:type :raw-tracepoint :section \"raw_tp/sched_process_wait\")"
                          + " 0)")
                  .withPinDirectory(pins);
          try (AutoCloseable _ = spoiling.spoil(bpffs)) {
            assertThatThrownBy(() -> Runtime.start(request))
                .isInstanceOfSatisfying(
                    StartException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(why)
                .hasMessageEndingWith(".");
          }
          assertThat(Runtime.pinned(pins)).isEmpty();
          return null;
        });
  }

  @Test
  void aReadOnlyBpfFileSystemIsSaid() throws Exception {
    assertPinningFails(
        bpffs -> {
          OwnThread.makeReadOnly(bpffs);
          return () -> {};
        },
        FailureReason.UNSUPPORTED,
        "Read-only file system");
  }

  /** A BPF file system has no size of its own, so that the kernel is told to refuse. */
  @Test
  void aFullBpfFileSystemIsSaidAndNothingStays() throws Exception {
    int[] pins = {0};
    assertPinningFails(
        _ ->
            Faults.install(
                action ->
                    action.startsWith("pin at ") && pins[0]++ == 2 ? Errno.ENOSPC.number() : 0),
        FailureReason.LOAD_FAILED,
        "No space left on device");
  }
}
