package dev.whistler.compiler.object;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads relocatable ELF files as this compiler writes them. All offsets are checked. */
final class ElfFile {
  private static final int MAX_SECTIONS = 4096;
  private static final int MACHINE_BPF = 247;

  private final ByteBuffer file;
  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();

  /** A section; {@code index} as in the file. */
  record Section(int index, String name, int type, int flags, ByteBuffer bytes, int info) {
    boolean isCode() {
      return (flags & ElfBuilder.EXECUTE) != 0;
    }
  }

  /** A symbol. */
  record Symbol(String name, int type, int section, int value, int size) {}

  /** A reference at an offset of a section. */
  record Relocation(int offset, int type, Symbol symbol) {}

  private ElfFile(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  static ElfFile read(byte[] bytes) {
    ElfFile elf = new ElfFile(bytes);
    try {
      elf.read();
    } catch (IndexOutOfBoundsException e) {
      throw cutOff();
    }
    return elf;
  }

  private static MalformedObjectException cutOff() {
    return new MalformedObjectException(
        "The object file is cut off or has offsets beyond its end.");
  }

  private void read() {
    if (file.limit() < 64 || file.getInt(0) != 0x464c457f || file.get(4) != 2) {
      throw new MalformedObjectException("The file is no 64-bit ELF object.");
    }
    if (file.get(5) != 1) {
      boolean bpf = (file.get(19) & 0xff) == MACHINE_BPF && file.get(18) == 0;
      throw new MalformedObjectException(
          "The ELF object is big-endian"
              + (bpf ? " BPF" : "")
              + ", which cannot be shown; compile it with -target bpfel.");
    }
    if (Short.toUnsignedInt(file.getShort(18)) != MACHINE_BPF) {
      throw new MalformedObjectException("The ELF object is not for BPF.");
    }
    int table = offset(file.getLong(40));
    int count = Short.toUnsignedInt(file.getShort(60));
    int names = Short.toUnsignedInt(file.getShort(62));
    if (count > MAX_SECTIONS || names >= count) {
      throw new MalformedObjectException("The ELF object has a damaged section table.");
    }
    ByteBuffer nameBytes = contents(table + 64 * names);
    for (int i = 0; i < count; i++) {
      int at = table + 64 * i;
      int type = file.getInt(at + 4);
      ByteBuffer bytes = type == ElfBuilder.NOBITS ? ByteBuffer.allocate(0) : contents(at);
      sections.add(
          new Section(
              i,
              text(nameBytes, file.getInt(at)),
              type,
              (int) file.getLong(at + 8),
              bytes,
              file.getInt(at + 44)));
    }
    Optional<Section> symtab = section(".symtab");
    Optional<Section> strtab = section(".strtab");
    // An object that was stripped has code all the same.
    if (symtab.isPresent() && strtab.isPresent()) {
      readSymbols(symtab.get().bytes(), strtab.get().bytes());
    }
  }

  private void readSymbols(ByteBuffer bytes, ByteBuffer strings) {
    for (int at = 0; at + 24 <= bytes.limit(); at += 24) {
      symbols.add(
          new Symbol(
              text(strings, bytes.getInt(at)),
              bytes.get(at + 4) & 15,
              Short.toUnsignedInt(bytes.getShort(at + 6)),
              offset(bytes.getLong(at + 8)),
              offset(bytes.getLong(at + 16))));
    }
  }

  private static int offset(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw cutOff();
    }
    return (int) value;
  }

  private ByteBuffer contents(int header) {
    int start = offset(file.getLong(header + 24));
    int size = offset(file.getLong(header + 32));
    if (file.getInt(header + 4) == 0) {
      return ByteBuffer.allocate(0);
    }
    return file.slice(start, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The NUL-terminated string at an offset. */
  static String text(ByteBuffer bytes, int offset) {
    int end = offset;
    while (bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - offset];
    bytes.get(offset, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  List<Section> sections() {
    return sections;
  }

  Optional<Section> section(String name) {
    return sections.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  List<Symbol> symbols() {
    return symbols;
  }

  /** The relocations of a section. */
  List<Relocation> relocations(Section section) {
    List<Relocation> found = new ArrayList<>();
    for (Section s : sections) {
      if (s.type() == 9 && s.info() == section.index()) {
        for (int at = 0; at + 16 <= s.bytes().limit(); at += 16) {
          int symbol = s.bytes().getInt(at + 12);
          if (symbol < 0 || symbol >= symbols.size()) {
            throw new MalformedObjectException("A relocation names a symbol that does not exist.");
          }
          found.add(
              new Relocation(
                  offset(s.bytes().getLong(at)), s.bytes().getInt(at + 8), symbols.get(symbol)));
        }
      }
    }
    return found;
  }
}
