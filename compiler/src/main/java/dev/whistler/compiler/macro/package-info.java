/**
 * The compile-time language (section 18): a sandboxed evaluator of a Common Lisp subset and the
 * macro expander, {@link dev.whistler.compiler.macro.Expander}. Depends on {@code reader}, {@code
 * source}, {@code diagnostic} and the budget in {@code api}; of {@code type} it knows the layouts
 * that {@code sizeof} and records at macro time read, and nothing of forms.
 */
@NullMarked
package dev.whistler.compiler.macro;

import org.jspecify.annotations.NullMarked;
