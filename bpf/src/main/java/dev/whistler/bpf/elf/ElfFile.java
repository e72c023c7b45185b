package dev.whistler.bpf.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A 64-bit little-endian ELF file (System V gABI). Sections are read at once; symbols and contents
 * when asked for.
 */
public final class ElfFile implements AutoCloseable {
  /** e_machine of BPF objects. */
  public static final int EM_BPF = 247;

  private static final int HEADER_BYTES = 64;
  private static final int SECTION_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int SYMBOL_BYTES = 24;
  private static final int REL_BYTES = 16;
  private static final int MAGIC = 0x464c457f;
  private static final int PT_LOAD = 1;
  private static final int MAXIMUM_SECTIONS = 65_280; // SHN_LORESERVE
  private static final int MAXIMUM_NAME_BYTES = 4096;

  /** A browser with everything in one file has some 2 million. */
  private static final int MAXIMUM_SYMBOLS = 4_000_000;

  /** Names may overlap in their table, so that a small file could hold any number of long ones. */
  private static final long MAXIMUM_NAMES_BYTES = 256 << 20;

  private final Contents file;
  private final int machine;
  private final List<ElfSection> sections;

  private ElfFile(Contents file) {
    this.file = file;
    if (file.size() < HEADER_BYTES || file.getInt(0) != MAGIC) {
      throw new ObjectFormatException("this is no ELF file");
    }
    if (file.get(4) != 2 || file.get(5) != 1) {
      throw new ObjectFormatException(
          "the ELF file is not 64-bit little-endian; compile for bpfel or this machine");
    }
    this.machine = Short.toUnsignedInt(file.getShort(18));
    this.sections = readSections();
  }

  /** Over bytes in memory, which are not copied. */
  public static ElfFile parse(byte[] bytes) {
    return new ElfFile(new Contents.Memory(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
  }

  /**
   * Over a regular file of at most 2 GiB, of which only the parts that are asked for are read. To
   * be used by one thread.
   *
   * @throws IOException if it cannot be read
   * @throws dev.whistler.bpf.sys.SystemCallException if it cannot be opened
   */
  public static ElfFile map(Path path) throws IOException {
    Contents.OnDisk contents = Contents.OnDisk.open(path);
    try {
      if (contents.size() > Integer.MAX_VALUE) {
        throw new ObjectFormatException(path + " is larger than 2 GiB");
      }
      return new ElfFile(contents);
    } catch (RuntimeException e) {
      contents.close();
      throw e;
    }
  }

  /** Closes the file on disk; nothing more can be asked then. */
  @Override
  public void close() throws IOException {
    if (file instanceof Contents.OnDisk onDisk) {
      onDisk.close();
    }
  }

  /** e_machine. */
  public int machine() {
    return machine;
  }

  /** All sections in the order of the file; the first is the empty one. */
  public List<ElfSection> sections() {
    return sections;
  }

  /** The first section of a name. */
  public Optional<ElfSection> section(String name) {
    return sections.stream().filter(section -> section.name().equals(name)).findFirst();
  }

  /** A copy of a section's bytes; empty for sections without contents in the file. */
  public byte[] bytes(ElfSection section) {
    if (section.isZeroFilled()) {
      return new byte[0];
    }
    byte[] bytes = new byte[size(section)];
    file.get((int) section.offset(), bytes);
    return bytes;
  }

  /**
   * Bytes at a place of the file.
   *
   * @return fewer if the file ends before
   */
  public byte[] bytes(long offset, int count) {
    if (offset < 0 || offset >= file.size()) {
      return new byte[0];
    }
    byte[] bytes = new byte[(int) Math.min(count, file.size() - offset)];
    file.get((int) offset, bytes);
    return bytes;
  }

  /** The symbols of the symbol table, in order; empty if there is none. */
  public List<ElfSymbol> symbols() {
    return symbols(ElfSection.SHT_SYMTAB);
  }

  /** The symbols for the dynamic linker, in order; empty if there are none. */
  public List<ElfSymbol> dynamicSymbols() {
    return symbols(ElfSection.SHT_DYNSYM);
  }

  /** The relocations that apply to a section, in the order of the file. */
  public List<ElfRelocation> relocations(ElfSection target) {
    List<ElfRelocation> relocations = new ArrayList<>();
    for (ElfSection section : sections) {
      if (section.type() == ElfSection.SHT_REL && section.info() == target.index()) {
        int start = (int) section.offset();
        for (int at = 0; at + REL_BYTES <= size(section); at += REL_BYTES) {
          long info = file.getLong(start + at + 8);
          relocations.add(
              new ElfRelocation(file.getLong(start + at), (int) info, (int) (info >>> 32)));
        }
      }
    }
    return relocations;
  }

  /**
   * Where in the file a virtual address of the running image comes from.
   *
   * @return empty if no loaded segment of the file holds it
   */
  public OptionalLong fileOffset(long address) {
    long start = file.getLong(32);
    int count = Short.toUnsignedInt(file.getShort(56));
    if (count > 0) {
      check(start, (long) count * SEGMENT_BYTES, "the program header table");
    }
    for (int i = 0; i < count; i++) {
      int at = (int) start + i * SEGMENT_BYTES;
      long from = file.getLong(at + 16);
      long bytes = file.getLong(at + 32);
      if (file.getInt(at) == PT_LOAD
          && Long.compareUnsigned(address, from) >= 0
          && Long.compareUnsigned(address - from, bytes) < 0) {
        return OptionalLong.of(file.getLong(at + 8) + (address - from));
      }
    }
    return OptionalLong.empty();
  }

  private List<ElfSection> readSections() {
    long start = file.getLong(40);
    int count = Short.toUnsignedInt(file.getShort(60));
    int names = Short.toUnsignedInt(file.getShort(62));
    if (count == 0) {
      return List.of();
    }
    if (count >= MAXIMUM_SECTIONS) {
      throw new ObjectFormatException("the ELF file has " + count + " sections, too many");
    }
    check(start, (long) count * SECTION_BYTES, "the section table");
    if (names >= count) {
      throw new ObjectFormatException("the section name table " + names + " does not exist");
    }
    ElfSection nameTable = readSection(0, (int) start + names * SECTION_BYTES, null);
    List<ElfSection> read = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      read.add(readSection(i, (int) start + i * SECTION_BYTES, nameTable));
    }
    return List.copyOf(read);
  }

  private ElfSection readSection(int index, int at, @Nullable ElfSection nameTable) {
    int type = file.getInt(at + 4);
    long offset = file.getLong(at + 24);
    long size = file.getLong(at + 32);
    String name = nameTable == null ? "" : text(nameTable, file.getInt(at));
    if (type == ElfSection.SHT_NOBITS) {
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new ObjectFormatException("section " + name + " has an impossible size");
      }
    } else if (type != 0) {
      check(offset, size, "section " + name);
    }
    return new ElfSection(
        index,
        name,
        type,
        file.getLong(at + 8),
        type == 0 ? 0 : offset,
        type == 0 ? 0 : size,
        file.getInt(at + 40),
        file.getInt(at + 44));
  }

