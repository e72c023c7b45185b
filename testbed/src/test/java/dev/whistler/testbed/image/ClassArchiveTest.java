package dev.whistler.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whistler.testbed.image.ClassArchive.Dump;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Archives of the shape that JDK 25 writes: a header with one region's place, and the region. */
final class ClassArchiveTest {
  private static final int HEADER = 128;
  private static final int REGION = 64;
  private static final int SIZE = 256;

  @Test
  void clockValuesAreTakenOutWhicheverTheyWere() {
    byte[] one = ClassArchive.canonical(during(1000, dump(1003, 77)), during(5000, dump(5020, 77)));
    byte[] other =
        ClassArchive.canonical(during(9000, dump(9001, 77)), during(9100, dump(9102, 77)));

    assertThat(one).isEqualTo(other);
    assertThat(ByteBuffer.wrap(one).order(ByteOrder.nativeOrder()).getLong(HEADER + 8)).isZero();
    assertThat(ByteBuffer.wrap(one).order(ByteOrder.nativeOrder()).getLong(HEADER + 16))
        .isEqualTo(77);
  }

  @Test
  void itsChecksumsAreRight() {
    ByteBuffer made =
        ByteBuffer.wrap(
                ClassArchive.canonical(during(1000, dump(1003, 7)), during(5000, dump(5020, 7))))
            .order(ByteOrder.nativeOrder());

    assertThat(made.getInt(REGION)).isEqualTo(crc(made, HEADER, SIZE));
    assertThat(made.getInt(4)).isEqualTo(crc(made, 16, HEADER));
  }

  @Test
  void anyOtherDifferenceIsRefused() {
    assertThatThrownBy(
            () -> ClassArchive.canonical(during(1000, dump(1003, 7)), during(5000, dump(5020, 8))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than clock values")
        .hasMessageContaining("--no-class-cache");
  }

  @Test
  void anotherFormatIsRefused() {
    ByteBuffer unknown = dump(1003, 7);
    unknown.putInt(4, 1);

    assertThatThrownBy(
            () -> ClassArchive.canonical(during(1000, unknown), during(5000, dump(5020, 7))))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("checksum");
  }

  private static Dump during(long start, ByteBuffer bytes) {
    return new Dump(bytes, start, start + 100);
  }

  private static ByteBuffer dump(long clock, long content) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    bytes.putInt(0, 0xf00baba2).putInt(12, HEADER);
    bytes.putLong(REGION + 24, HEADER).putLong(REGION + 40, SIZE - HEADER);
    bytes.putLong(HEADER + 8, clock).putLong(HEADER + 16, content);
    bytes.putInt(REGION, crc(bytes, HEADER, SIZE));
    bytes.putInt(4, crc(bytes, 16, HEADER));
    return bytes;
  }

  private static int crc(ByteBuffer bytes, int from, int to) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(from, to - from));
    return (int) crc.getValue();
  }
}
