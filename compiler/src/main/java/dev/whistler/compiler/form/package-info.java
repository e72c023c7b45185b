/**
 * From expanded data to a typed tree (sections 5 to 17): one analyzer for each section, each class
 * named after the forms that it analyzes.
 *
 * <p>In: top-level forms from {@code unit}, one after the other, through {@link
 * dev.whistler.compiler.form.UnitAnalyzer}; definitions are taken in as they come, bodies wait
 * until all are known. Out: a {@link dev.whistler.compiler.tree.TypedUnit}. {@code OperatorTable}
 * says which class analyzes which operator; {@code BodyAnalyzer} is what the analyzers share. Forms
 * that need no types are templates in {@code standard-macros.lisp} (docs/decisions, 29). Nothing
 * here knows the intermediate representation or an instruction.
 */
@NullMarked
package dev.whistler.compiler.form;

import org.jspecify.annotations.NullMarked;
