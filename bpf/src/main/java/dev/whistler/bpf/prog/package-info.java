/**
 * Programs: loading with the verifier's verdict ({@link dev.whistler.bpf.prog.BpfProgram}), test
 * runs, and the kernel's names for program and attach types.
 */
@NullMarked
package dev.whistler.bpf.prog;

import org.jspecify.annotations.NullMarked;
