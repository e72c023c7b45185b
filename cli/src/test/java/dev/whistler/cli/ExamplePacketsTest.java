package dev.whistler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples that look into packets do with real frames what their comments say, and the forms of
 * the language what its document says: frames with IP options, fragments, VLAN tags in the data and
 * beside it, IPv6 with extension headers, and packets that the kernel keeps in pieces.
 */
@Timeout(300)
class ExamplePacketsTest {
  private static final int PORT = 9998;

  /** Has the kernel keep a tag beside the frame, as a VLAN device does. */
  private static final String TAGGING =
      """
      (defprog tag (:type :tc :section "tc/egress")
        (with-tc-packet (d e :min-len 14)
          (when (= (load u8 d 5) 9) (skb-vlan-push (ctx-ptr) (htons #x8100) 7)))
        -1) ; and the next program
      """;

  private static final String FORMS =
      """
      (defprog blocker (:type :tc :section "tc")
        %s
        (with-tc-udp (d e u) (when (= (udp-dst-port u) 9998) (return TC_ACT_SHOT)))
        (with-tc-tcp (d e h) (when (= (tcp-dst-port h) 9998) (return TC_ACT_SHOT)))
        (with-tc-udp6 (d e u) (when (= (udp-dst-port u) 9998) (return TC_ACT_SHOT)))
        (with-tc-tcp6 (d e h) (when (= (tcp-dst-port h) 9998) (return TC_ACT_SHOT)))
        %s)
      """;

  private static final String PULL = "(skb-pull-data (ctx-ptr) (min (ctx len) 94))";

