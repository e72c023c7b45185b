package dev.whistler.bpf.symbol;

import org.jspecify.annotations.Nullable;

/**
 * A symbol of the kernel or of a module.
 *
 * @param type as nm(1) writes it: {@code T} for code, {@code D} for data, lower case for what other
 *     files do not see
 * @param module name of the module, null for the kernel itself
 */
public record KernelSymbol(String name, char type, long address, @Nullable String module) {
  /** Name and distance, as {@code do_exit+0x1c [module]}. */
  String plus(long offset) {
    String place = offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
    return module == null ? place : place + " [" + module + "]";
  }
}
