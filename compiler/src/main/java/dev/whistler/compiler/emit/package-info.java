/**
 * From the intermediate representation to instructions with line marks: register allocation and
 * encoding for instruction sets v1 to v4.
 */
@NullMarked
package dev.whistler.compiler.emit;

import org.jspecify.annotations.NullMarked;
