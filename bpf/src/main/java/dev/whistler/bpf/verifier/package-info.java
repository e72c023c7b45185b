/**
 * What the kernel's verifier says when it refuses a program, taken apart: which instruction, what
 * kind of reason, which registers. The entry is {@link dev.whistler.bpf.verifier.VerifierLog}.
 */
@NullMarked
package dev.whistler.bpf.verifier;

import org.jspecify.annotations.NullMarked;
