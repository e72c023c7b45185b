/**
 * The Whistler compiler: source text and a kernel description in, an eBPF object and diagnostics
 * out.
 *
 * <p>Entry point: {@link dev.whistler.compiler.Compiler#compile}. Data passes the packages in this
 * order: {@code source}, {@code reader}, {@code macro}, {@code unit}, {@code form}, {@code type},
 * {@code ir}, {@code pass}, {@code emit}, {@code object}; beside them stand {@code kernel}, {@code
 * table} and {@code diagnostic}. Nothing here does input or output.
 */
@NullMarked
package dev.whistler.compiler;

import org.jspecify.annotations.NullMarked;
