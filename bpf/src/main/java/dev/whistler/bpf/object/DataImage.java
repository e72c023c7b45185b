package dev.whistler.bpf.object;

/**
 * The variables of a section, which become the one value of an array map.
 *
 * @param name section name, as {@code .rodata}
 * @param bytes initial contents
 * @param type BTF type id of the section, 0 if not described
 */
public record DataImage(String name, byte[] bytes, int type) {
  /** Whether programs and user space may only read it once it is filled. */
  public boolean isReadOnly() {
    return name.equals(Extern.SECTION) || name.equals(".rodata") || name.startsWith(".rodata.");
  }

  static boolean isDataSection(String name) {
    for (String base : new String[] {".rodata", ".data", ".bss"}) {
      if (name.equals(base) || name.startsWith(base + ".")) {
        return true;
      }
    }
    return false;
  }
}
