package dev.whistler.runtime.decode;

import static dev.whistler.runtime.SchemaText.field;
import static dev.whistler.runtime.SchemaText.struct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whistler.runtime.SchemaText;
import dev.whistler.runtime.schema.StructSchema;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type and kind of language §§9.6 and 9.8, byte for byte. */
class ValueRendererTest {
  private final WallClock clock = new WallClock(System::nanoTime);

  private String render(StructSchema struct, byte[] bytes) {
    return render(struct, bytes, WideNumbers.NUMBER);
  }

  private String render(StructSchema struct, byte[] bytes, WideNumbers wide) {
    return new ValueRenderer(struct, clock, wide).render(MemorySegment.ofArray(bytes), 0);
  }

  private static byte[] little(long word) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(word).array();
  }

  @ParameterizedTest
  @CsvSource({
    "u8, 1, ff, 255",
    "i8, 1, ff, -1",
    "u16, 2, ffff, 65535",
    "i16, 2, 0080, -32768",
    "u32, 4, ffffffff, 4294967295",
    "i32, 4, 00000080, -2147483648",
    "u64, 8, ffffffffffffffff, 18446744073709551615",
    "i64, 8, 0000000000000080, -9223372036854775808",
    "u64, 8, 0000000000000000, 0",
    "u64, 8, 0000e8890423c78a, 10000000000000000000"
  })
  void scalarsAreNumbers(String type, int size, String bytes, String text) {
    assertThat(render(struct(size, field("x", 0, type, size)), HexFormat.of().parseHex(bytes)))
        .isEqualTo("{\"x\":" + text + "}");
  }

  @Test
  void everyNumberOfDigitsIsRight() {
    StructSchema struct = struct(8, field("x", 0, "u64", 8));
    for (int digits = 1; digits <= 19; digits++) {
      long power = (long) Math.pow(10, digits - 1);
      for (long value : new long[] {power, power - 1, power + 1, power * 9, -power}) {
        assertThat(render(struct, little(value)))
            .isEqualTo("{\"x\":" + Long.toUnsignedString(value) + "}");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "ipv4, u32, 4, '', 0a000007, `\"10.0.0.7\"`",
        "ipv4, u8, 4, 4, 0a0000ff, `\"10.0.0.255\"`",
        "ipv4-host, u32, 4, '', 0700000a, `\"10.0.0.7\"`",
        "ipv6, u8, 16, 16, 20010db8000000000000000000000001, `\"2001:db8::1\"`",
        "ipv6, u32, 16, 4, 20010db8000000010000000000000000, `\"2001:db8:0:1::\"`",
        "ipv6, u64, 16, 2, 00000000000000000000000000000000, `\"::\"`",
        "ipv6, u8, 16, 16, 00000000000000000000000000000001, `\"::1\"`",
        "ipv6, u8, 16, 16, 20010db8000000010001000100010001, `\"2001:db8:0:1:1:1:1:1\"`",
        "ipv6, u8, 16, 16, 20010000000000010000000000000001, `\"2001:0:0:1::1\"`",
        "ipv6, u8, 16, 16, 20010db8000000000001000000000001, `\"2001:db8::1:0:0:1\"`",
        "ipv6, u8, 16, 16, 00000000000000000000ffffc0000201, `\"::ffff:192.0.2.1\"`",
        "mac, u8, 6, 6, 0242ac110002, `\"02:42:ac:11:00:02\"`",
        "bytes, u8, 3, 3, 00ff10, `\"00ff10\"`",
        "pid, u32, 4, '', 2a000000, 42",
        "uid, i32, 4, '', ffffffff, -1",
        "cgroup, u64, 8, '', 0100000000000000, 1",
        "errno, i32, 4, '', feffffff, `\"ENOENT\"`",
        "errno, i32, 4, '', 02000000, 2",
        "errno, i64, 8, '', 7bffffffffffffff, `\"EHWPOISON\"`",
        "errno, i64, 8, '', 7affffffffffffff, -134",
        "errno, i64, 8, '', d7ffffffffffffff, -41",
        "errno, u32, 4, '', f5ffffff, `\"EAGAIN\"`",
        "errno, u32, 4, '', 0000ffff, 4294901760",
        "number, u8, 1, '', 07, 7",
      })
  void kinds(String kind, String type, int size, String count, String bytes, String json) {
    String array = count.equals("''") ? "" : "'count':" + count + ",";
    StructSchema struct = struct(size, field("x", 0, type, size, array + "'kind':'" + kind + "'"));
    assertThat(render(struct, HexFormat.of().parseHex(bytes))).isEqualTo("{\"x\":" + json + "}");
  }

  @Test
  void timesAreWallTimesWithNineDigits() {
    StructSchema struct =
        struct(
            16,
            field("k", 0, "u64", 8, "'kind':'ktime'"),
            field("b", 8, "u64", 8, "'kind':'boottime'"));
    long wall =
        Instant.parse("2026-11-22T01:45:39.000000120Z").getEpochSecond() * 1_000_000_000L + 120;
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(clock.toMonotonic(wall))
            .putLong(clock.toBoot(wall + 1))
            .array();
    assertThat(render(struct, bytes))
        .isEqualTo(
            "{\"k\":\"2026-11-22T01:45:39.000000120Z\",\"b\":\"2026-11-22T01:45:39.000000121Z\"}");
  }

  @Test
  void labelsOrNumbers() {
    StructSchema struct =
        struct(
            2,
            field(
                "p",
                0,
                "u8",
                1,
                "'kind':'enum'",
                "'labels':[{'value':6,'label':'TCP'},{'value':17,'label':'UDP'}]"),
            field("q", 1, "i8", 1, "'kind':'enum'", "'labels':[{'value':-1,'label':'NONE'}]"));
    assertThat(render(struct, new byte[] {17, -1})).isEqualTo("{\"p\":\"UDP\",\"q\":\"NONE\"}");
    assertThat(render(struct, new byte[] {7, 1})).isEqualTo("{\"p\":7,\"q\":1}");
  }

  @Test
  void arraysAndNestedStructs() {
    String head =
        SchemaText.structText("head", 8, field("kind", 0, "u8", 1), field("seq", 4, "u32", 4));
    String box =
        SchemaText.structText(
            "box",
            24,
            field("h", 0, "head", 8),
            field("n", 8, "u16", 4, "'count':2"),
            field("raw", 12, "u8", 2, "'count':2"),
            field("small", 14, "i8", 2, "'count':2"),
            field("hs", 16, "head", 8, "'count':1"));
    StructSchema struct = SchemaText.of(head + "," + box, "").structs().get(1);
    byte[] bytes = HexFormat.of().parseHex("01aaaaaa02000000030004000a0bff7f0500000006000000");
    assertThat(render(struct, bytes))
        .isEqualTo(
            "{\"h\":{\"kind\":1,\"seq\":2},\"n\":[3,4],\"raw\":\"0a0b\",\"small\":[-1,127],"
                + "\"hs\":[{\"kind\":5,\"seq\":6}]}");
  }

  @Test
  void wideNumbersCanBeText() {
    StructSchema struct = struct(16, field("u", 0, "u64", 8), field("i", 8, "i64", 8));
    long safe = (1L << 53) - 1;
    assertThat(render(struct, join(little(safe), little(-safe)), WideNumbers.STRING))
        .isEqualTo("{\"u\":9007199254740991,\"i\":-9007199254740991}");
    assertThat(render(struct, join(little(-1), little(-safe - 1)), WideNumbers.STRING))
        .isEqualTo("{\"u\":\"18446744073709551615\",\"i\":\"-9007199254740992\"}");
  }

  @Test
  void unionsAreBytes() {
    StructSchema struct = struct(4, field("a", 0, "u32", 4), field("b", 0, "u16", 2));
    assertThat(render(struct, new byte[] {1, 2, 3, 4})).isEqualTo("\"01020304\"");
  }

  private static byte[] join(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  private String text(byte[] bytes) {
    StructSchema struct =
        struct(
            bytes.length,
            field("x", 0, "u8", bytes.length, "'kind':'string'", "'count':" + bytes.length));
    String json = render(struct, bytes);
    return json.substring(5, json.length() - 1);
  }

  private String text(String text) {
    return text(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void stringsEndAtTheFirstNul() {
    assertThat(text("bash\0\0\0\0junk")).isEqualTo("\"bash\"");
    assertThat(text("\0")).isEqualTo("\"\"");
    assertThat(text("exactly-sixteen!")).isEqualTo("\"exactly-sixteen!\"");
    assertThat(text("longer than sixteen bytes, no NUL"))
        .isEqualTo("\"longer than sixteen bytes, no NUL\"");
    assertThat(text("a\"\0b")).isEqualTo("\"a\\\"\"");
  }

  @Test
  void stringsAreEscaped() {
    assertThat(text("a\"b\\c\n\r\t\b\f/")).isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\b\\f/\"");
    assertThat(text("\u001b[2J\u007f\u009b")).isEqualTo("\"\\u001b[2J\\u007f\\u009b\"");
    assertThat(text("grün 漢字 😀\u00a0")).isEqualTo("\"grün 漢字 😀\u00a0\"");
  }

  @Test
  void invalidUtf8IsReplacedAsTheJdkDoes() {
    for (String hex :
        new String[] {
          "80",
          "c0af",
          "e282",
          "e28241",
          "f09f98",
          "f09f9841",
          "f4908080",
          "ff41fe",
          "c3",
          "c328",
          "41e0809f42",
          "e0a0",
          "f0808080",
          "c2",
          "6162f5"
        }) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThat(text(bytes))
          .as(hex)
          .isEqualTo('"' + new String(bytes, StandardCharsets.UTF_8) + '"');
    }
  }

  @Test
  void surrogatesInUtf8AreThreeInvalidBytes() {
    // the Unicode standard's practice, where the JDK writes one replacement
    assertThat(text(HexFormat.of().parseHex("eda080"))).isEqualTo("\"\uFFFD\uFFFD\uFFFD\"");
  }
}
