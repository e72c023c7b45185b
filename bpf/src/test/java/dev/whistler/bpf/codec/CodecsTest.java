package dev.whistler.bpf.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Values through bytes and back. */
class CodecsTest {
  private static final List<Codec<?>> NUMBERS =
      List.of(
          Codecs.U8,
          Codecs.U16,
          Codecs.U32,
          Codecs.U64,
          Codecs.I8,
          Codecs.I16,
          Codecs.I32,
          Codecs.I64);

  record Point(int x, long count, boolean isOpen) {}

  record Line(Point from, Point to, String label) {}

  record Strict(long seen) {
    Strict {
      if (seen < 0) {
        throw new IllegalArgumentException("negative");
      }
    }
  }

  private static final StructCodec POINT =
      StructCodec.of(
          16,
          List.of(
              new StructCodec.Field("x", 0, Codecs.I16),
              new StructCodec.Field("count", 4, Codecs.U32),
              new StructCodec.Field("is_open", 15, Codecs.BOOL)));

  private static final StructCodec LINE =
      StructCodec.of(
          40,
          List.of(
              new StructCodec.Field("label", 0, Codecs.text(8)),
              new StructCodec.Field("from", 8, POINT),
              new StructCodec.Field("to", 24, POINT)));

  private static <T> void assertRoundTrip(Codec<T> codec, T value) {
    byte[] bytes = codec.toBytes(value);
    assertThat(bytes).hasSize(codec.size());
    assertThat(codec.fromBytes(bytes)).usingRecursiveComparison().isEqualTo(value);
  }

  @Property
  void numbersComeBackOrAreRefused(@ForAll long number) {
    for (Codec<?> codec : NUMBERS) {
      boolean fits = codec.size() == 8 || number == near(codec, number);
      if (fits) {
        assertRoundTrip(AnyCodec.of(codec), boxed(codec, number));
      } else {
        assertThatThrownBy(() -> AnyCodec.of(codec).toBytes(number))
            .isInstanceOf(CodecException.class);
      }
      Object near = boxed(codec, near(codec, number));
      assertRoundTrip(AnyCodec.of(codec), near);
    }
  }

  private static boolean signed(Codec<?> codec) {
    return codec == Codecs.I8 || codec == Codecs.I16 || codec == Codecs.I32 || codec == Codecs.I64;
  }

  /** A number that the codec takes. */
  private static long near(Codec<?> codec, long number) {
    return switch (codec.size()) {
      case 1 -> signed(codec) ? (byte) number : number & 0xff;
      case 2 -> signed(codec) ? (short) number : number & 0xffff;
      case 4 -> signed(codec) ? (int) number : number & 0xffff_ffffL;
      default -> number;
    };
  }

  private static Object boxed(Codec<?> codec, long number) {
    return codec.type() == Long.class ? (Object) number : (Object) (int) number;
  }

  @Property
  void everyByteOfANumberIsRead(@ForAll long seed) {
    Random random = new Random(seed);
    for (Codec<?> codec : NUMBERS) {
      byte[] bytes = new byte[codec.size()];
      random.nextBytes(bytes);
      Codec<Object> any = AnyCodec.of(codec);
      assertThat(any.toBytes(any.fromBytes(bytes))).isEqualTo(bytes);
    }
  }

  @Property
  void textsComeBackOrAreRefused(@ForAll @StringLength(max = 12) String text) {
    boolean fits =
        text.indexOf('\0') < 0
            && text.getBytes(StandardCharsets.UTF_8).length <= 16
            && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (fits) {
      assertRoundTrip(Codecs.text(16), text);
    } else if (text.indexOf('\0') >= 0) {
      assertThatThrownBy(() -> Codecs.text(16).toBytes(text)).isInstanceOf(CodecException.class);
    }
  }

  @Property
  void bitFieldsShareTheirBytes(
      @ForAll @IntRange(max = 7) int shift,
      @ForAll @IntRange(min = 1, max = 57) int bits,
      @ForAll boolean signed,
      @ForAll long word) {
    long value = signed ? word >> 64 - bits : word >>> 64 - bits;
    BitFieldCodec middle = new BitFieldCodec(shift, bits, signed);
    int size = 9;
    List<StructCodec.Field> fields = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    if (shift > 0) {
      fields.add(new StructCodec.Field("below", 0, new BitFieldCodec(0, shift, false)));
      values.put("below", (1L << shift) - 1);
    }
    fields.add(new StructCodec.Field("middle", 0, middle));
    values.put("middle", value);
    int end = shift + bits;
    fields.add(new StructCodec.Field("above", end / 8, new BitFieldCodec(end % 8, 5, true)));
    values.put("above", -16L);
    assertRoundTrip(StructCodec.of(size, fields), values);
    if (bits < 57) {
      assertThatThrownBy(() -> middle.toBytes(1L << bits)).isInstanceOf(CodecException.class);
    }
  }

