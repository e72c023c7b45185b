package dev.whistler.compiler.form;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.bpf.BpfObject;
import dev.whistler.bpf.LoadedObject;
import dev.whistler.bpf.prog.TestRun;
import dev.whistler.compiler.Compiler;
import dev.whistler.compiler.api.CompilationRequest;
import dev.whistler.compiler.api.CompilationResult;
import dev.whistler.compiler.define.Form;
import dev.whistler.compiler.emit.KernelRunner;
import dev.whistler.compiler.kernel.Architecture;
import dev.whistler.compiler.kernel.SuppliedKernel;
import dev.whistler.compiler.source.SourceText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Packet forms in the running kernel, over packets with every header length, tagged, fragmented,
 * cut off and of both versions, against what section 17.3 says of them.
 */
class PacketFormsTest {
  private static final int XDP_PASS = 2;
  private static final int TC_ACT_OK = 0;

  /** What the program yields for a packet that a form leaves alone. */
  private static final int OTHER = 70_000;

  private static final int PORT = 40_000;

  /** A form, the length that it asks for at once, and what it looks for. */
  private enum Form {
    TCP("tcp", 54, false, 6, 20),
    UDP("udp", 42, false, 17, 8),
    TCP6("tcp6", 74, true, 6, 20),
    UDP6("udp6", 62, true, 17, 8);

    final String name;
    final int least;
    final boolean sixth;
    final int protocol;
    final int bytes;

    Form(String name, int least, boolean sixth, int protocol, int bytes) {
      this.name = name;
      this.least = least;
      this.sixth = sixth;
      this.protocol = protocol;
      this.bytes = bytes;
    }

    String port() {
      return protocol == 6 ? "tcp-dst-port" : "udp-dst-port";
    }

    /** Where the header is, by the text of the language; −1 for a packet without one. */
    int header(byte[] packet, boolean options) {
      int type = packet.length < 14 ? 0 : ByteBuffer.wrap(packet).getShort(12) & 0xffff;
      if (packet.length < least || type != (sixth ? 0x86dd : 0x0800)) {
        return -1;
      }
      if (sixth) {
        return packet[20] == protocol ? 54 : -1;
      }
      int length = (packet[14] & 15) * 4;
      boolean first = (ByteBuffer.wrap(packet).getShort(20) & 0x1fff) == 0;
      boolean fits = options ? length >= 20 : length == 20;
      int at = 14 + length;
      return packet[23] == protocol && first && fits && at + bytes <= packet.length ? at : -1;
    }

    int value(byte[] packet, boolean options, int tooShort) {
      int at = header(packet, options);
      return packet.length < least
          ? tooShort
          : at < 0 ? OTHER : ByteBuffer.wrap(packet).getShort(at + 2) & 0xffff;
    }
  }

  private static LoadedObject load(String source) {
    KernelRunner.needsRoot();
    CompilationResult result =
        Compiler.compile(
            CompilationRequest.of(Architecture.X86_64, new SourceText("test.lisp", source))
                .withKernel(new SuppliedKernel(Architecture.X86_64, Map.of(), null, null, null)));
    assertThat(result.object()).as(result.diagnostics().toString()).isPresent();
    return BpfObject.open(result.object().orElseThrow().elf()).load();
  }

  private static int run(LoadedObject object, byte[] packet) {
    return object.program("p").testRun(TestRun.packet(packet)).returnValue();
  }

