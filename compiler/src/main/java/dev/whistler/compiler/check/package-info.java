/**
 * What is known about a body, and what is asked of it, over the typed tree: which resources are
 * held and which pointers tested on each way ({@link dev.whistler.compiler.check.Flow}), types of
 * variables from all that is assigned to them, kinds of fields from what is written to them; and
 * the rules about records, return values and tiers.
 *
 * <p>The analyzers in {@code form} ask these questions while they make the tree; nothing here knows
 * a form or builds a tree. Findings go to the {@link dev.whistler.compiler.diagnostic.Diagnostics}
 * that are handed in.
 */
@NullMarked
package dev.whistler.compiler.check;

import org.jspecify.annotations.NullMarked;
