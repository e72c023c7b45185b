/**
 * The object file (section 21): ELF, BTF, line information and the schema section; and its
 * disassembler.
 *
 * <p>In: the typed unit and its {@link dev.whistler.compiler.emit.MachineCode}; out: {@link
 * dev.whistler.compiler.api.CompiledObject}. Entry points: {@link
 * dev.whistler.compiler.object.ObjectWriter#write} and {@link
 * dev.whistler.compiler.object.Disassembler}. Knows neither forms nor passes.
 */
@NullMarked
package dev.whistler.compiler.object;

import org.jspecify.annotations.NullMarked;
