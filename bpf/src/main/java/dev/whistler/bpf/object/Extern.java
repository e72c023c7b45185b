package dev.whistler.bpf.object;

/**
 * A number that the kernel's configuration gives to the object ({@code __kconfig}).
 *
 * @param name as {@code LINUX_KERNEL_VERSION}
 * @param offset bytes in the data section {@link #SECTION}
 * @param size bytes: 1, 2, 4 or 8
 * @param weak whether 0 will do where the name is unknown
 */
public record Extern(String name, int offset, int size, boolean weak) {
  /** The section of type information that lists them; it becomes a map like those of data. */
  public static final String SECTION = ".kconfig";
}
