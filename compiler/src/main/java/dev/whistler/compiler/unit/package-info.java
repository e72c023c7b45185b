/**
 * The compilation unit (section 3). In: the text of sources; out: one top-level form after the
 * other, read and expanded, to whoever implements {@link dev.whistler.compiler.unit.Definitions},
 * which is {@code form}. Entry point: {@link dev.whistler.compiler.unit.UnitProcessor#process}.
 * Knows reader and macros, and no form.
 */
@NullMarked
package dev.whistler.compiler.unit;

import org.jspecify.annotations.NullMarked;