  @Property
  void recordsComeBack(
      @ForAll short x, @ForAll int count, @ForAll boolean open, @ForAll short other) {
    Point point = new Point(x, Integer.toUnsignedLong(count), open);
    RecordCodec<Line> lines = RecordCodec.of(Line.class, LINE);
    assertRoundTrip(lines, new Line(point, new Point(other, 0, !open), "a–b"));
    assertThat(LINE.fromBytes(lines.toBytes(new Line(point, point, "x"))))
        .containsEntry("from", Map.of("x", (int) x, "count", point.count(), "is_open", open));
  }

  @Test
  void numbersLieInMemoryLowByteFirst() {
    assertThat(Codecs.U32.toBytes(0xfffe_0102L)).containsExactly(2, 1, 0xfe, 0xff);
    assertThat(Codecs.I16.toBytes(-2)).containsExactly(0xfe, 0xff);
    assertThat(Codecs.U64.fromBytes(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1})).isEqualTo(-1);
  }

  @Test
  void listsHaveGapsAndExactlySoManyElements() {
    Codec<List<Integer>> list = Codecs.list(Codecs.U16, 4, 2);
    assertThat(list.toBytes(List.of(1, 2))).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
    assertThat(list.fromBytes(new byte[] {1, 0, 9, 9, 2, 0, 9, 9})).containsExactly(1, 2);
    assertThatThrownBy(() -> list.toBytes(List.of(1)))
        .isInstanceOf(CodecException.class)
        .hasMessage("1 elements were given, there are 2");
    assertThatThrownBy(() -> Codecs.list(Codecs.U64, 4, 2)).isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> Codecs.list(Codecs.U64, 1 << 30)).isInstanceOf(CodecException.class);
  }

  @Test
  void misfitsNameTheirField() {
    Map<String, Object> value = new HashMap<>(Map.of("x", 70_000));
    assertThatThrownBy(() -> POINT.toBytes(value)).hasMessage("field x: 70000 is no i16");
    value.put("x", "seven");
    assertThatThrownBy(() -> POINT.toBytes(value))
        .isInstanceOf(CodecException.class)
        .hasMessage("field x: a String was given where a Integer belongs");
    assertThatThrownBy(() -> POINT.toBytes(Map.of("y", 1)))
        .hasMessage("there is no field y; there are [x, count, is_open]");
    assertThat(POINT.fromBytes(POINT.toBytes(Map.of("count", (short) 3)))).containsEntry("x", 0);
    assertThatThrownBy(() -> Codecs.bytes(6).toBytes(new byte[5]))
        .hasMessage("5 bytes were given, there are 6");
    assertThatThrownBy(() -> Codecs.U32.fromBytes(new byte[8]))
        .hasMessage("a value has 4 bytes here, not 8");
  }

  @Test
  void impossibleStructsAreRefused() {
    StructCodec.Field field = new StructCodec.Field("a", 6, Codecs.U32);
    assertThatThrownBy(() -> StructCodec.of(8, List.of(field)))
        .isInstanceOf(CodecException.class)
        .hasMessage("field a of 4 bytes at 6 lies outside of a struct of 8 bytes");
    assertThatThrownBy(() -> StructCodec.of(16, List.of(field, field)))
        .isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> StructCodec.of(-1, List.of())).isInstanceOf(CodecException.class);
  }

  @Test
  void recordsMatchTheirStructComponentByField() {
    record Fewer(int x) {}
    record Other(int x, long count, boolean open) {}
    record Narrow(int x, int count, boolean isOpen) {}
    assertThatThrownBy(() -> RecordCodec.of(Fewer.class, POINT))
        .isInstanceOf(CodecException.class)
        .hasMessage(
            "record Fewer does not fit the struct: it has no component for [count, is_open]");
    assertThatThrownBy(() -> RecordCodec.of(Other.class, POINT))
        .hasMessage("record Other does not fit the struct: open is no field; left are [is_open]");
    assertThatThrownBy(() -> RecordCodec.of(Narrow.class, POINT))
        .hasMessageEndingWith("count is a int, but field count a Long");
  }

  @Test
  void aRecordMayRefuseWhatTheMapHolds() {
    StructCodec struct = StructCodec.of(8, List.of(new StructCodec.Field("seen", 0, Codecs.I64)));
    assertThatThrownBy(
            () -> RecordCodec.of(Strict.class, struct).fromBytes(Codecs.I64.toBytes(-1L)))
        .isInstanceOf(CodecException.class)
        .hasMessage("Strict refuses {seen=-1}");
  }
}
