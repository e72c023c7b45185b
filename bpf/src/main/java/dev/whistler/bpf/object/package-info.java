/**
 * What a compiled BPF object holds, before anything is loaded: map definitions, functions with what
 * they refer to, data sections, type information. Understands the objects of the Whistler compiler
 * and of clang for libbpf 1.x ({@code .maps} with BTF). The entry is {@link
 * dev.whistler.bpf.object.ObjectImage}; {@link dev.whistler.bpf.object.CodeLinker} joins a program
 * with the functions that it calls.
 */
@NullMarked
package dev.whistler.bpf.object;

import org.jspecify.annotations.NullMarked;
