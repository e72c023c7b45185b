/**
 * The tables of appendices A to E as data: constants, protocol headers, contexts, registers,
 * sections, helpers. Each names its origin.
 */
@NullMarked
package dev.whistler.compiler.table;

import org.jspecify.annotations.NullMarked;
