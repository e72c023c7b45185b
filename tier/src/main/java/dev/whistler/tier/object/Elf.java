package dev.whistler.tier.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sections, symbols and relocations of a 64-bit little-endian ELF file (System V gABI). */
final class Elf {
  private static final int HEADER_BYTES = 64;
  private static final int SECTION_BYTES = 64;
  private static final int SYMBOL_BYTES = 24;
  private static final int RELOCATION_BYTES = 16;
  private static final int MAGIC = 0x464c457f;
  private static final int MACHINE_BPF = 247;
  private static final int MAXIMUM_SECTIONS = 65_280; // SHN_LORESERVE
  private static final int MAXIMUM_SYMBOLS = 1 << 17;
  private static final int MAXIMUM_NAME_CHARACTERS = 16 << 20;
  private static final int MAXIMUM_RELOCATIONS = 1 << 19;
  private static final int SYMBOLS = 2;
  private static final int RELOCATIONS_WITH_ADDEND = 4;
  private static final int NO_BITS = 8;
  private static final int RELOCATIONS = 9;

  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();
  private final Map<Integer, List<Relocation>> relocations = new HashMap<>();

  /** A section; {@code bytes} is empty if it has none in the file. */
  record Section(
      int index, String name, int type, long flags, Bytes bytes, long size, int link, int info) {
    boolean isExecutable() {
      return (flags & 4) != 0;
    }
  }

  /** A symbol; {@code kind} is ELF64_ST_TYPE. */
  record Symbol(String name, int kind, int section, long value, long size) {
    boolean isFunction() {
      return kind == 2;
    }

    boolean isSection() {
      return kind == 3;
    }
  }

  /** A reference at an offset of a section. */
  record Relocation(long offset, int type, Symbol symbol) {}

  Elf(byte[] file) {
    Bytes bytes = new Bytes(ByteBuffer.wrap(file));
    if (bytes.size() < HEADER_BYTES || bytes.i32(0) != MAGIC) {
      throw new MalformedException("it is no ELF file");
    }
    if (bytes.u8(4) != 2 || bytes.u8(5) != 1 || bytes.u16(18) != MACHINE_BPF) {
      throw new MalformedException("it is no 64-bit little-endian ELF file for BPF");
    }
    readSections(bytes);
    readSymbols();
    readRelocations();
  }

  private void readSections(Bytes file) {
    long table = file.i64(40);
    int count = file.u16(60);
    int names = file.u16(62);
    if (count >= MAXIMUM_SECTIONS || names >= count) {
      throw new MalformedException("its table of sections is damaged");
    }
    Bytes nameBytes = contents(file, table + (long) names * SECTION_BYTES);
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * SECTION_BYTES;
      sections.add(
          new Section(
              i,
              nameBytes.text(file.u32(at)),
              file.i32(at + 4),
              file.i64(at + 8),
              contents(file, at),
              file.i64(at + 32),
              file.i32(at + 40),
              file.i32(at + 44)));
    }
  }

  private static Bytes contents(Bytes file, long header) {
    int type = file.i32(header + 4);
    return type == 0 || type == NO_BITS
        ? file.slice(0, 0)
        : file.slice(file.i64(header + 24), file.i64(header + 32));
  }

  private void readSymbols() {
    Section table = only(SYMBOLS);
    if (table == null) {
      return;
    }
    if (table.link() < 0 || table.link() >= sections.size()) {
      throw new MalformedException("its symbols have no names");
    }
    Bytes names = sections.get(table.link()).bytes();
    Bytes bytes = table.bytes();
    if (bytes.size() / SYMBOL_BYTES > MAXIMUM_SYMBOLS) {
      throw new MalformedException("it has more than 131,072 symbols");
    }
    long characters = 0;
    for (int at = 0; at + SYMBOL_BYTES <= bytes.size(); at += SYMBOL_BYTES) {
      String name = names.size() == 0 ? "" : names.text(bytes.u32(at));
      characters += name.length();
      if (characters > MAXIMUM_NAME_CHARACTERS) {
        throw new MalformedException("the names of its symbols are longer than 16 MiB");
      }
      symbols.add(
          new Symbol(
              name,
              bytes.u8(at + 4) & 15,
              bytes.u16(at + 6),
              bytes.i64(at + 8),
              bytes.i64(at + 16)));
    }
  }

  private @Nullable Section only(int type) {
    Section found = null;
    for (Section section : sections) {
      if (section.type() == type) {
        if (found != null) {
          throw new MalformedException("it has two tables of symbols");
        }
        found = section;
      }
    }
    return found;
  }

  private void readRelocations() {
    int total = 0;
    for (Section section : sections) {
      if (section.type() == RELOCATIONS) {
        total += section.bytes().size() / RELOCATION_BYTES;
        if (total > MAXIMUM_RELOCATIONS) {
          throw new MalformedException("it has more than 524,288 relocations");
        }
        readRelocations(section);
      } else if (section.type() == RELOCATIONS_WITH_ADDEND) {
        throw new MalformedException("it has relocations of a form that BPF does not use");
      }
    }
  }

  private void readRelocations(Section section) {
    List<Relocation> read = relocations.computeIfAbsent(section.info(), _ -> new ArrayList<>());
    Bytes bytes = section.bytes();
    for (int at = 0; at + RELOCATION_BYTES <= bytes.size(); at += RELOCATION_BYTES) {
      int symbol = bytes.i32(at + 12);
      if (symbol < 0 || symbol >= symbols.size()) {
        throw new MalformedException("a relocation names a symbol that does not exist");
      }
      read.add(new Relocation(bytes.i64(at), bytes.i32(at + 8), symbols.get(symbol)));
    }
  }

  List<Section> sections() {
    return sections;
  }

  /** The section of that name, or null; there must not be two. */
  @Nullable Section section(String name) {
    Section found = null;
    for (Section section : sections) {
      if (section.name().equals(name)) {
        if (found != null) {
          throw new MalformedException("it has two sections " + name);
        }
        found = section;
      }
    }
    return found;
  }

  /** The section in which a symbol lies, or null. */
  @Nullable Section section(Symbol symbol) {
    return symbol.section() == 0 || symbol.section() >= sections.size()
        ? null
        : sections.get(symbol.section());
  }

  List<Symbol> symbols() {
    return symbols;
  }

  List<Relocation> relocations(Section section) {
    return relocations.getOrDefault(section.index(), List.of());
  }
}
