package dev.whistler.bpf.elf;

/**
 * A relocation without explicit addend, as BPF objects have them.
 *
 * @param offset bytes in the section that it applies to
 * @param type R_BPF_*
 * @param symbol index in the symbol table
 */
public record ElfRelocation(long offset, int type, int symbol) {
  /** 64-bit immediate load. */
  public static final int R_BPF_64_64 = 1;

  /** Call. */
  public static final int R_BPF_64_32 = 10;
}
