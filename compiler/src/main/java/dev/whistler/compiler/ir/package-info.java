/**
 * The intermediate representation: functions of basic blocks in static single assignment form, the
 * lowering of the typed tree into it, and its verifier.
 */
@NullMarked
package dev.whistler.compiler.ir;

import org.jspecify.annotations.NullMarked;
