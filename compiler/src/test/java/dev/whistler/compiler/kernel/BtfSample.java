package dev.whistler.compiler.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small BTF blobs word by word. */
final class BtfSample {
  private final int firstString;
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final List<Integer> words = new ArrayList<>();
  private int id;

  /** Continues types and strings of another blob; the first one starts at 0 and 0. */
  BtfSample(int types, int stringBytes) {
    this.id = types;
    this.firstString = stringBytes;
    if (stringBytes == 0) {
      strings.write(0);
    }
  }

  int string(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    int offset = firstString + strings.size();
    strings.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    strings.write(0);
    return offset;
  }

  int stringBytes() {
    return strings.size();
  }

  /** Adds a type; {@code more} are the words behind the common part. */
  int type(String name, int kind, int length, int sizeOrType, int... more) {
    words.add(string(name));
    words.add(kind << 24 | length);
    words.add(sizeOrType);
    for (int word : more) {
      words.add(word);
    }
    return ++id;
  }

  byte[] bytes() {
    byte[] text = strings.toByteArray();
    ByteBuffer out =
        ByteBuffer.allocate(24 + 4 * words.size() + text.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0xeB9F).put((byte) 1).put((byte) 0).putInt(24).putInt(0);
    out.putInt(4 * words.size()).putInt(4 * words.size()).putInt(text.length);
    words.forEach(out::putInt);
    return out.put(text).array();
  }
}
