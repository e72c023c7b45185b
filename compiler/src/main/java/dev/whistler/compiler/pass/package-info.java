/**
 * Optimiser passes over {@link dev.whistler.compiler.ir.Routine}. {@link
 * dev.whistler.compiler.pass.Pipeline} lists them in order; each states its contract and can be
 * switched off by its name, except those that legalise.
 */
@NullMarked
package dev.whistler.compiler.pass;

import org.jspecify.annotations.NullMarked;
