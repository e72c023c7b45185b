/**
 * The intermediate representation: routines of basic blocks in static single assignment form over
 * 64-bit words, and the lowering of typed trees to it.
 *
 * <p>Entry point: {@link dev.whistler.compiler.ir.Lowering#lower}. A {@link
 * dev.whistler.compiler.ir.Value} is an instruction and its result; the order of effects is the
 * order of a block's list. Leaves (constants and addresses) belong to no block and are materialised
 * where they are used. {@link dev.whistler.compiler.ir.Verifier} states the invariants. Depends on
 * {@code flow}, {@code tree}, {@code type} and {@code table}; never on {@code pass} or {@code
 * emit}.
 */
@NullMarked
package dev.whistler.compiler.ir;

import org.jspecify.annotations.NullMarked;
