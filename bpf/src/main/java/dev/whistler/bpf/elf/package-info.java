/**
 * ELF files: compiled BPF objects, and the executables and libraries that uprobes attach to. Reads
 * 64-bit little-endian files from any source; everything in them is checked before it is used, and
 * damage is reported as {@link dev.whistler.bpf.elf.ObjectFormatException}. The entry is {@link
 * dev.whistler.bpf.elf.ElfFile}.
 */
@NullMarked
package dev.whistler.bpf.elf;

import org.jspecify.annotations.NullMarked;
