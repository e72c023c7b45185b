package dev.whistler.bpf.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** UTF-8 text, ended by a zero byte where it does not fill its bytes. */
record TextCodec(int size) implements Codec<String> {
  @Override
  public Class<?> type() {
    return String.class;
  }

  @Override
  public String decode(MemorySegment source) {
    byte[] bytes = source.toArray(JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void encode(String value, MemorySegment target) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > size || value.indexOf('\0') >= 0) {
      throw new CodecException(
          "a text of "
              + bytes.length
              + " bytes does not fit: at most "
              + size
              + ", none of them 0");
    }
    MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 0, bytes.length);
  }
}
