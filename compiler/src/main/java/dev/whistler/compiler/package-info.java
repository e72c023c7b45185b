/**
 * The Whistler compiler: source text and a kernel description in, an eBPF object and diagnostics
 * out.
 *
 * <p>Entry point: {@link dev.whistler.compiler.Compiler#compile}. What goes in and comes out is in
 * {@code api}. Data passes the packages in this order: {@code source}, {@code reader}, {@code
 * macro}, {@code unit}, {@code define}, {@code form} (with {@code check}), {@code tree}, {@code
 * ir}, {@code pass}, {@code emit}, {@code object}; {@code declaration} reads the schema of a
 * finished object. Beside them stand {@code kernel}, {@code type}, {@code table}, {@code
 * diagnostic}, {@code flow} and {@code json}. A package knows only those that stand before it in
 * {@code WallsTest}, and none knows this one. Nothing here does input or output.
 */
@NullMarked
package dev.whistler.compiler;

import org.jspecify.annotations.NullMarked;
