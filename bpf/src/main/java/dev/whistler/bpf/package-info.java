/**
 * BPF for the JVM without native code of our own: system calls by the foreign function interface.
 *
 * <p>Start with {@code BpfObject.open} for compiled objects; with {@link
 * dev.whistler.bpf.prog.BpfProgram#load} and {@link dev.whistler.bpf.map.BpfMap#create} for
 * programs and maps made by hand. Everything that holds a kernel object is {@link AutoCloseable}.
 * Failures are {@link dev.whistler.bpf.sys.BpfException}s.
 */
@NullMarked
package dev.whistler.bpf;

import org.jspecify.annotations.NullMarked;
