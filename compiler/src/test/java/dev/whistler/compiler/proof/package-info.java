/**
 * Proofs by a solver (Z3) that what a pass makes of a routine does what the routine did, for all
 * inputs at once: of every rule ({@code RulesTest}), of passes on random programs ({@code
 * RefinementTest}), and that deliberate defects are found so ({@code ProofMutationTest}).
 *
 * <p>Entry point: {@link dev.whistler.compiler.proof.Refinement}. What a routine does is said by
 * {@link dev.whistler.compiler.proof.Execution}, which shares no code with {@code pass}.
 */
@NullMarked
package dev.whistler.compiler.proof;

import org.jspecify.annotations.NullMarked;
