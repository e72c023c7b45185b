/**
 * From the intermediate representation to instructions with line marks: selection, register
 * allocation, layout and encoding for instruction sets v1 to v4.
 *
 * <p>In: {@code ir.Lowering.Result}; out: {@link dev.whistler.compiler.emit.MachineCode}. Entry
 * point: {@link dev.whistler.compiler.emit.Backend#generate}, which runs the passes first. {@link
 * dev.whistler.compiler.emit.Opcode} is the table of encodings, for {@code object} too. Knows no
 * form and no object file.
 */
@NullMarked
package dev.whistler.compiler.emit;

import org.jspecify.annotations.NullMarked;
