package dev.whistler.bpf.elf;

/**
 * A symbol.
 *
 * @param name may be empty, for section symbols
 * @param type STT_*
 * @param binding STB_*
 * @param section index of its section, or SHN_UNDEF, SHN_ABS and others
 * @param value offset in the section (relocatable files) or virtual address
 * @param size bytes, 0 if unknown
 */
public record ElfSymbol(String name, int type, int binding, int section, long value, long size) {
  private static final int STT_FUNC = 2;
  private static final int STT_SECTION = 3;
  private static final int STT_GNU_IFUNC = 10;
  private static final int STB_LOCAL = 0;
  private static final int STB_WEAK = 2;

  /** Whether it names a function. */
  public boolean isFunction() {
    return type == STT_FUNC || type == STT_GNU_IFUNC;
  }

  /** Whether it names the resolver of a function, which chooses one when a process starts. */
  public boolean isIndirect() {
    return type == STT_GNU_IFUNC;
  }

  /** Whether it stands for its section. */
  public boolean isSection() {
    return type == STT_SECTION;
  }

  /** Whether other files can see it. */
  public boolean isGlobal() {
    return binding != STB_LOCAL;
  }

  /** Whether nothing need define it. */
  public boolean isWeak() {
    return binding == STB_WEAK;
  }

  /** Whether it is declared here and defined elsewhere. */
  public boolean isUndefined() {
    return section == 0;
  }
}
