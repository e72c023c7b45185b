package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadOptions;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.Needs;
import dev.whistler.bpf.PrivateNetwork;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.link.NativeSocket.Family;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.prog.BpfProgram;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.UnsupportedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every attach type of control groups: its event runs the program while that is attached. */
class CgroupTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;
  private int round;

  /** The groups that there are, by their names: a new attach type without an event fails. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*CGROUP.*")
  void runsForItsEventWhileAttached(AttachType type) throws Exception {
    Needs.attachType(type);
    String name = type.name().toLowerCase(Locale.ROOT);
    LoadOptions only = LoadOptions.defaults().withPrograms(name::equals);
    KernelObjects before = KernelObjects.now();
    try (LoadedObject object = BpfObject.open(ClangObjects.build("cgroups")).load(only)) {
      PrivateNetwork.run(
          () -> {
            runsWhileAttached(object, object.program(name), type);
            return null;
          });
    } catch (UnsupportedException e) {
      // Only BPF as a security module may be left out of a kernel that has the others.
      if (type != AttachType.LSM_CGROUP) {
        throw e;
      }
      Assumptions.abort(e.getMessage());
    }
    before.assertUnchanged();
  }

  private void runsWhileAttached(LoadedObject object, BpfProgram program, AttachType type)
      throws IOException {
    Path group = root();
    try (BpfLink link = Cgroup.attach(program, group, type)) {
      assertThat(link.type()).isEqualTo(LinkType.CGROUP);
      event(type);
      assertThat(runs(object)).isPositive();
    }
    int last = runs(object);
    event(type);
    assertThat(runs(object)).isEqualTo(last);
  }

  private static int runs(LoadedObject object) {
    return new Structure(TestMaps.value(object.map(".bss"), new byte[4])).getInt(0);
  }

  private void event(AttachType type) throws IOException {
    switch (type) {
      case CGROUP_INET_INGRESS,
          CGROUP_INET_EGRESS,
          CGROUP_INET_SOCK_CREATE,
          CGROUP_INET_SOCK_RELEASE,
          CGROUP_GETSOCKOPT,
          CGROUP_SETSOCKOPT,
          CGROUP_INET4_BIND,
          CGROUP_INET4_POST_BIND,
          CGROUP_INET4_CONNECT,
          CGROUP_UDP4_SENDMSG,
          CGROUP_UDP4_RECVMSG,
          CGROUP_INET4_GETPEERNAME,
          CGROUP_INET4_GETSOCKNAME,
          LSM_CGROUP ->
          exchange(Family.INET4, loopback(Family.INET4), loopback(Family.INET4));
      case CGROUP_INET6_BIND,
          CGROUP_INET6_POST_BIND,
          CGROUP_INET6_CONNECT,
          CGROUP_UDP6_SENDMSG,
          CGROUP_UDP6_RECVMSG,
          CGROUP_INET6_GETPEERNAME,
          CGROUP_INET6_GETSOCKNAME ->
          exchange(Family.INET6, loopback(Family.INET6), loopback(Family.INET6));
      case CGROUP_UNIX_CONNECT,
          CGROUP_UNIX_SENDMSG,
          CGROUP_UNIX_RECVMSG,
          CGROUP_UNIX_GETPEERNAME,
          CGROUP_UNIX_GETSOCKNAME -> {
        round++;
        exchange(
            Family.UNIX,
            NativeSocket.path(directory.resolve("one-" + round)),
            NativeSocket.path(directory.resolve("two-" + round)));
      }
      case CGROUP_SOCK_OPS -> connect();
      case CGROUP_DEVICE -> Files.newInputStream(Path.of("/dev/null")).close();
      case CGROUP_SYSCTL -> Files.readString(Path.of("/proc/sys/kernel/ostype"));
      default -> throw new AssertionError("no event for " + type);
    }
  }

  private static byte[] loopback(NativeSocket.Family family) {
    return NativeSocket.loopback(family, 0);
  }

  /** Everything that datagram sockets of a family do. */
  private static void exchange(NativeSocket.Family family, byte[] one, byte[] two) {
    try (NativeSocket sender = new NativeSocket(family, NativeSocket.DATAGRAM);
        NativeSocket receiver = new NativeSocket(family, NativeSocket.DATAGRAM)) {
      sender.bind(one);
      receiver.bind(two);
      receiver.readAndWriteAnOption();
      sender.sendTo(HELLO, receiver.name());
      assertThat(receiver.receive(100)).isEqualTo(HELLO);
      sender.connect(receiver.name());
      sender.peer();
    }
  }

  private static void connect() {
    try (NativeSocket server = new NativeSocket(Family.INET4, NativeSocket.STREAM);
        NativeSocket client = new NativeSocket(Family.INET4, NativeSocket.STREAM)) {
      server.bind(loopback(Family.INET4));
      server.listen();
      client.connect(server.name());
    }
  }

  /** The root of the groups of version 2; skips the test where none is mounted. */
  static Path root() {
    for (String place : new String[] {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
      if (Files.exists(Path.of(place, "cgroup.procs"))) {
        return Path.of(place);
      }
    }
    return Assumptions.abort("no cgroup of version 2 is mounted");
  }
}
