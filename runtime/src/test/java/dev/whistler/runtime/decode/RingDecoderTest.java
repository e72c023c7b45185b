package dev.whistler.runtime.decode;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.structText;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whistler.runtime.Identity;
import dev.whistler.runtime.SchemaText;
import dev.whistler.runtime.schema.MapSchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RingDecoderTest {
  private static final Identity IDENTITY = new Identity("node-1", "forks \"x\"", "uid-1", 3);
  private static final String EVENT =
      structText(
          "ev",
          84,
          field("pid", 0, "u32", 4, "'kind':'pid'"),
          field("comm", 4, "u8", 16, "'count':16", "'kind':'string'"),
          field("text", 20, "u8", 64, "'count':64", "'kind':'string'"));
  private final WallClock clock = new WallClock(System::nanoTime);

  private RingDecoder decoder(MapSchema ring) {
    return new RingDecoder(ring, IDENTITY, "boot", 7, clock, WideNumbers.NUMBER);
  }

  private static MapSchema ring(String structs, String more) {
    return SchemaText.of(
            structs,
            "{'name':'events','symbol':'events','type':'ringbuf','maxEntries':4096" + more + "}")
        .maps()
        .getFirst();
  }

  private static boolean decode(RingDecoder decoder, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return decoder.decode(MemorySegment.ofArray(bytes), 0, bytes.length, 4096);
  }

  @Test
  void theEnvelopeHoldsItsMembersInOrder() {
    MapSchema ring =
        ring(
            structText(
                "birth-note",
                16,
                field("at", 0, "u64", 8, "'kind':'ktime'"),
                field("n", 8, "u8", 1)),
            ",'records':[{'struct':'birth-note','size':16}]");
    RingDecoder decoder = decoder(ring);
    long wall = Instant.parse("2026-11-22T01:45:39Z").getEpochSecond() * 1_000_000_000L;
    String at = HexFormat.of().toHexDigits(Long.reverseBytes(clock.toMonotonic(wall)));
    assertThat(decode(decoder, at + "0500000000000000")).isTrue();
    assertThat(decoder.line())
        .hasToString(
            "{\"time\":\"2026-11-22T01:45:39.000000000Z\",\"node\":\"node-1\","
                + "\"program\":\"forks \\\"x\\\"\",\"revision\":3,\"ring\":\"events\","
                + "\"struct\":\"birth-note\",\"seq\":4096,\"id\":\"boot:uid-1:7:4096\","
                + "\"data\":{\"at\":\"2026-11-22T01:45:39.000000000Z\",\"n\":5}}\n");
  }

  @Test
  void withoutOneTimeFieldItIsTheTimeOfReceipt() {
    RingDecoder decoder =
        decoder(
            ring(
                structText(
                    "two",
                    16,
                    field("a", 0, "u64", 8, "'kind':'ktime'"),
                    field("b", 8, "u64", 8, "'kind':'ktime'")),
                ",'records':[{'struct':'two','size':16}]"));
    decode(decoder, "00".repeat(16));
    String time = decoder.line().toString().substring(9, 39);
    assertThat(Duration.between(Instant.parse(time), Instant.now()).abs())
        .isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void recordsAreToldApartBySize() {
    String structs =
        structText("small", 4, field("x", 0, "u32", 4))
            + ","
            + structText("large", 8, field("y", 0, "u64", 8));
    RingDecoder decoder =
        decoder(
            ring(structs, ",'records':[{'struct':'small','size':4},{'struct':'large','size':8}]"));
    assertThat(decode(decoder, "01000000")).isTrue();
    assertThat(decoder.line().toString()).contains("\"struct\":\"small\"").endsWith("{\"x\":1}}\n");
    assertThat(decode(decoder, "0200000000000000")).isTrue();
    assertThat(decoder.line().toString()).contains("\"struct\":\"large\"").endsWith("{\"y\":2}}\n");
    assertThat(decode(decoder, "020000000000")).isFalse();
  }

  @Test
  void recordsAreToldApartByTag() {
    String structs =
        structText("a", 4, field("kind", 0, "i8", 1), field("x", 2, "u16", 2))
            + ","
            + structText("b", 4, field("kind", 0, "i8", 1), field("y", 2, "u16", 2));
    RingDecoder decoder =
        decoder(
            ring(
                structs,
                ",'tag':'kind','records':[{'struct':'a','size':4,'tagValue':1},"
                    + "{'struct':'b','size':4,'tagValue':255}]"));
    assertThat(decode(decoder, "01000900")).isTrue();
    assertThat(decoder.line().toString()).endsWith("{\"kind\":1,\"x\":9}}\n");
    assertThat(decode(decoder, "ff000900")).isTrue();
    assertThat(decoder.line().toString()).endsWith("{\"kind\":-1,\"y\":9}}\n");
    assertThat(decode(decoder, "02000900")).isFalse();
    assertThat(decode(decoder, "0100")).isFalse();
    assertThat(decode(decoder, "")).isFalse();
  }

  @Test
  void extraBytesAreIgnoredAndMissingOnesAreNot() {
    RingDecoder decoder =
        decoder(
            ring(
                structText("s", 4, field("x", 0, "u32", 4)),
                ",'records':[{'struct':'s','size':4}]"));
    assertThat(decode(decoder, "0100000002000000")).isTrue();
    assertThat(decoder.line().toString()).endsWith("{\"x\":1}}\n");
    assertThat(decode(decoder, "010000")).isFalse();
    assertThat(decoder.line().length()).isZero();
  }

  @Test
  void aRingWithoutTypesCarriesBytes() {
    RingDecoder decoder = decoder(ring("", ""));
    assertThat(decode(decoder, "0aff")).isTrue();
    assertThat(decoder.line().toString())
        .contains("\"struct\":\"bytes\"")
        .endsWith("\"data\":\"0aff\"}\n");
  }

  @Test
  void lossIsALineOfItsOwn() {
    RingDecoder decoder = decoder(ring("", ""));
    decoder.loss("no-reservation", 12);
    assertThat(decoder.line().toString())
        .contains("\"ring\":\"events\",\"struct\":\"whistler.loss\"")
        .endsWith("\"data\":{\"count\":12,\"reason\":\"no-reservation\"}}\n");
  }

  @Test
  void aRecordCostsNoAllocation() {
    RingDecoder decoder = decoder(ring(EVENT, ",'records':[{'struct':'ev','size':84}]"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment record = arena.allocate(84 * 64, 8);
      for (int i = 0; i < 64; i++) {
        record.set(Numbers.INT, i * 84, i * 77_777);
        record.setString(i * 84 + 4, "process-" + i);
        record.setString(i * 84 + 20, "/usr/lib/some/long/path/number/" + i);
      }
      decodeMany(decoder, record, 60_000);
      long before = threads.getCurrentThreadAllocatedBytes();
      int records = 10_000;
      decodeMany(decoder, record, records);
      long perRecord = (threads.getCurrentThreadAllocatedBytes() - before) / records;
      assertThat(perRecord).isZero();
    }
  }

  private static void decodeMany(RingDecoder decoder, MemorySegment records, int count) {
    for (int i = 0; i < count; i++) {
      decoder.decode(records, (i & 63) * 84L, 84, i * 96L);
    }
  }
}
