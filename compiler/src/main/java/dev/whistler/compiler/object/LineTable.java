package dev.whistler.compiler.object;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** The line information of an object, by section and byte offset. */
final class LineTable {
  private final Map<String, Map<Integer, Line>> bySection = new HashMap<>();

  /** A source position with the text of its line. */
  record Line(String file, int line, int column, String text) {}

  /** Reads {@code .BTF.ext}; empty where the object has none. */
  static LineTable read(ElfFile elf) {
    LineTable table = new LineTable();
    var btf = elf.section(".BTF");
    var extension = elf.section(".BTF.ext");
    if (btf.isPresent() && extension.isPresent()) {
      try {
        table.read(strings(btf.get().bytes()), extension.get().bytes());
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new MalformedObjectException("The object's line information is damaged.");
      }
    }
    return table;
  }

  private static ByteBuffer strings(ByteBuffer btf) {
    return btf.slice(btf.getInt(4) + btf.getInt(16), btf.getInt(20));
  }

  private void read(ByteBuffer strings, ByteBuffer in) {
    int start = in.getInt(4) + in.getInt(16);
    ByteBuffer lines = in.slice(start, in.getInt(20)).order(ByteOrder.LITTLE_ENDIAN);
    int recordSize = lines.getInt();
    if (recordSize < 16) {
      throw new IllegalArgumentException();
    }
    while (lines.remaining() >= 8) {
      String section = ElfFile.text(strings, lines.getInt());
      int count = lines.getInt();
      Map<Integer, Line> found = bySection.computeIfAbsent(section, s -> new HashMap<>());
      for (int i = 0; i < count; i++) {
        int at = lines.position();
        int position = lines.getInt(at + 12);
        found.put(
            lines.getInt(at),
            new Line(
                ElfFile.text(strings, lines.getInt(at + 4)),
                position >>> 10,
                position & 1023,
                ElfFile.text(strings, lines.getInt(at + 8))));
        lines.position(at + recordSize);
      }
    }
  }

  /** The lines of a section by byte offset. */
  Map<Integer, Line> of(String section) {
    return bySection.getOrDefault(section, Map.of());
  }
}
