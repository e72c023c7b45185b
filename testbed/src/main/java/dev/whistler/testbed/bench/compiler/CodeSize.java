package dev.whistler.testbed.bench.compiler;

import dev.whistler.bpf.elf.ElfFile;
import dev.whistler.bpf.elf.ElfSection;

/** Counts instructions. */
public final class CodeSize {
  private static final int SLOT_BYTES = 8;

  private CodeSize() {}

  /** Instruction slots of all sections with code: a 64-bit constant takes two. */
  public static int slots(byte[] object) {
    return (int)
        (ElfFile.parse(object).sections().stream()
                .filter(ElfSection::isExecutable)
                .mapToLong(ElfSection::size)
                .sum()
            / SLOT_BYTES);
  }
}
