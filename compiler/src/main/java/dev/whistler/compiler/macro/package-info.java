/**
 * The compile-time language (section 18): a sandboxed evaluator of a Common Lisp subset and the
 * macro expander. {@code MacroStage} is the entry; {@code SpecialForms} and {@code Builtins} are
 * the two places where a name of the language is found. Depends on {@code source}, {@code
 * diagnostic}, {@code api}, {@code reader} and {@code type} (struct layouts, for records at macro
 * time); never on forms or the kernel.
 *
 * <p>All of it is Java and nothing a prelude in the language itself. Part of {@code loop} written
 * as a function of the language took four times as long in a fresh JVM, 20 ms instead of 5, for the
 * text must be read and prepared there each time; list functions written so ran ten times slower
 * and were hardly shorter than their Java.
 */
@NullMarked
package dev.whistler.compiler.macro;

import org.jspecify.annotations.NullMarked;
