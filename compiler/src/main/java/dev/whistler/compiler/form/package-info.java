/**
 * Bodies as a typed tree (sections 5 to 17): the analyzers, one per section, that turn expanded
 * data into {@link dev.whistler.compiler.tree.Expr}.
 */
@NullMarked
package dev.whistler.compiler.form;

import org.jspecify.annotations.NullMarked;
