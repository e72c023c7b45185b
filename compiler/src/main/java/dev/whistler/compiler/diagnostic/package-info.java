/**
 * What the compiler says: codes, diagnostics, their collection and their rendering. Depends on
 * {@code source} only.
 */
@NullMarked
package dev.whistler.compiler.diagnostic;

import org.jspecify.annotations.NullMarked;