  /** Packets of both versions with all header lengths, whole and cut off. */
  private static List<byte[]> packets() {
    List<byte[]> packets = new ArrayList<>();
    for (int protocol : new int[] {1, 6, 17, 44, 58}) {
      packets.add(ipv6(protocol));
      for (int words = 0; words <= 15; words++) {
        for (int fragment : new int[] {0, 0x4000, 0x2000, 0x8000, 1, 0x100, 0x1fff, 0x2001}) {
          packets.add(ipv4(words, protocol, fragment));
        }
      }
      packets.add(tagged(ipv4(5, protocol, 0)));
      packets.add(tagged(ipv6(protocol)));
    }
    for (byte[] whole : List.copyOf(packets)) {
      for (int length : new int[] {14, 33, 34, 41, 42, 45, 46, 53, 54, 61, 62, 73, 74}) {
        if (length < whole.length) {
          packets.add(Arrays.copyOf(whole, length));
        }
      }
    }
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[14 + random.nextInt(100)];
      random.nextBytes(noise);
      ByteBuffer.wrap(noise).putShort(12, (short) (random.nextBoolean() ? 0x0800 : 0x86dd));
      packets.add(noise);
    }
    return packets;
  }

  private static byte[] ipv4(int words, int protocol, int fragment) {
    int header = Math.max(20, words * 4);
    ByteBuffer packet = ByteBuffer.allocate(14 + header + 24);
    packet.putShort(12, (short) 0x0800);
    packet.put(14, (byte) (0x40 | words)).putShort(20, (short) fragment);
    packet.put(23, (byte) protocol);
    // What a reader at a fixed place takes for the port of a packet with options.
    packet.putShort(36, (short) 1);
    return packet.putShort(14 + header, (short) 5).putShort(16 + header, (short) PORT).array();
  }

  private static byte[] ipv6(int next) {
    ByteBuffer packet = ByteBuffer.allocate(14 + 40 + 24).putShort(12, (short) 0x86dd);
    packet.put(14, (byte) 0x60).put(20, (byte) next);
    return packet.putShort(54, (short) 5).putShort(56, (short) PORT).array();
  }

  private static byte[] tagged(byte[] packet) {
    ByteBuffer tagged = ByteBuffer.allocate(packet.length + 4);
    tagged.put(packet, 0, 12).putShort((short) 0x8100).putShort((short) 7);
    return tagged.put(packet, 12, packet.length - 12).array();
  }

  private static void assertValues(LoadedObject object, Form form, boolean options, int tooShort) {
    assertValues(object, form, options, tooShort, packets());
  }

  private static void assertValues(
      LoadedObject object, Form form, boolean options, int tooShort, List<byte[]> packets) {
    for (byte[] packet : packets) {
      assertThat(run(object, packet))
          .as("%s of %s", form, HexFormat.of().formatHex(packet))
          .isEqualTo(form.value(packet, options, tooShort));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHeaderIsFoundWhereThePacketSays(Form form) {
    String source =
        "(defprog p (:type :xdp) (with-%s (d e h) (return (%s h))) %d)"
            .formatted(form.name, form.port(), OTHER);
    try (LoadedObject object = load(source)) {
      assertValues(object, form, true, XDP_PASS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFormsOfSocketBuffersAreTheSame(Form form) {
    String source =
        "(defprog p (:type :tc) (with-tc-%s (d e h) (return (%s h))) %d)"
            .formatted(form.name, form.port(), OTHER);
    try (LoadedObject object = load(source)) {
      // The kernel makes no socket buffer of a packet whose network header is cut off.
      List<byte[]> whole = packets().stream().filter(packet -> packet.length >= 54).toList();
      assertValues(object, form, true, TC_ACT_OK, whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anExpressionYieldsTheHeaderOrZero(Form form) {
    String source =
        "(defprog p (:type :xdp) (if-let (h (parse-%s (xdp-data) (xdp-data-end))) (%s h) %d))"
            .formatted(form.name, form.port(), OTHER);
    try (LoadedObject object = load(source)) {
      assertValues(object, form, true, OTHER);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "UDP"})
  void withoutOptionsTheHeaderStandsAtItsUsualPlace(Form form) {
    String source =
        "(defprog p (:type :xdp) (with-%s (d e h :options nil) (return (%s h))) %d)"
            .formatted(form.name, form.port(), OTHER);
    try (LoadedObject object = load(source)) {
      assertValues(object, form, false, XDP_PASS);
    }
  }

  /** All forms in one program: each proof of the packet's length stands beside the others. */
  @Test
  void allFormsInOneProgram() {
    String source =
        """
        (defprog p (:type :xdp)
          (with-udp (d e h) (return (+ 1 (udp-dst-port h) (- d d))))
          (with-tcp (d e h) (setf (tcp-dst-port h) 9) (return (+ 2 (tcp-dst-port h))))
          (with-ipv6 (d e ip)
            (if-let (h (parse-udp6 d e)) (return (+ 3 (udp-dst-port h) (- (ipv6-nexthdr ip) 17))))
            (if-let (h (parse-tcp6 d e)) (return (+ 4 (tcp-dst-port h)))))
          5)
        """;
    try (LoadedObject object = load(source)) {
      assertThat(run(object, ipv4(8, 17, 0))).isEqualTo(PORT + 1);
      assertThat(run(object, ipv4(15, 6, 0))).isEqualTo(11);
      assertThat(run(object, ipv6(17))).isEqualTo(PORT + 3);
      assertThat(run(object, ipv6(6))).isEqualTo(PORT + 4);
      assertThat(run(object, ipv4(5, 1, 0))).isEqualTo(5);
    }
  }

  @Test
  void anOddHeadIsRefused() {
    for (String head : List.of("(d e h :options 1)", "(d e h :options)", "(d e h :ports nil)")) {
      assertThat(Analysis.of("(defprog p (:type :xdp) (with-udp " + head + " 1))").codes())
          .as(head)
          .containsExactly("E-SYNTAX");
    }
    assertThat(Analysis.of("(defprog p () (with-udp6 (d e h :options nil) 1))").codes())
        .containsExactly("E-SYNTAX");
  }
}
