/**
 * The tables of appendices A to E as data: constants, protocol headers, contexts, registers,
 * sections, helpers. Each names its origin. They are read once, from resources beside the classes;
 * whoever needs a fact of the kernel asks here. Knows {@code type} and {@code kernel} alone.
 */
@NullMarked
package dev.whistler.compiler.table;

import org.jspecify.annotations.NullMarked;
