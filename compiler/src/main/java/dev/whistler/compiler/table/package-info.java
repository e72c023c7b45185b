/**
 * The tables of appendices A to E as data: constants, protocol headers, contexts, registers,
 * program types, sections, helpers. Each names its origin. They are read once, from resources
 * beside the classes; whoever needs a fact of the kernel asks here. A section as written goes in,
 * and its row with that of its {@link dev.whistler.compiler.table.ProgramType} comes out; other
 * packages ask that record, not its name. Knows {@code source}, {@code type} and {@code kernel}
 * alone.
 */
@NullMarked
package dev.whistler.compiler.table;

import org.jspecify.annotations.NullMarked;