  private List<ElfSymbol> symbols(int tableType) {
    List<ElfSymbol> symbols = new ArrayList<>();
    for (ElfSection table : sections) {
      if (table.type() == tableType) {
        if (table.link() < 0 || table.link() >= sections.size()) {
          throw new ObjectFormatException("the symbol table has no name table");
        }
        ElfSection names = sections.get(table.link());
        if (table.size() / SYMBOL_BYTES > MAXIMUM_SYMBOLS) {
          throw new ObjectFormatException("the file has more than 4 million symbols");
        }
        long nameBytes = 0;
        for (int at = 0; at + SYMBOL_BYTES <= size(table); at += SYMBOL_BYTES) {
          ElfSymbol symbol = readSymbol((int) table.offset() + at, names);
          symbols.add(symbol);
          nameBytes += symbol.name().length();
          if (nameBytes > MAXIMUM_NAMES_BYTES) {
            throw new ObjectFormatException("the names of the symbols take more than 256 MiB");
          }
        }
        return symbols;
      }
    }
    return symbols;
  }

  private ElfSymbol readSymbol(int at, ElfSection names) {
    int info = Byte.toUnsignedInt(file.get(at + 4));
    return new ElfSymbol(
        text(names, file.getInt(at)),
        info & 0xf,
        info >> 4,
        Short.toUnsignedInt(file.getShort(at + 6)),
        file.getLong(at + 8),
        file.getLong(at + 16));
  }

  private String text(ElfSection table, int offset) {
    long size = table.isZeroFilled() ? 0 : table.size();
    if (offset < 0 || offset >= size) {
      if (offset == 0) {
        return "";
      }
      throw new ObjectFormatException("a name lies outside of its table");
    }
    int start = (int) table.offset() + offset;
    int room = (int) Math.min(size - offset, MAXIMUM_NAME_BYTES);
    int length = 0;
    while (length < room && file.get(start + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    file.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int size(ElfSection section) {
    return (int) section.size();
  }

  private void check(long offset, long size, String what) {
    if (offset < 0 || size < 0 || offset > file.size() - size) {
      throw new ObjectFormatException(what + " reaches beyond the end of the file");
    }
  }
}
