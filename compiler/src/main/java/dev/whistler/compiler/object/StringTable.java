package dev.whistler.compiler.object;

import java.util.HashMap;
import java.util.Map;

/** NUL-terminated strings, each once; the empty string is at offset 0. */
final class StringTable {
  /** Of an object with a program or two. */
  private static final int STRINGS = 256;

  private final ByteWriter bytes = new ByteWriter();
  private final Map<String, Integer> offsets = HashMap.newHashMap(STRINGS);

  StringTable() {
    offset("");
  }

  int offset(String text) {
    Integer known = offsets.get(text);
    if (known != null) {
      return known;
    }
    int offset = bytes.size();
    bytes.text(text);
    offsets.put(text, offset);
    return offset;
  }

  byte[] toBytes() {
    return bytes.toBytes();
  }
}
