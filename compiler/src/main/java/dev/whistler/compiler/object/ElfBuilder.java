package dev.whistler.compiler.object;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds a relocatable 64-bit little-endian ELF file for machine BPF (System V ABI, chapter 4). */
final class ElfBuilder {
  private static final int MACHINE_BPF = 247;
  private static final int RELOCATABLE = 1;
  private static final int HEADER_BYTES = 64;
  private static final int SECTION_HEADER_BYTES = 64;

  static final int PROGBITS = 1;
  static final int NOBITS = 8;
  private static final int SYMTAB = 2;
  private static final int STRTAB = 3;
  private static final int REL = 9;

  static final int WRITE = 1;
  static final int ALLOC = 2;
  static final int EXECUTE = 4;
  private static final int INFO_LINK = 0x40;

  static final int OBJECT = 1;
  static final int FUNCTION = 2;
  private static final int SECTION = 3;

  /** 64-bit immediate of a wide load. */
  static final int RELOCATE_64 = 1;

  /** 32-bit immediate of a call. */
  static final int RELOCATE_CALL = 10;

  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();

  /** A section; its index is its place in the list plus one. */
  static final class Section {
    final String name;
    final int type;
    final int flags;
    final int alignment;
    final byte[] bytes;
    final List<Relocation> relocations = new ArrayList<>();
    int index;

    Section(String name, int type, int flags, int alignment, byte[] bytes) {
      this.name = name;
      this.type = type;
      this.flags = flags;
      this.alignment = alignment;
      this.bytes = bytes;
    }

    void relocate(int offset, Symbol symbol, int type) {
      relocations.add(new Relocation(offset, symbol, type));
    }
  }

  /** A symbol; section symbols have no name. */
  static final class Symbol {
    final String name;
    final Section section;
    final int type;
    final boolean global;
    final int value;
    final int size;
    int index;

    Symbol(String name, Section section, int type, boolean global, int value, int size) {
      this.name = name;
      this.section = section;
      this.type = type;
      this.global = global;
      this.value = value;
      this.size = size;
    }
  }

  /** A reference from section contents to a symbol. */
  record Relocation(int offset, Symbol symbol, int type) {}

  Section section(String name, int type, int flags, int alignment, byte[] bytes) {
    Section section = new Section(name, type, flags, alignment, bytes);
    sections.add(section);
    section.index = sections.size();
    return section;
  }

  Symbol symbol(String name, Section section, int type, boolean global, int value, int size) {
    Symbol symbol = new Symbol(name, section, type, global, value, size);
    symbols.add(symbol);
    return symbol;
  }

  Symbol sectionSymbol(Section section) {
    return symbol("", section, SECTION, false, 0, 0);
  }

  byte[] toBytes() {
    int relocated = (int) sections.stream().filter(s -> !s.relocations.isEmpty()).count();
    int symtab = sections.size() + relocated + 1;
    StringTable strings = new StringTable();
    byte[] symbolBytes = symbols(strings);
    int locals = (int) symbols.stream().filter(s -> !s.global).count();

    ByteWriter file = new ByteWriter();
    ByteWriter headers = new ByteWriter().zeros(SECTION_HEADER_BYTES);
    file.zeros(HEADER_BYTES);
    for (Section s : sections) {
      place(file, headers, strings, s.name, s.type, s.flags, s.alignment, s.bytes, null);
    }
    for (Section s : sections) {
      if (!s.relocations.isEmpty()) {
        int[] links = {symtab, s.index, 16};
        byte[] bytes = relocations(s);
        place(file, headers, strings, ".rel" + s.name, REL, INFO_LINK, 8, bytes, links);
      }
    }
    int[] links = {symtab + 1, locals + 1, 24};
    place(file, headers, strings, ".symtab", SYMTAB, 0, 8, symbolBytes, links);
    int name = strings.offset(".strtab");
    byte[] text = strings.toBytes();
    int at = file.size();
    file.raw(text).align(8);
    header(headers, name, STRTAB, 0, at, text.length, 0, 0, 1, 0);

    int table = file.size();
    byte[] bytes = file.raw(headers.toBytes()).toBytes();
    byte[] start = fileHeader(table, symtab + 2, symtab + 1);
    System.arraycopy(start, 0, bytes, 0, start.length);
    return bytes;
  }

  private static void place(
      ByteWriter file,
      ByteWriter headers,
      StringTable strings,
      String name,
      int type,
      int flags,
      int alignment,
      byte[] bytes,
      int @Nullable [] links) {
    file.align(alignment);
    int offset = file.size();
    if (type != NOBITS) {
      file.raw(bytes);
    }
    int link = links == null ? 0 : links[0];
    int info = links == null ? 0 : links[1];
    int entry = links == null ? 0 : links[2];
    header(
        headers,
        strings.offset(name),
        type,
        flags,
        offset,
        bytes.length,
        link,
        info,
        alignment,
        entry);
  }

  private static void header(
      ByteWriter headers,
      int name,
      int type,
      int flags,
      int offset,
      int size,
      int link,
      int info,
      int alignment,
      int entry) {
    headers.u32(name).u32(type).u64(flags).u64(0).u64(offset).u64(size);
    headers.u32(link).u32(info).u64(alignment).u64(entry);
  }

  private static byte[] relocations(Section section) {
    ByteWriter out = new ByteWriter();
    for (Relocation r : section.relocations) {
      out.u64(r.offset()).u32(r.type()).u32(r.symbol().index);
    }
    return out.toBytes();
  }

  /** Local symbols come first, as the ABI asks. */
  private byte[] symbols(StringTable strings) {
    ByteWriter out = new ByteWriter().zeros(24);
    int index = 1;
    for (boolean global : new boolean[] {false, true}) {
      for (Symbol s : symbols) {
        if (s.global == global) {
          s.index = index++;
          out.u32(strings.offset(s.name)).u8((global ? 1 : 0) << 4 | s.type).u8(0);
          out.u16(s.section.index).u64(s.value).u64(s.size);
        }
      }
    }
    return out.toBytes();
  }

  private static byte[] fileHeader(int sectionTable, int sections, int names) {
    return new ByteWriter()
        .u8(0x7f)
        .raw(new byte[] {'E', 'L', 'F'})
        .u8(2) // 64 bits
        .u8(1) // little-endian
        .u8(1)
        .zeros(9)
        .u16(RELOCATABLE)
        .u16(MACHINE_BPF)
        .u32(1)
        .u64(0)
        .u64(0)
        .u64(sectionTable)
        .u32(0)
        .u16(HEADER_BYTES)
        .u16(0)
        .u16(0)
        .u16(SECTION_HEADER_BYTES)
        .u16(sections)
        .u16(names)
        .toBytes();
  }
}
