/**
 * Names of kernel addresses, as {@code /proc/kallsyms} tells them. The entry is {@link
 * dev.whistler.bpf.symbol.KernelSymbols}. Depends on {@code sys} only.
 */
@NullMarked
package dev.whistler.bpf.symbol;

import org.jspecify.annotations.NullMarked;
