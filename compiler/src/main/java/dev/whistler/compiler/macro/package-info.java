/**
 * The compile-time language (section 18): a sandboxed evaluator of a Common Lisp subset and the
 * macro expander. Depends on {@code reader}, {@code source} and {@code diagnostic}; never on forms
 * or types.
 */
@NullMarked
package dev.whistler.compiler.macro;

import org.jspecify.annotations.NullMarked;