  private final Frames frames = new Frames();
  private final Map<String, byte[]> sent = new LinkedHashMap<>();
  private final Map<String, Boolean> expected = new LinkedHashMap<>();
  private final List<Wire> wires = new ArrayList<>();
  @TempDir Path folder;

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "programs are loaded by root");
  }

  @AfterEach
  void cut() throws Exception {
    for (Wire wire : wires) {
      wire.close();
    }
  }

  private Wire wire(int mtu) throws IOException {
    Wire wire = new Wire(Files.createDirectory(folder.resolve("wire" + wires.size())), mtu);
    wires.add(wire);
    return wire;
  }

  private String file(String name, String source) throws IOException {
    return Files.writeString(folder.resolve(name), source).toString();
  }

  private void passes(String name, byte[] frame) {
    sent.put(name, frame);
    expected.put(name, true);
  }

  private void isDropped(String name, byte[] frame) {
    sent.put(name, frame);
    expected.put(name, false);
  }

  /** What a filter by port meets in any case. */
  private void aFilterMeets(int port) {
    passes("another port of UDP", frames.ipv4(Frames.UDP, port + 1));
    passes("another port of TCP", frames.ipv4(Frames.TCP, port + 1));
    passes("another port of UDP, IPv6", frames.ipv6(Frames.UDP, port + 1));
    isDropped("UDP", frames.ipv4(Frames.UDP, port));
    isDropped("UDP with options", frames.ipv4(Frames.UDP, port, 6, 0));
    isDropped("UDP with all options", frames.ipv4(Frames.UDP, port, 15, 0));
    isDropped("first fragment", frames.ipv4(Frames.UDP, port, 5, Frames.MORE_FRAGMENTS));
    passes("later fragment", frames.ipv4(Frames.UDP, port, 5, Frames.LATER_FRAGMENT));
    isDropped("TCP", frames.ipv4(Frames.TCP, port));
    isDropped("TCP with options", frames.ipv4(Frames.TCP, port, 15, 0));
    isDropped("UDP, IPv6", frames.ipv6(Frames.UDP, port));
    isDropped("TCP, IPv6", frames.ipv6(Frames.TCP, port));
    passes("hop by hop options", frames.ipv6HopByHop(Frames.UDP, port));
    passes("fragment header", frames.ipv6Fragment(Frames.TCP, port));
  }

  @Test
  void thePortBlocker() throws Exception {
    aFilterMeets(PORT);
    passes("tagged", Frames.tagged(frames.ipv4(Frames.UDP, PORT)));
    passes("tagged, IPv6", Frames.tagged(frames.ipv6(Frames.TCP, PORT)));
    passes("tagged twice", Frames.taggedTwice(frames.ipv4(Frames.UDP, PORT)));
    isDropped("tag beside", Frames.toBeTagged(frames.ipv4(Frames.UDP, PORT)));
    passes("tag beside a tag", Frames.toBeTagged(Frames.tagged(frames.ipv4(Frames.TCP, PORT))));

    Wire wire = wire(Wire.MTU);
    wire.run(
        "examples/xdp-port-blocker.lisp",
        "--attach",
        "port-blocker=if:eth0",
        "--map",
        "blocked:" + PORT + "=1",
        "--maps");
    wire.run(file("tag.lisp", TAGGING), "--attach", "tag=if:far0");
    assertThat(wire.send("far0", "eth0", sent)).isEqualTo(expected);
    String tables = wire.end();
    assertThat(sum(tables, "drops", 0, "")).as(tables).isEqualTo(3);
    assertThat(sum(tables, "drops", 1, "")).as(tables).isEqualTo(6);
  }

  @Test
  void theCounterOfProtocols() throws Exception {
    passes("UDP", frames.ipv4(Frames.UDP, PORT));
    passes("UDP with options", frames.ipv4(Frames.UDP, PORT, 15, 0));
    passes("later fragment", frames.ipv4(Frames.UDP, PORT, 5, Frames.LATER_FRAGMENT));
    passes("TCP", frames.ipv4(Frames.TCP, PORT));
    passes("tag beside", Frames.toBeTagged(frames.ipv4(Frames.TCP, PORT)));
    List<byte[]> counted = List.copyOf(sent.values());
    passes("UDP, IPv6", frames.ipv6(Frames.UDP, PORT));
    passes("tagged", Frames.tagged(frames.ipv4(Frames.UDP, PORT)));

    Wire wire = wire(Wire.MTU);
    wire.run("examples/xdp-protocols.lisp", "--attach", "count-protocols=if:eth0", "--maps");
    wire.run(file("tag.lisp", TAGGING), "--attach", "tag=if:far0");
    assertThat(wire.send("far0", "eth0", sent)).isEqualTo(expected);
    String tables = wire.end();
    for (int protocol : new int[] {Frames.TCP, Frames.UDP}) {
      List<byte[]> own = counted.stream().filter(frame -> frame[23] == protocol).toList();
      assertThat(sum(tables, "by-proto", protocol, ".packets")).as(tables).isEqualTo(own.size());
      assertThat(sum(tables, "by-proto", protocol, ".bytes"))
          .as(tables)
          .isEqualTo(own.stream().mapToLong(frame -> frame.length).sum());
    }
  }

  @Test
  void theTailCalls() throws Exception {
    int dns = 53;
    isDropped("UDP", frames.ipv4(Frames.UDP, dns));
    isDropped("UDP with options", frames.ipv4(Frames.UDP, dns, 9, 0));
    passes("another port", frames.ipv4(Frames.UDP, PORT));
    passes("TCP", frames.ipv4(Frames.TCP, dns));
    passes("UDP, IPv6", frames.ipv6(Frames.UDP, dns));
    passes("tagged", Frames.tagged(frames.ipv4(Frames.UDP, dns)));

    Wire wire = wire(Wire.MTU);
    wire.run("examples/tail-calls.lisp", "--attach", "entry=if:eth0", "--maps");
    assertThat(wire.send("far0", "eth0", sent)).isEqualTo(expected);
    String tables = wire.end();
    assertThat(sum(tables, "unhandled", 0, "")).as(tables).isEqualTo(1);
  }

  @Test
  void theClassifier() throws Exception {
    int voice = 5060;
    passes("voice", frames.ipv4(Frames.UDP, voice));
    passes("voice with options", frames.ipv4(Frames.UDP, voice, 7, 0));
    passes("voice, tag beside", Frames.toBeTagged(frames.ipv4(Frames.UDP, voice)));
    passes("bulk", frames.ipv4(Frames.TCP, PORT, 5, 0, 1420));
    passes("neither", frames.ipv4(Frames.TCP, PORT));
    passes("later fragment", frames.ipv4(Frames.UDP, voice, 5, Frames.LATER_FRAGMENT));
    passes("voice, tagged", Frames.tagged(frames.ipv4(Frames.UDP, voice)));
    passes("voice, IPv6", frames.ipv6(Frames.UDP, voice));

    Wire wire = wire(Wire.MTU);
    // The tag is there before the classifier sees the frame: programs run in the order of attach.
    wire.run(file("tag.lisp", TAGGING), "--attach", "tag=if:eth0");
    wire.run("examples/tc-classifier.lisp", "--attach", "classify=if:eth0:egress", "--maps");
    assertThat(wire.send("eth0", "far0", sent)).isEqualTo(expected);
    String first = wire.end();
    assertThat(first).isEmpty();
    String tables = wire.end();
    assertThat(sum(tables, "classified", 7, "value")).as(tables).isEqualTo(3);
    assertThat(sum(tables, "classified", 1, "value")).as(tables).isEqualTo(1);
    assertThat(sum(tables, "classified", 0, "value")).as(tables).isEqualTo(2);
  }

  /** Of a frame that comes in, the kernel takes the outer tag out before tc sees it. */
  @Test
  void theFormsOfSocketBuffersOnTheWayIn() throws Exception {
    aFilterMeets(PORT);
    isDropped("tagged", Frames.tagged(frames.ipv4(Frames.UDP, PORT)));
    isDropped("tagged, IPv6", Frames.tagged(frames.ipv6(Frames.TCP, PORT)));
    passes("tagged twice", Frames.taggedTwice(frames.ipv4(Frames.UDP, PORT)));
    isDropped("tag beside", Frames.toBeTagged(frames.ipv4(Frames.UDP, PORT)));
    passes("tag beside a tag", Frames.toBeTagged(Frames.tagged(frames.ipv4(Frames.TCP, PORT))));

    Wire wire = wire(Wire.MTU);
    // What it passes comes back: who listens on an interface hears frames before tc does.
    wire.run(
        file("blocker.lisp", FORMS.formatted("", "(redirect (ctx ifindex) 0)")),
        "--attach",
        "blocker=if:eth0:ingress");
    wire.run(file("tag.lisp", TAGGING), "--attach", "tag=if:far0");
    assertThat(wire.send("far0", "far0", sent)).isEqualTo(expected);
  }

  @Test
  void theFormsOfSocketBuffersOnTheWayOut() throws Exception {
    aFilterMeets(PORT);
    passes("tagged", Frames.tagged(frames.ipv4(Frames.UDP, PORT)));
    passes("tagged twice", Frames.taggedTwice(frames.ipv4(Frames.UDP, PORT)));
    isDropped("tag beside", Frames.toBeTagged(frames.ipv4(Frames.UDP, PORT)));

    Wire wire = wire(Wire.MTU);
    wire.run(file("tag.lisp", TAGGING), "--attach", "tag=if:eth0");
    wire.run(
        file("blocker.lisp", FORMS.formatted("", "TC_ACT_OK")),
        "--attach",
        "blocker=if:eth0:egress");
    assertThat(wire.send("eth0", "far0", sent)).isEqualTo(expected);
  }

  /** A frame of more than a page is not in one piece: its data ends behind the Ethernet header. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPacketInPiecesIsLookedIntoAfterItWasPulled(boolean pulled) throws Exception {
    sent.put("in pieces", frames.ipv4(Frames.UDP, PORT, 5, 0, 6000));
    sent.put("with options", frames.ipv4(Frames.TCP, PORT, 15, 0, 6000));
    sent.put("IPv6", frames.ipv6(Frames.TCP, PORT, 6000));

    Wire wire = wire(Wire.JUMBO_MTU);
    wire.run(
        file("blocker.lisp", FORMS.formatted(pulled ? PULL : "", "TC_ACT_OK")),
        "--attach",
        "blocker=if:eth0:egress");
    assertThat(wire.send("eth0", "far0", sent).values()).containsOnly(!pulled);
  }

  /** The sum over processors of a row's cells below a column whose name ends so. */
  private static long sum(String tables, String map, long key, String column) {
    List<String> lines = tables.lines().toList();
    int title = 0;
    while (!lines.get(title).startsWith(map + " (")) {
      title++;
    }
    String[] names = lines.get(title + 1).strip().split(" +");
    long sum = 0;
    for (String line : lines.subList(title + 2, lines.size())) {
      String[] cells = line.strip().split(" +");
      if (!line.startsWith("  ")) {
        break;
      }
      if (!cells[0].equals(Long.toString(key))) {
        continue;
      }
      for (int i = 1; i < cells.length; i++) {
        sum += names[i].endsWith(column) ? Long.parseLong(cells[i]) : 0;
      }
    }
    return sum;
  }
}
