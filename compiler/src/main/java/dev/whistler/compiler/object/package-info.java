/**
 * The object file (section 21): ELF, BTF, line information and the schema section; and its
 * disassembler.
 */
@NullMarked
package dev.whistler.compiler.object;

import org.jspecify.annotations.NullMarked;
