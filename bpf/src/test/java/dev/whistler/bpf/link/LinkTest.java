package dev.whistler.bpf.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.ClangObjects;
import dev.whistler.bpf.KernelObjects;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.Needs;
import dev.whistler.bpf.PrivateNetwork;
import dev.whistler.bpf.TestMaps;
import dev.whistler.bpf.feature.LinkFeature;
import dev.whistler.bpf.prog.AttachType;
import dev.whistler.bpf.sys.Errno;
import dev.whistler.bpf.sys.NetworkDevice;
import dev.whistler.bpf.sys.Structure;
import dev.whistler.bpf.sys.SystemCallException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of link: cause the event, see the effect, close the link, see no effect. */
class LinkTest {
  @TempDir Path directory;
  private KernelObjects before;
  private LoadedObject loaded;

  @BeforeEach
  void load() {
    // The first use of sockets opens descriptors that stay.
    before = KernelObjects.now();
    loaded = BpfObject.open(ClangObjects.build("links")).load();
    byte[] globals = new byte[loaded.map(".bss").valueSize()];
    new Structure(globals).putInt(0, (int) ProcessHandle.current().pid());
    loaded.map(".bss").update(new byte[4], globals);
  }

  @AfterEach
  void unload() {
    loaded.close();
    KernelObjects after = KernelObjects.now();
    assertThat(after.programs()).isEqualTo(before.programs());
    assertThat(after.maps()).isEqualTo(before.maps());
    assertThat(after.links()).isEqualTo(before.links());
  }

  private long hits(int slot) {
    byte[] key = new Structure(new byte[4]).putInt(0, slot).bytes();
    return new Structure(TestMaps.value(loaded.map("hits"), key)).getLong(0);
  }

  private void assertFiresOnlyWhileAttached(int slot, Attachment link, Action event)
      throws Exception {
    try (link) {
      event.run();
      assertThat(hits(slot)).isPositive();
    }
    long count = hits(slot);
    event.run();
    assertThat(hits(slot)).isEqualTo(count);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static int loopback() throws SocketException {
    return NetworkInterface.getByName("lo").getIndex();
  }

  private static void exchangePackets() throws IOException {
    try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        DatagramSocket sender = new DatagramSocket()) {
      receiver.setSoTimeout(5000);
      byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
      sender.send(new DatagramPacket(text, text.length, receiver.getLocalSocketAddress()));
      receiver.receive(new DatagramPacket(new byte[100], 100));
    }
  }

  @Test
  void xdp() throws Exception {
    PrivateNetwork.run(
        () -> {
          BpfLink link = Xdp.attach(loaded.program("on_xdp"), loopback(), Xdp.Mode.GENERIC);
          assertThat(link.info().interfaceIndex()).isEqualTo(loopback());
          assertFiresOnlyWhileAttached(0, link, LinkTest::exchangePackets);
          return null;
        });
  }

