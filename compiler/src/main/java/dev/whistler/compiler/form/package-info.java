/**
 * From expanded data to a typed tree (sections 5 to 17): one analyzer for each section, each class
 * named after the forms that it analyzes.
 *
 * <p>In: top-level forms from {@code unit}, one after the other, through {@link
 * dev.whistler.compiler.form.UnitAnalyzer}; definitions are taken in as they come, bodies wait
 * until all are known. Out: a {@link dev.whistler.compiler.tree.TypedUnit}. {@code OperatorTable}
 * says which class analyzes which operator; {@code BodyAnalyzer} is what the analyzers share. Forms
 * that need no types are templates in {@code standard-macros.lisp} (docs/decisions, 29).
 *
 * <p>What is known of a field is one record, {@link dev.whistler.compiler.type.Field}; its
 * accessors are made by those who read its memory. A field of a struct or a header is a {@code
 * Place}, one of a context may be, one of a tracepoint or of the kernel never is; which index an
 * element takes, what is noted for the loader and what is said of a mistake differ as much. Nothing
 * here knows the intermediate representation or an instruction.
 */
@NullMarked
package dev.whistler.compiler.form;

import org.jspecify.annotations.NullMarked;
