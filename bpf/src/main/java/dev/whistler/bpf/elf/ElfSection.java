package dev.whistler.bpf.elf;

/**
 * A section header with its name.
 *
 * @param index position in the section table
 * @param name from the section name table
 * @param type SHT_*
 * @param flags SHF_*
 * @param offset bytes from the beginning of the file
 * @param size bytes; also of sections without contents in the file, as .bss
 * @param link index of an associated section
 * @param info index of the section that a relocation section applies to
 */
public record ElfSection(
    int index, String name, int type, long flags, long offset, long size, int link, int info) {
  static final int SHT_PROGBITS = 1;
  static final int SHT_SYMTAB = 2;
  static final int SHT_NOBITS = 8;
  static final int SHT_REL = 9;
  static final int SHT_DYNSYM = 11;
  private static final long SHF_ALLOC = 2;
  private static final long SHF_EXECINSTR = 4;

  /** Whether it holds instructions. */
  public boolean isExecutable() {
    return type == SHT_PROGBITS && (flags & SHF_EXECINSTR) != 0;
  }

  /** Whether it is part of the running image. */
  public boolean isAllocated() {
    return (flags & SHF_ALLOC) != 0;
  }

  /** Whether it has no bytes in the file and is zero in memory. */
  public boolean isZeroFilled() {
    return type == SHT_NOBITS;
  }
}
