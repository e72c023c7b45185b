/**
 * BPF Type Format (Documentation/bpf/btf.rst): reading type information of objects and of the
 * running kernel ({@link dev.whistler.bpf.btf.Btf}, {@link dev.whistler.bpf.btf.KernelBtf}), the
 * companion section with functions, lines and CO-RE relocations ({@link
 * dev.whistler.bpf.btf.BtfExt}), what of a kernel's others need to know ({@link
 * dev.whistler.bpf.btf.ReducedBtf}), and loading it into the kernel ({@link
 * dev.whistler.bpf.btf.LoadedBtf}).
 */
@NullMarked
package dev.whistler.bpf.btf;

import org.jspecify.annotations.NullMarked;