  @Test
  void xdpInTheDriver() throws Exception {
    PrivateNetwork.run(
        () -> {
          PrivateNetwork.command("ip", "link", "add", "one", "type", "veth");
          PrivateNetwork.command("ip", "link", "set", "one", "up");
          PrivateNetwork.command("ip", "address", "add", "198.18.0.1/24", "dev", "veth0");
          PrivateNetwork.command("ip", "link", "set", "veth0", "up");
          int receiver = NetworkDevice.index("one").orElseThrow();
          assertThatThrownBy(
                  () -> Xdp.attach(loaded.program("on_xdp"), loopback(), Xdp.Mode.DRIVER))
              .isInstanceOfSatisfying(
                  SystemCallException.class,
                  e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP));
          try (BpfLink _ = Xdp.attach(loaded.program("on_xdp"), receiver, Xdp.Mode.DRIVER)) {
            sendThrough("veth0");
            await().until(() -> hits(0) > 0);
          }
          long count = hits(0);
          sendThrough("veth0");
          assertThat(hits(0)).isEqualTo(count);
          return null;
        });
  }

  /** A packet to everybody on the other end of an interface. */
  private static void sendThrough(String sender) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(sender));
      channel.send(ByteBuffer.allocate(8), new InetSocketAddress("224.0.0.1", 4000));
    }
  }

  @Test
  void anXdpLinkIsUpdatedWithoutBeingReplaced() throws Exception {
    PrivateNetwork.run(
        () -> {
          try (BpfLink link = Xdp.attach(loaded.program("on_xdp"), loopback(), Xdp.Mode.ANY)) {
            exchangePackets();
            long old = hits(0);
            link.update(loaded.program("on_xdp_new"));
            exchangePackets();
            assertThat(hits(0)).isEqualTo(old);
            assertThat(hits(1)).isPositive();
            assertThat(link.info().programId()).isEqualTo(loaded.program("on_xdp_new").id());
            assertThatThrownBy(
                    () -> Xdp.attach(loaded.program("on_xdp"), loopback(), Xdp.Mode.GENERIC))
                .isInstanceOfSatisfying(
                    SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
            link.detach();
            long count = hits(1);
            exchangePackets();
            assertThat(hits(1)).isEqualTo(count);
          }
          return null;
        });
  }

  @Test
  void tcx() throws Exception {
    Needs.link(LinkFeature.TCX);
    PrivateNetwork.run(
        () -> {
          try (BpfLink _ =
              Tcx.attach(loaded.program("on_ingress"), loopback(), Tcx.Direction.INGRESS)) {
            assertThat(Tcx.programs(loopback(), Tcx.Direction.INGRESS))
                .containsExactly(loaded.program("on_ingress").id());
          }
          assertThat(Tcx.programs(loopback(), Tcx.Direction.INGRESS)).isEmpty();
          assertFiresOnlyWhileAttached(
              2,
              Tcx.attach(loaded.program("on_ingress"), loopback(), Tcx.Direction.INGRESS),
              LinkTest::exchangePackets);
          assertFiresOnlyWhileAttached(
              3,
              Tcx.attach(loaded.program("on_egress"), loopback(), Tcx.Direction.EGRESS),
              LinkTest::exchangePackets);
          return null;
        });
  }

  @Test
  void trafficControlByNetlink() throws Exception {
    PrivateNetwork.run(
        () -> {
          for (Tcx.Direction direction : Tcx.Direction.values()) {
            assertFiresOnlyWhileAttached(
                4,
                Clsact.attach(loaded.program("on_clsact"), loopback(), direction, 1),
                LinkTest::exchangePackets);
          }
          try (Clsact.Filter filter =
              Clsact.attach(loaded.program("on_clsact"), loopback(), Tcx.Direction.INGRESS, 1)) {
            long count = hits(4);
            filter.update(loaded.program("on_ingress"));
            exchangePackets();
            assertThat(hits(2)).isPositive();
            assertThat(hits(4)).isEqualTo(count);
          }
          try (Clsact.Filter _ =
                  Clsact.attach(
                      loaded.program("on_clsact"), loopback(), Tcx.Direction.INGRESS, 1, "one");
              Clsact.Filter _ =
                  Clsact.attach(
                      loaded.program("on_ingress"), loopback(), Tcx.Direction.INGRESS, 1, "two")) {
            assertThat(Clsact.filters(loopback(), Tcx.Direction.INGRESS))
                .extracting(Clsact.Found::name)
                .as("in the order in which they run")
                .containsExactly("two", "one");
            assertThat(Clsact.filters(loopback(), Tcx.Direction.EGRESS)).isEmpty();
            Clsact.Found found = Clsact.filters(loopback(), Tcx.Direction.INGRESS).getLast();
            assertThat(found.programId()).isEqualTo(loaded.program("on_clsact").id());
            // As a process does that finds what an ended one left.
            Clsact.replace(found, loaded.program("on_egress"), "three").close();
            assertThat(Clsact.filters(loopback(), Tcx.Direction.INGRESS))
                .extracting(Clsact.Found::name)
                .containsExactly("two");
          }
          assertThat(Clsact.filters(loopback(), Tcx.Direction.INGRESS)).isEmpty();
          assertThatThrownBy(
                  () -> Clsact.attach(loaded.program("on_clsact"), 4711, Tcx.Direction.INGRESS, 1))
              .isInstanceOfSatisfying(
                  SystemCallException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
          return null;
        });
  }

  @Test
  void anIteratorVisitsAllMaps() {
    try (LoadedObject object = BpfObject.open(ClangObjects.build("iterator")).load();
        BpfLink link = Iterator.attach(object.program("list"))) {
      String text = new String(Iterator.read(link, 1 << 20), StandardCharsets.US_ASCII);
      assertThat(text.lines()).hasSizeGreaterThanOrEqualTo(2).containsOnly("map");
    }
  }

  @Test
  void aCgroupProgramForbidsAConnection() throws Exception {
    PrivateNetwork.run(
        () -> {
          Path group = CgroupTest.root();
          try (BpfLink link =
              Cgroup.attach(loaded.program("on_connect"), group, AttachType.CGROUP_INET4_CONNECT)) {
            assertThat(link.type()).isEqualTo(LinkType.CGROUP);
            assertThat(Cgroup.programs(group, AttachType.CGROUP_INET4_CONNECT))
                .contains(loaded.program("on_connect").id());
            try (ServerSocket server = listen(4999);
                ServerSocket other = listen(4998)) {
              connect(other);
              assertThatThrownBy(() -> connect(server))
                  .isInstanceOf(IOException.class)
                  .hasMessageContaining("not permitted");
            }
          }
          try (ServerSocket server = listen(4999)) {
            connect(server);
          }
          assertThat(hits(6)).isEqualTo(2);
          return null;
        });
  }

  @Test
  void socketLookup() throws Exception {
    PrivateNetwork.run(
        () -> {
          assertFiresOnlyWhileAttached(
              7,
              NetworkNamespace.attach(
                  loaded.program("on_lookup"), NetworkNamespace.CURRENT, AttachType.SK_LOOKUP),
              LinkTest::exchangePackets);
          return null;
        });
  }

  @Test
  void flowDissector() throws Exception {
    PrivateNetwork.run(
        () -> {
          try (Clsact.Filter _ =
              Clsact.attach(loaded.program("on_hash"), loopback(), Tcx.Direction.EGRESS, 1)) {
            BpfLink link =
                NetworkNamespace.attach(
                    loaded.program("on_dissect"),
                    NetworkNamespace.CURRENT,
                    AttachType.FLOW_DISSECTOR);
            assertThat(link.type()).isEqualTo(LinkType.NETNS);
            assertThat(
                    NetworkNamespace.programs(NetworkNamespace.CURRENT, AttachType.FLOW_DISSECTOR))
                .containsExactly(loaded.program("on_dissect").id());
            assertFiresOnlyWhileAttached(8, link, LinkTest::exchangePackets);
          }
          return null;
        });
  }

  @Test
  void netfilter() throws Exception {
    Needs.link(LinkFeature.NETFILTER);
    PrivateNetwork.run(
        () -> {
          try (LoadedObject object = BpfObject.open(ClangObjects.build("netfilter")).load();
              BpfLink link =
                  Netfilter.attach(
                      object.program("on_packet"),
                      Netfilter.Family.IPV4,
                      Netfilter.Hook.LOCAL_IN,
                      10)) {
            assertThat(link.type()).isEqualTo(LinkType.NETFILTER);
            exchangePackets();
            byte[] globals = TestMaps.value(object.map(".bss"), new byte[4]);
            assertThat(new Structure(globals).getLong(0)).isPositive();
          }
          return null;
        });
  }

  @Test
  void btfTracepoint() throws Exception {
    assertFiresOnlyWhileAttached(
        9,
        Tracing.attach(loaded.program("on_btf_fork")),
        () -> {
          Thread thread = new Thread(() -> {});
          thread.start();
          thread.join();
        });
  }

  @Test
  void perfEvent() {
    try (BpfLink link =
        PerfSampling.attach(loaded.program("on_sample"), PerfSampling.CPU_CLOCK, 1000, 0)) {
      assertThat(link.type()).isEqualTo(LinkType.PERF_EVENT);
      await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(hits(10)).isPositive());
    }
  }

  @Test
  void uprobeByPerfEvent() throws Exception {
    Path library = libc();
    assertFiresOnlyWhileAttached(
        11,
        Uprobe.attach(
            loaded.program("on_uprobe"), library, UserSymbol.offset(library, "getppid"), false),
        SystemCalls::getppid);
    assertFiresOnlyWhileAttached(
        11,
        Uprobe.attach(
            loaded.program("on_uprobe"), library, UserSymbol.offset(library, "getppid"), true),
        SystemCalls::getppid);
  }

  @Test
  void uprobesOfOneFileInOneLink() throws Exception {
    Needs.link(LinkFeature.UPROBE_MULTI);
    Path library = libc();
    long[] offsets = {UserSymbol.offset(library, "getppid"), UserSymbol.offset(library, "getpgid")};
    assertFiresOnlyWhileAttached(
        12,
        Uprobe.attachAll(loaded.program("on_uprobes"), library, offsets, false, 0),
        SystemCalls::getppid);
    assertThat(hits(12)).isEqualTo(1);
  }

  @Test
  void symbolsThatAreNotThereAreNamed() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no program".repeat(10));
    assertThatThrownBy(() -> UserSymbol.offset(libc(), "no_such_function"))
        .hasMessageContaining("has no function no_such_function");
    assertThatThrownBy(() -> UserSymbol.offset(text, "main"))
        .hasMessageContaining("this is no ELF file");
  }

  @Test
  void messagesOfTheSocketsOfAMap() throws Exception {
    assertFiresForSocketsOfAMap(
        13,
        () ->
            SocketMap.attach(
                loaded.program("on_message"), loaded.map("sockets"), AttachType.SK_MSG_VERDICT));
    assertThat(SocketMap.programs(loaded.map("sockets"), AttachType.SK_MSG_VERDICT)).isEmpty();
    try (Attachment _ =
        SocketMap.attach(
            loaded.program("on_message"), loaded.map("sockets"), AttachType.SK_MSG_VERDICT)) {
      assertThat(SocketMap.programs(loaded.map("sockets"), AttachType.SK_MSG_VERDICT))
          .containsExactly(loaded.program("on_message").id());
    }
  }

  @Test
  void streamsOfTheSocketsOfAMap() throws Exception {
    assertFiresForSocketsOfAMap(
        19,
        () ->
            SocketMap.attach(
                loaded.program("on_verdict"), loaded.map("sockets"), AttachType.SK_SKB_VERDICT));
    assertFiresForSocketsOfAMap(
        14,
        () -> {
          Attachment verdict =
              SocketMap.attach(
                  loaded.program("on_stream_verdict"),
                  loaded.map("sockets"),
                  AttachType.SK_SKB_STREAM_VERDICT);
          Attachment parser =
              SocketMap.attach(
                  loaded.program("on_stream"),
                  loaded.map("sockets"),
                  AttachType.SK_SKB_STREAM_PARSER);
          return () -> {
            parser.close();
            verdict.close();
          };
        });
    assertThat(hits(18)).isPositive();
  }

  /** Both ends of a connection are put into the map, whose programs a socket takes on then. */
  private void assertFiresForSocketsOfAMap(int slot, Supplier<Attachment> attach) throws Exception {
    assertFiresOnlyWhileAttached(
        slot,
        attach.get(),
        () -> {
          try (ServerSocketChannel server = ServerSocketChannel.open();
              NativeSocket client =
                  new NativeSocket(NativeSocket.Family.INET4, NativeSocket.STREAM)) {
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            client.connect(
                NativeSocket.loopback(NativeSocket.Family.INET4, server.socket().getLocalPort()));
            try (SocketChannel accepted = server.accept()) {
              put(client);
              client.send("hello".getBytes(StandardCharsets.US_ASCII));
              ByteBuffer received = ByteBuffer.allocate(5);
              accepted.read(received);
              accepted.write(received.flip());
              assertThat(client.receive(100)).hasSize(5);
            }
          }
        });
  }

  private void put(NativeSocket socket) {
    byte[] value = new Structure(new byte[4]).putInt(0, socket.descriptor()).bytes();
    loaded.map("sockets").update(new byte[4], value);
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 5, InetAddress.getByName("127.0.0.1"));
  }

  private static void connect(ServerSocket server) throws IOException {
    // Java's own sockets are of IPv6 with mapped addresses: another hook.
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.INET)) {
      socket.connect(
          new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.getLocalPort()));
    }
  }

  private static Path libc() {
    try {
      return Files.readAllLines(Path.of("/proc/self/maps")).stream()
          .filter(line -> line.contains("/libc.so") || line.contains("/libc-"))
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
